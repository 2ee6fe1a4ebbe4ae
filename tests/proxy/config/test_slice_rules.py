"""Slices set by rule, as a file declares them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from proxy.config.effective import effective
from proxy.config.parse import parse
from proxy.config.slice_rules import MOST, SliceRule, When
from proxy.errors import ConfigError

PAGE = Path(__file__).parents[3] / "docs" / "configuration.md"
FILE = """
routes:
  x:
    models: ["*"]
    teacher: {base_url: "http://t/v1"}
    student: {base_url: "http://s/v1", model: m}
    slices: SLICES
"""


def problems(slices: str) -> dict[str, str]:
    """What is found wrong, by key."""
    try:
        parse(FILE.replace("SLICES", slices), "test")
    except ConfigError as refused:
        return {p.key: f"{p.value} {p.why}; {p.remedy}" for p in refused.problems}
    return {}


def test_the_documented_rules_are_read_in_their_order() -> None:
    """They are what people copy, and nobody is told that they have no effect."""
    examples = re.findall(r"^```yaml\n(slices:\n.*?)^```", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    (example,) = examples
    loaded = parse(FILE.replace("SLICES", json.dumps(yaml.safe_load(example)["slices"])), "test")
    assert loaded.config.routes["x"].slices == (
        SliceRule("code", When(header="x-team=ide-*")),
        SliceRule("math", When(system_matches=r"(?i)\btutor\b", prompt_matches=r"\d")),
        SliceRule("tool_use", When(tool="search_*")),
    )
    assert not loaded.warnings


def test_what_is_in_effect_shows_a_rule_without_its_blanks() -> None:
    """A condition that was not given is no condition, and printing it as null would only be noise."""
    config = parse(FILE.replace("SLICES", "[{slice: math, when: {tool: calculator}}]"), "test").config
    assert yaml.safe_load(effective(config))["routes"]["x"]["slices"] == [
        {"slice": "math", "when": {"tool": "calculator"}}
    ]


@pytest.mark.parametrize(
    ("slices", "key", "words"),
    [
        ("[{slice: maths, when: {tool: a}}]", "slices[0].slice", 'did you mean "math"?'),
        ("[{slice: math, when: {}}]", "slices[0].when", "names no condition"),
        ("[{slice: math}]", "slices[0].when", "is missing"),
        ("[{slice: math, when: {prompt_matches: '(?=x)'}}]", "slices[0].when.prompt_matches", "RE2"),
        ("[{slice: math, when: {header: 'x team'}}]", "slices[0].when.header", "NAME=VALUE"),
        ("[{slice: math, when: {model: a}}]", "slices[0].when.model", "is not a known key"),
        (json.dumps([{"slice": "math", "when": {"tool": "a"}}] * (MOST + 1)), "slices", f"limit of {MOST}"),
    ],
)
def test_each_slip_is_named(slices: str, key: str, words: str) -> None:
    """A rule that silently never holds would shift the wrong traffic."""
    found = problems(slices)
    assert words in found.get(f"routes.x.{key}", str(found))
    assert f"routes.x.{key}" in found
