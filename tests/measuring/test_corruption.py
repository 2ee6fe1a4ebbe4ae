"""Calls that were spoiled, changed and rewritten on purpose."""

from __future__ import annotations

import json

import pytest

from measuring.corruption import changed, reworded, rewritten, spoiled
from proxy.wire.schemas import check_schema
from routing.observation import ToolCall
from routing.traits import Json

CALL = ToolCall("book", '{"train": 17, "to": "BSL", "seats": [1, 2], "quiet": true}')
SCHEMA: Json = {
    "type": "object",
    "properties": {"train": {"type": "integer"}, "to": {"type": "string"}, "seats": {"type": "array"}},
    "required": ["train", "to"],
}


def test_spoiled_calls_cannot_be_used() -> None:
    """No JSON, no object, no fit, or no such tool: else the measurement would count right answers as wrong."""
    names = set()
    for name, call in spoiled(CALL, SCHEMA):
        names.add(name)
        assert call.name != CALL.name or not usable(call.arguments), name
    assert len(names) > 15


def usable(arguments: str) -> bool:
    """Whether a client could call the tool with them."""
    try:
        value = json.loads(arguments)
    except ValueError:
        return False
    return isinstance(value, dict) and check_schema(SCHEMA, value) == ""


def test_changed_calls_have_another_value() -> None:
    """Each in one place."""
    values = [json.loads(call.arguments) for _, call in changed(CALL)]
    assert len(values) == 6
    assert all(value != json.loads(CALL.arguments) for value in values)


def test_rewritten_calls_have_the_same_value() -> None:
    """But for a null that says nothing."""
    for name, call in rewritten(CALL):
        value = json.loads(call.arguments)
        assert {key: part for key, part in value.items() if part is not None} == json.loads(CALL.arguments), name


@pytest.mark.parametrize(
    ("text", "count"), [("short words", 0), ("a long thought about trains " * 5, 1), ("x" * 200, 0)]
)
def test_only_long_free_texts_are_reworded(text: str, count: int) -> None:
    """Others could be told apart."""
    assert len(list(reworded(ToolCall("think", json.dumps({"thought": text}))))) == count
