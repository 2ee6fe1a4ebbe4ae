"""The rules on the whole: what no single key can tell, with its line and remedy."""

from __future__ import annotations

import pytest

from proxy.config.parse import parse
from proxy.errors import ConfigError

ARMS = "teacher: {base_url: http://t}, student: {base_url: http://s, model: m}"
ROUTE = f'routes:\n  x: {{models: ["*", a], {ARMS}, EXTRA}}\n'

# What is added to the route on line 2, what stands after it from line 3: line, key, why, words of the remedy.
BAD = [
    ("", f"  y: {{models: [b, a], {ARMS}}}", 3, "routes.y.models[1]", "claimed by the route x", "one route take it"),
    ("", f'  y: {{models: ["*"], {ARMS}}}', 3, "routes.y.models[0]", "claimed by the route x", 'have the "*"'),
    ("", f"  y: {{models: [], {ARMS}}}", 3, "routes.y.models", "names no model", "names that clients ask for"),
    ("", "admin:\n  host: 0.0.0.0", 4, "admin.host", "without a token", "admin.token_env"),
    ("", "admin:\n  host: '::'", 4, "admin.host", "without a token", "127.0.0.1"),
    ("sticky: {by: []}", "", 2, "routes.x.sticky.by", "is empty", "conversation"),
    ("rollout: {steps: [{}]}", "", 2, "routes.x.rollout.steps[0]", "has 0 keys", "exactly one of setWeight"),
    ("rollout: {steps: [{pause: null}]}", "", 2, "routes.x.rollout.steps[0]", "has 0 keys", "{} waits"),
    ("rollout: {steps: [{setWeight: 1, pause: {}}]}", "", 2, "routes.x.rollout.steps[0]", "has 2 keys", "exactly one"),
    ("gates: {confidence: 100}", "", 2, "routes.x.gates.confidence", "no confidence", "50 to 99.999"),
    ("fallback: {confidence: 5}", "", 2, "routes.x.fallback.confidence", "no confidence", "50 to 99.999"),
    (
        "gates: {defaults: {successBelow: 7}}",
        "",
        2,
        "routes.x.gates.defaults.successBelow",
        "would pass",
        "below failu",
    ),
    (
        "gates: {behaviors: {refusal: {overNoise: {successBelow: 2, failureAbove: 1}}}}",
        "",
        2,
        "routes.x.gates.behaviors.refusal.overNoise.successBelow",
        "would pass",
        "which is 1",
    ),
    (
        "gates: {behaviors: {refusal: {overNoise: {successBelow: 2}}}}",
        "",
        2,
        "routes.x.gates.behaviors.refusal.overNoise",
        "has only successBelow",
        "give both",
    ),
    (
        "gates: {behaviors: {refusl: {}}}",
        "",
        2,
        "routes.x.gates.behaviors.refusl",
        "not a known behavior",
        '"refusal"?',
    ),
    (
        "gates: {waivers: [{behavior: hedgin, reason: r, owner: o, expires: 2027-03-01}]}",
        "",
        2,
        "routes.x.gates.waivers[0].behavior",
        "not a known behavior",
        'did you mean "hedging"?',
    ),
    (
        "gates: {defaults: {onInsufficient: {inherit: anser}}}",
        "",
        2,
        "routes.x.gates.defaults.onInsufficient.inherit",
        "not a known behavior",
        'did you mean "answer"?',
    ),
    ("behaviors: [{name: refusal, pattern: x}]", "", 2, "routes.x.behaviors[0].name", "names another", "another name"),
]


@pytest.mark.parametrize(("extra", "after", "line", "key", "why", "remedy"), BAD, ids=[f"{b[3]}-{b[4]}" for b in BAD])
def test_each_rule_says_where_and_how(extra: str, after: str, line: int, key: str, why: str, remedy: str) -> None:
    """These would otherwise show only in production, each in its own unpleasant way."""
    with pytest.raises(ConfigError) as caught:
        parse(ROUTE.replace("EXTRA", extra) + after, "test")
    found = {p.key: p for p in caught.value.problems}
    assert found[key].line == line
    assert why in found[key].why
    assert remedy in found[key].remedy


GOOD = [
    ("rollout: {steps: [{pause: {}}, {analysis: {}}, {setMirror: 5}]}", ""),
    ("rollout: {ceiling: {math: 0}}", ""),
    ("gates: {behaviors: {refusal: {failureAbove: 1}}}", ""),  # though below the inherited successBelow
    ("gates: {defaults: {overNoise: {successBelow: 0.5}}}", ""),
    ("gates: {defaults: {onInsufficient: {inherit: answer}}}", ""),
    ("behaviors: [{name: cites, pattern: x}], gates: {behaviors: {cites: {muted: true}}}", ""),
    ("", "admin: {host: 0.0.0.0, token_env: ADMIN_TOKEN}"),
    ("", "admin: {host: localhost}"),
]


@pytest.mark.parametrize(("extra", "after"), GOOD)
def test_what_breaks_no_rule_passes(extra: str, after: str) -> None:
    """A rule that refuses too much is worked around."""
    assert parse(ROUTE.replace("EXTRA", extra) + after, "test").config.routes


def test_a_file_without_routes_is_refused() -> None:
    """A proxy that answers every request with an error helps nobody."""
    with pytest.raises(ConfigError, match=r"test:1: routes: names no route"):
        parse("routes: {}", "test")


def test_a_student_needs_a_model() -> None:
    """The client's model name is the teacher's; the student's server would not know it."""
    with pytest.raises(ConfigError, match=r"test:3: routes\.x\.student\.model: is missing"):
        parse(
            'routes:\n  x: {models: ["*"], teacher: {base_url: http://t},\n    student: {base_url: http://s}}', "test"
        )


def test_rules_are_asked_even_where_keys_are_wrong() -> None:
    """All problems at once means all."""
    with pytest.raises(ConfigError) as caught:
        parse(ROUTE.replace("EXTRA", "mirror: {percentage: 101}, sticky: {by: []}"), "test")
    assert {p.key for p in caught.value.problems} == {"routes.x.mirror.percentage", "routes.x.sticky.by"}
