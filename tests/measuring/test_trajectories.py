"""Agents' steps, read from the set."""

from __future__ import annotations

import json
from pathlib import Path

from measuring.trajectories import steps, tools_of
from routing.traits import Json, Tool

ROW = {
    "id": "a",
    "prompt": [{"role": "user", "content": "Book it."}],
    "response": {"tool_calls": [{"name": "book", "arguments": '{"train": 17, "seats": [{"n": 1}]}'}]},
    "tool_result": "Error: full",
    "next_messages": [{"role": "assistant", "content": "It is full."}],
    "label": "tool_failed",
}
OTHER = ROW | {
    "response": {"tool_calls": [{"name": "book", "arguments": '{"train": 18, "to": "BSL"}'}]},
    "next_messages": [],
}


def test_steps_and_their_tools(tmp_path: Path) -> None:
    """A tool's schema is what all of its calls have in common."""
    path = tmp_path / "tau_tool_failures" / "dev.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(map(json.dumps, (ROW, OTHER))))
    one, other = steps(tmp_path)
    assert [turn.role for turn in one.turns] == ["user", "assistant", "tool"]
    assert one.failed
    assert one.following is not None
    assert (one.following.text, other.following) == ("It is full.", None)
    number, text = {"type": "number"}, {"type": "string"}
    seats: Json = {"type": "array", "items": {"type": "object", "properties": {"n": number}, "required": ["n"]}}
    fields: Json = {"train": number, "seats": seats, "to": text}
    assert tools_of([one, other]) == (Tool("book", {"type": "object", "properties": fields, "required": ["train"]}),)


def test_without_the_set_there_are_none(tmp_path: Path) -> None:
    """As with every set."""
    assert steps(tmp_path) == []
