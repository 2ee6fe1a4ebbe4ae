"""Nodes become settings: each wrong key with its line and remedy, and reading that goes on after it."""

from __future__ import annotations

import pytest

from proxy.config.document import compose
from proxy.config.reading import Reading
from proxy.config.shape import placeholder, whole

ROUTE = """\
routes:
  x:
    models: ["*"]
    teacher:
      base_url: https://teacher.example/v1
    student: {base_url: http://student:8000/v1, model: m}
"""


def problems(text: str) -> list[tuple[int, str, str, str, str]]:
    """What one walk finds: line, key, value, why, remedy."""
    reading = Reading("test")
    reading.read(whole(), compose(text.encode()), (), placeholder(whole()))
    return [(p.line, p.key, p.value, p.why, p.remedy) for p in reading.problems]


# What stands after a good route, whose last line is 6: line, key, why, and words of the remedy.
BAD = [
    ("listn: {}", 7, "listn", "is not a known key", 'did you mean "listen"?'),
    ("listen:\n  prot: 1", 8, "listen.prot", "is not a known key", 'did you mean "port"?'),
    ("listen:", 7, "listen", "is not a mapping", "leave the key out"),
    ("listen: [1]", 7, "listen", "is not a mapping", "write keys and values"),
    ("listen:\n  port: '80'", 8, "listen.port", "is text and not a port", "without quotes"),
    ("listen:\n  port: 99999", 8, "listen.port", "is out of range", "0 to 65535"),
    ("listen:\n  port: {a: 1}", 8, "listen.port", "is not a port", "write one value"),
    ("listen:\n  port:", 8, "listen.port", "has no value", "leave the key out"),
    ("listen:\n  host: 7", 8, "listen.host", "is not text", "in quotes"),
    ("listen:\n  host: !x 7", 8, "listen.host", "is not text", "leave out the tag"),
    ("listen:\n  drain: 10", 8, "listen.drain", "has no unit", "write 10s"),
    ("listen:\n  max_body: 8", 8, "listen.max_body", "has no unit", "write 8B"),
    ("listen:\n  port: 1\n\n  port: 2", 10, "listen.port", "is given twice, first on line 8", "keep one"),
    ("? [a]\n: 1", 7, "", "has a key that is not plain text", "one word"),
    ("    mirror: {percentage: 1.2345}", 7, "routes.x.mirror.percentage", "has more than three decimals", "0.001"),
    ("    mirror: {percentage: '5'}", 7, "routes.x.mirror.percentage", "is text and not a percentage", "quotes"),
    ("    mirror: {percentage: 5%}", 7, "routes.x.mirror.percentage", "is not a percentage", "plain number"),
    ("    mirror:\n      slices: {mth: 5}", 8, "routes.x.mirror.slices.mth", "is not one of", 'mean "math"?'),
    ("    noise_floor: {percentage: 101}", 7, "routes.x.noise_floor.percentage", "is not between", "0 to 100"),
    ("    sticky: {by: [cookie]}", 7, "routes.x.sticky.by[0]", "is not a source", "header:NAME"),
    ("    sticky: {by: conversation}", 7, "routes.x.sticky.by", "is not a list", "in brackets"),
    ("    rollout: {ceiling: {mth: 5}}", 7, "routes.x.rollout.ceiling.mth", "is not one of", 'mean "math"?'),
    ("    rollout: {ceiling: 200}", 7, "routes.x.rollout.ceiling", "is not between", "0 to 100"),
    ("    rollout: {dry_run: true}", 7, "routes.x.rollout.dry_run", "is not a known key", 'mean "dryRun"?'),
    ("    rollout: {suspend: yes}", 7, "routes.x.rollout.suspend", "is neither", "true or false"),
    ("    rollout:\n      steps:\n      - pause: 1h", 9, "routes.x.rollout.steps[0].pause", "is not a mapping", "keys"),
    ("    gates: {defaults: {onFailure: rolback}}", 7, "routes.x.gates.defaults.onFailure", "one of", '"rollback"?'),
    (
        "    gates: {defaults: {onInsufficient: x}}",
        7,
        "routes.x.gates.defaults.onInsufficient",
        "one of",
        "hold, teach",
    ),
    ("    gates: {waivers: [{}]}", 7, "routes.x.gates.waivers[0].reason", "is missing", "why that is acceptable"),
    ("    behaviors: [cites]", 7, "routes.x.behaviors[0]", "is not a mapping", "write keys and values"),
    ("    privacy: {retention: 30}", 7, "routes.x.privacy.retention", "has no unit", "30s"),
    ("  y:\n    models: [y]\n", 7, "routes.y.teacher", "is missing", "add it: the trusted model."),
    ("  a/b: {}", 7, "routes.a/b", "is not a name for a route", "64 letters"),
]


@pytest.mark.parametrize(("text", "line", "key", "why", "remedy"), BAD, ids=[b[0] for b in BAD])
def test_each_problem_has_its_line_key_and_remedy(text: str, line: int, key: str, why: str, remedy: str) -> None:
    """A person opens the file at the line, reads the remedy, and is done."""
    found = {p[1]: p for p in problems(ROUTE + text)}
    assert found[key][0] == line
    assert why in found[key][3]
    assert remedy in found[key][4]


def test_one_walk_finds_everything() -> None:
    """One problem per attempt is the slowest way to mend a file."""
    text = ROUTE.replace("base_url: https://teacher.example/v1", "base_url: 7\n      total_timeout: 10") + "listn: {}\n"
    assert [(line, key) for line, key, *_ in problems(text)] == [
        (8, "listn"),
        (5, "routes.x.teacher.base_url"),
        (6, "routes.x.teacher.total_timeout"),
    ]


@pytest.mark.parametrize("key", ["api_key_env: sk-hunter2", "api_key_env: [hunter2]", "base_url: http://a:hunter2@h"])
def test_a_secret_in_the_wrong_place_is_not_repeated(key: str) -> None:
    """The message goes to a log that more people read than the file."""
    found = problems(f"routes: {{x: {{teacher: {{{key}}}}}}}")
    assert "environment" in " ".join(p[4] for p in found) or "write one value" in " ".join(p[4] for p in found)
    assert "hunter2" not in str(found)


def test_a_key_is_wrong_only_once() -> None:
    """A second remark about the same key is noise."""
    found = problems(ROUTE + "listen: {port: a, port: b}")
    assert [p[1] for p in found] == ["listen.port"]


def test_anchors_and_merges_are_read() -> None:
    """Routes that share a teacher should say so once."""
    text = ROUTE.replace("teacher:\n", "teacher: &t\n      total_timeout: 1m\n") + (
        "  y:\n    models: [y]\n    teacher: {<<: *t, total_timeout: 2m}\n    student: {<<: *t, model: m}\n"
    )
    assert not problems(text)
