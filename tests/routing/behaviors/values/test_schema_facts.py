"""What schemas say of a place."""

from __future__ import annotations

import pytest

from routing.behaviors.values.schema_facts import MISSING, facts
from routing.traits import Json

DAY: Json = {"type": "string", "format": "date"}
SCHEMA: Json = {
    "$defs": {"day": DAY, "a/b": {"enum": ["x"]}, "loop": {"$ref": "#/$defs/loop"}},
    "properties": {
        "day": {"$ref": "#/$defs/day"},
        "either": {"anyOf": [{"type": "null"}, DAY]},
        "odd": {"$ref": "#/$defs/a~1b"},
        "loop": {"$ref": "#/$defs/loop"},
        "away": {"$ref": "https://example.org/x"},
        "birth_date": {"type": "string"},
        "start": {"type": "string", "description": "When it begins, as YYYY-MM-DD"},
        "update": {"type": "string", "description": "What to change"},
        "tags": {"type": "array", "uniqueItems": True, "items": {"enum": ["a"]}},
        "pair": {"type": "array", "prefixItems": [DAY], "items": {"pattern": "x"}},
        "old": {"type": "array", "items": [DAY, {"pattern": "x"}]},
        "count": {"type": "integer", "default": 1},
        "nothing": {"default": None},
    },
}


@pytest.mark.parametrize(
    ("key", "says"),
    [("day", True), ("either", True), ("birth_date", True), ("start", True), ("update", False), ("tags", False)],
)
def test_dates_are_dates_where_the_schema_says_so(key: str, says: bool) -> None:
    """By format, through references and branches, by description, by name."""
    assert facts(SCHEMA).at_key(key).says_date is says


@pytest.mark.parametrize(
    ("key", "restricts"), [("day", True), ("odd", True), ("update", False), ("loop", False), ("away", False)]
)
def test_restrictions(key: str, restricts: bool) -> None:
    """A reference that leads nowhere, or in a circle, says nothing."""
    assert facts(SCHEMA).at_key(key).restricts is restricts


def test_lists() -> None:
    """Sets, tuples in both dialects, and the facts of elements."""
    whole = facts(SCHEMA)
    assert whole.at_key("tags").unordered
    assert whole.at_key("tags").at_item(7).lists_options
    assert [whole.at_key("pair").at_item(i).says_date for i in (0, 1)] == [True, False]
    assert [whole.at_key("old").at_item(i).restricts for i in (0, 1, 2)] == [True, True, False]


def test_defaults() -> None:
    """Null is a default; none is none."""
    whole = facts(SCHEMA)
    assert whole.at_key("count").default == 1
    assert whole.at_key("nothing").default is None
    assert whole.at_key("day").default is MISSING


@pytest.mark.parametrize("schema", [None, True, [], "x", {"properties": 3}, {"anyOf": 3, "items": []}])
def test_odd_schemas_say_nothing(schema: Json) -> None:
    """They come from clients."""
    inner = facts(schema).at_key("a").at_item(0)
    assert (inner.says_date, inner.restricts, inner.unordered, inner.default) == (False, False, False, MISSING)
