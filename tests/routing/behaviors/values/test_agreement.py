"""JSON values compared as what they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.values.agreement import Agreement, agreement
from routing.behaviors.values.schema_facts import facts
from routing.traits import Json

SPOKEN = "please move order 17 of Anna Schmidt from Basel to Paris on May 3"
SCHEMA: Json = {
    "properties": {
        "day": {"type": "string", "format": "date"},
        "cabin": {"enum": ["economy", "business"]},
        "tags": {"type": "array", "uniqueItems": True},
        "flags": {"type": "array", "uniqueItems": True, "items": {"properties": {"n": {"default": 1}}}},
        "count": {"type": "integer", "default": 1},
    }
}


def compared(wanted: Json, other: Json) -> Agreement:
    """How far the second agrees with the first."""
    return agreement(wanted, other, facts(SCHEMA), lambda text: text.casefold() in SPOKEN.casefold())


@pytest.mark.parametrize(
    ("wanted", "given_value"),
    [
        ({"a": 1, "b": "x"}, {"b": "x", "a": 1.0}),
        ({"a": 0.1 + 0.2}, {"a": 0.3}),
        ({"a": "caf\u00e9"}, {"a": "cafe\u0301 "}),
        ({"day": "2026-01-05"}, {"day": "January 5, 2026"}),
        ({"day": "2026-01-05T00:00:00"}, {"day": "2026-01-05"}),
        ({"cabin": "economy"}, {"cabin": "Economy"}),
        ({"tags": ["a", "b", "a"]}, {"tags": ["b", "a", "a"]}),
        ({"flags": [{"m": 2}, {"n": 3}]}, {"flags": [{"n": 3.0}, {"m": 2, "n": 1}]}),
        ({"count": 1}, {}),
        ({}, {"count": 1}),
        ({"note": None}, {}),
        ({}, {"note": "", "more": [], "most": {}}),
        ({"sum": "3 * (4+5)"}, {"sum": "3*(4 + 5)"}),
        ([], []),
        (None, None),
    ],
)
def test_the_same(wanted: Json, given_value: Json) -> None:
    """However it is written."""
    found = compared(wanted, given_value)
    assert (found.reworded, found.apart, found.share) == ((), (), 1.0)


@pytest.mark.parametrize(
    ("wanted", "given_value", "where"),
    [
        ({"a": 1}, {"a": 2}, "/a"),
        ({"a": 1}, {"a": True}, "/a"),
        ({"a": 1}, {"a": "1"}, "/a"),
        ({"a": None}, {"a": 0}, "/a"),
        ({"a": 1}, {}, "/a"),
        ({}, {"a": 1}, "/a"),
        ({"count": 2}, {}, "/count"),
        ({"cabin": "economy"}, {"cabin": "business"}, "/cabin"),
        ({"day": "2026-01-05"}, {"day": "2026-01-06"}, "/day"),
        ({"from": "2026-01-05"}, {"from": "January 5, 2026"}, "/from"),
        ({"name": "Anna Schmidt"}, {"name": "Hanna Schmidt"}, "/name"),
        ({"to": "Paris"}, {"to": "Basel"}, "/to"),
        ({"id": "HAT136"}, {"id": "HAT137"}, "/id"),
        ({"id": "mia_li_3668"}, {"id": "Mia Li"}, "/id"),
        ({"code": "SFO"}, {"code": "sfo"}, "/code"),
        ({"mail": "a.b@example.org"}, {"mail": "a.c@example.org"}, "/mail"),
        ({"list": [1, 2]}, {"list": [2, 1]}, "/list/0"),
        ({"list": [1]}, {"list": [1, 2]}, "/list/1"),
        ({"tags": ["a"]}, {"tags": ["a", "b"]}, "/tags/1"),
        ({"a": {"b": 1}}, {"a": [1]}, "/a"),
    ],
)
def test_apart(wanted: Json, given_value: Json, where: str) -> None:
    """A difference that anybody can check."""
    assert compared(wanted, given_value).apart[0] == where


@pytest.mark.parametrize(
    ("wanted", "given_value"),
    [
        ({"query": "weather in Basel tomorrow"}, {"query": "tomorrow's weather, Basel"}),
        ({"thought": "The user wants a refund. " * 9}, {"thought": "A refund is asked for."}),
        ({"to": "Paris"}, {"to": "Paris, France"}),
        ({"to": "Paris"}, {"to": "paris"}),
        ({"note": "window seat"}, {}),
    ],
)
def test_reworded(wanted: Json, given_value: Json) -> None:
    """Nobody can say that one of them is wrong."""
    found = compared(wanted, given_value)
    assert (len(found.reworded), found.apart) == (1, ())
    assert found.share == 0.5


def test_the_share_counts_leaves() -> None:
    """It is what the severity of a difference rests on."""
    assert compared({"a": 1, "b": 2, "c": {"d": 3, "e": 4}}, {"a": 1, "b": 9, "c": {"d": 3, "e": 4}}).share == 0.75


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_agrees_with_itself(value: Json) -> None:
    """Under any schema, also one that makes its lists sets."""
    for schema in (None, {"uniqueItems": True}, SCHEMA):
        assert agreement(value, value, facts(schema), lambda _text: True).share == 1.0


@given(VALUES, VALUES)
def test_any_two_values_compare(one: Json, other: Json) -> None:
    """Arguments are whatever a model wrote."""
    assert 0.0 <= compared(one, other).share <= 1.0


def test_long_and_deep_values_take_bounded_time() -> None:
    """Beyond a bound they are the same or not."""
    deep: Json = 1
    for _ in range(200):
        deep = [deep]
    wide: Json = {str(number): number for number in range(20_000)}
    assert compared(deep, deep).apart == ()
    assert compared(wide, wide).apart == ()
    assert compared({"tags": [wide] * 12}, {"tags": [wide] * 12}).apart == ()
