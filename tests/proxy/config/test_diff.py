"""The difference between two configurations, as one line for each key that changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy.config.diff import diff
from proxy.config.parse import parse

EXAMPLE = (Path(__file__).parents[3] / "practicum.example.yaml").read_text()
R = "routes.support-bot"
ARMS = "teacher: {base_url: http://t}, student: {base_url: http://s, model: m}"

CASES = [
    ("mirror:\n      percentage: 100", "mirror:\n      percentage: 5", [f"{R}.mirror.percentage 100 -> 5"]),
    ("connect_timeout: 2s", "connect_timeout: 1500ms", [f"{R}.teacher.connect_timeout 2s -> 1s500ms"]),
    ("{math: 25}", "{math: 5, code: 1}", [f"{R}.mirror.slices.math 25 -> 5", f"{R}.mirror.slices.code absent -> 1"]),
    ("slices: {math: 25}", "slices: {}", [f"{R}.mirror.slices.math 25 -> absent"]),
    ("ceiling: 100", "ceiling: {math: 0}", [f"{R}.rollout.ceiling.math absent -> 0"]),
    ("ceiling: 100", "ceiling: 5", [f"{R}.rollout.ceiling.default 100 -> 5"]),
    ("hedge_after: null", "hedge_after: 2s", [f"{R}.fallback.hedge_after null -> 2s"]),
    ("[support-bot, gpt-large]", "[support-bot]", [f"{R}.models [support-bot, gpt-large] -> [support-bot]"]),
    ("api_key_env: TEACHER_API_KEY", "api_key_env: OTHER", [f"{R}.teacher.api_key_env TEACHER_API_KEY -> OTHER"]),
    (
        "{dryRun: true}",
        "{muted: true}",
        [f"{R}.gates.behaviors.hedging.{x}" for x in ("muted false -> true", "dryRun true -> false")],
    ),
    ("routes:\n", f"routes:\n  y: {{models: [y], {ARMS}}}\n", ["routes.y absent -> present"]),
    ("port: 8080", "port: 8081", ["listen.port 8080 -> 8081 (takes effect after a restart)"]),
    ("port: 9090", "port: 9091", ["admin.port 9090 -> 9091 (takes effect after a restart)"]),
    (
        "database: sqlite:///practicum.db",
        "database: sqlite:///other.db",
        ["database sqlite:///practicum.db -> sqlite:///other.db (takes effect after a restart)"],
    ),
    ("max_body: 32MiB", "max_body: 33554432B  # the same", []),
    ("sample: 5", "sample: 5.0", []),
]


@pytest.mark.parametrize(("old", "new", "lines"), CASES, ids=[c[1] for c in CASES])
def test_each_changed_key_is_one_line(old: str, new: str, lines: list[str]) -> None:
    """The log answers "what did that reload change?", in the words of the file."""
    assert old in EXAMPLE
    before, after = parse(EXAMPLE, "a").config, parse(EXAMPLE.replace(old, new, 1), "b").config
    assert [str(change) for change in diff(before, after)] == lines


def test_a_changed_step_shows_the_steps() -> None:
    """Steps are read in their order, so the list is shown whole."""
    before, after = parse(EXAMPLE, "a").config, parse(EXAMPLE.replace("setWeight: 5", "setWeight: 6"), "b").config
    (change,) = diff(before, after)
    assert change.key == f"{R}.rollout.steps"
    assert change.old.startswith("[{setWeight: 1}, {pause: {duration: 1h}}, {setWeight: 5}, {pause: {}}")
    assert "{setWeight: 6}" in change.new


def test_a_changed_password_is_seen_and_not_shown() -> None:
    """A rotation must be visible in the log; the password must not."""
    databases = [f"database: postgresql://user:{word}@host/db" for word in ("hunter2", "hunter3")]
    before, after = (parse(EXAMPLE.replace("database: sqlite:///practicum.db", d), "t").config for d in databases)
    (change,) = diff(before, after)
    assert (change.key, change.restart) == ("database", True)
    assert "hunter" not in str(change)
