"""Every configuration that the pages show is valid, alone or where it belongs; JSON is JSON, and Python is Python."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from textwrap import dedent
from typing import Any

import jsonschema_rs
import pytest
import yaml

from proxy.config.parse import Loaded, parse
from proxy.errors import ConfigError
from tests.docs.snippets import PAGES, ROOT, Snippet, blocks

LEAST: dict[str, Any] = {
    "models": ["*"],
    "teacher": {"base_url": "https://teacher.example/v1"},
    "student": {"base_url": "http://student.example:8000/v1", "model": "small"},
}
VALUES = ROOT / "deploy/helm/practicum/values.yaml"
PLACES = (("rollout",), (), None)  # below which of a route's keys a snippet may stand; None: at the file's top


def of(language: str) -> list[Any]:
    """The blocks in a language, as parameters."""
    found = [block for page in PAGES for block in blocks(page) if block.language == language]
    return [pytest.param(block, id=str(block)) for block in found]


def whole(text: str, place: tuple[str, ...] | None) -> str:
    """A file around a snippet that stands at a place; a route that says too little is completed."""
    shown = yaml.safe_load(dedent(text))
    if place is not None:
        for key in reversed(place):
            shown = {key: shown}
        shown = {"routes": {"x": shown}}
    routes = {name: {**LEAST, **route} for name, route in shown.get("routes", {"x": {}}).items()}
    return yaml.safe_dump({**shown, "routes": routes})


def accepted(text: str) -> tuple[list[Loaded], list[str]]:
    """What a snippet is at each place where it is valid; and the problems at the others."""
    found: list[Loaded] = []
    problems: list[str] = []
    for place in PLACES:
        try:
            found.append(parse(whole(text, place), f"at {place}"))
        except ConfigError as refused:
            problems.append(str(refused))
    return found, problems


def of_the_chart(block: Snippet) -> bool:
    """Whether a block is values for the chart, and no configuration: its sections are the chart's alone."""
    return set(yaml.safe_load(block.text)) <= set(yaml.safe_load(VALUES.read_text())) - {"config"}


CONFIGURATIONS = [found for found in of("yaml") if not of_the_chart(found.values[0])]
CHARTS = [found for found in of("yaml") if of_the_chart(found.values[0])]


@pytest.mark.parametrize("block", CHARTS)
def test_the_charts_values_are_valid(block: Snippet) -> None:
    """By the schema that Helm refuses values with."""
    schema = json.loads(VALUES.with_name("values.schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(yaml.safe_load(block.text))


@pytest.mark.parametrize("block", CONFIGURATIONS)
def test_a_configuration_is_valid(block: Snippet) -> None:
    """Whoever copies it into a file can start with it: keys, values and duplicates, as ``practicum check`` judges."""
    assert "is given twice" not in refusal(block.text)  # of which the other reader here would take the last one
    found, problems = accepted(block.text)
    assert found, f"{block}\n" + "\n".join(problems)


def refusal(text: str) -> str:
    """What Practicum's own reader says against a snippet as it stands; empty if nothing."""
    try:
        parse(dedent(text), "as it stands")
    except ConfigError as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize(
    "text", ["mirorr: {percentage: 5}", "rollout: {steps: [{setWieght: 1}]}", "fallback: {target: 200}"]
)
def test_a_wrong_one_would_be_found(text: str) -> None:
    """Or the test above proves nothing."""
    assert accepted(text)[0] == []


@pytest.mark.parametrize("block", of("json"))
def test_json_is_json(block: Snippet) -> None:
    """Programs are written after these."""
    assert isinstance(json.loads(block.text), Mapping)


@pytest.mark.parametrize("block", of("python"))
def test_python_is_python(block: Snippet) -> None:
    """Its syntax; what it imports may be the reader's."""
    assert ast.parse(block.text).body


def test_the_example_has_every_section() -> None:
    """It is what people copy from; a section that is missing there is a feature that nobody finds."""
    shown = yaml.safe_load((ROOT / "practicum.example.yaml").read_text())
    assert parse((ROOT / "practicum.example.yaml").read_bytes(), "the example").warnings == ()
    schema = json.loads((ROOT / "docs/practicum.schema.json").read_text())
    assert set(shown) == set(schema["properties"])
