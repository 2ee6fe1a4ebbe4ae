"""JSON Schema validation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proxy.wire.schemas import CACHED_SCHEMAS, MAX_MESSAGE, _compiled, check_schema
from routing.traits import Json

SUITE = Path(__file__).parents[4] / "shared" / "data" / "jsonschema_suite" / "dev.jsonl"
PERSON: Json = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}


def test_a_fitting_value_has_no_complaint() -> None:
    """The empty complaint is the yes."""
    assert check_schema(PERSON, {"age": 3}) == ""


def test_the_complaint_says_where_and_why() -> None:
    """A person reads it beside the pair."""
    assert check_schema(PERSON, {"age": "x"}) == '/age: "x" is not of type "integer"'


def test_the_complaint_is_bounded() -> None:
    """It quotes the value, which may be a reply of megabytes."""
    found = check_schema({"type": "integer"}, "x" * 10_000)
    assert found is not None
    assert len(found) == MAX_MESSAGE


@pytest.mark.parametrize(
    "schema",
    [
        None,
        "x",
        3,
        {"type": "nope"},
        {"pattern": "["},
        {"$ref": "#/nowhere"},
        {"$schema": "urn:x"},
        {"x": "y" * 300_000},
    ],
)
def test_an_unusable_schema_judges_nothing(schema: Json) -> None:
    """Its author's mistake is not the student's."""
    assert check_schema(schema, 1) is None


def test_references_are_never_fetched() -> None:
    """Clients write schemas: a fetch would let them make the examiner call any address."""
    assert check_schema({"$ref": "http://127.0.0.1:9/schema.json"}, 1) is None


def test_a_hostile_pattern_ends_soon_and_judges_nothing() -> None:
    """Backtracking is bounded; giving up is not a mismatch."""
    assert check_schema({"pattern": "^(?:(a|aa)+)+\\1$"}, "a" * 60 + "!") is None


def test_older_drafts_are_understood_without_naming_them() -> None:
    """Tuple ``items`` and boolean ``exclusiveMaximum`` are all over old tools' schemas."""
    assert check_schema({"items": [{"type": "integer"}]}, ["x"])
    assert check_schema({"maximum": 3, "exclusiveMaximum": True}, 3)
    assert check_schema({"maximum": 3, "exclusiveMaximum": True}, 2) == ""


def test_the_cache_is_bounded() -> None:
    """A client with a new schema in every request must not fill the memory."""
    for number in range(CACHED_SCHEMAS + 50):
        check_schema({"const": number}, number)
    assert _compiled.cache_info().currsize == CACHED_SCHEMAS


def test_the_official_suites_cases_all_agree() -> None:
    """Measured on other people's labels, where they are at hand."""
    if not SUITE.exists():
        pytest.skip(f"no labelled data at {SUITE}: the JSON Schema suite's cases were not checked")
    rows = [json.loads(line) for line in SUITE.read_text().splitlines()]
    verdicts = {"valid": True, "invalid": False}
    found = {row["id"]: check_schema(row["schema"], json.loads(row["response"])) == "" for row in rows}
    wrong = [row["id"] for row in rows if found[row["id"]] != verdicts[row["label"]]]
    assert wrong == []
