"""Calls are read out of a reply's text however it comes, and what is none stays text."""

from __future__ import annotations

import pytest

from proxy.demo.engine.calls import Call, CallReader

FIND = '<tool_call>\n{"name": "find", "arguments": {"to": "Zürich", "seats": [2]}}\n</tool_call>'
BUY = '<tool_call>{"arguments": {}, "name": "buy"}</tool_call>'
FOUND, BOUGHT = Call("find", '{"to": "Zürich", "seats": [2]}'), Call("buy", "{}")
NO_JSON = '<tool_call>{"name": "find",}</tool_call>'
NO_OBJECT = '<tool_call>{"name": "find", "arguments": "{}"}</tool_call>'

REPLIES: dict[str, tuple[str, str, list[Call]]] = {
    "none": ("a < b <tool", "a < b <tool", []),
    "one": (FIND, "", [FOUND]),
    "text before": (f"Let me see. {FIND}", "Let me see. ", [FOUND]),
    "two, and text that is not said": (f"{FIND}\n and {BUY} done", "", [FOUND, BOUGHT]),
    "not closed": (FIND.removesuffix("</tool_call>"), "", [FOUND]),
    "cut": (FIND[:40], FIND[:40], []),
    "no JSON": (NO_JSON, NO_JSON, []),
    "arguments that are no object": (NO_OBJECT, NO_OBJECT, []),
}


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(("text", "content", "calls"), REPLIES.values(), ids=REPLIES)
def test_replies_are_read(text: str, content: str, calls: list[Call], size: int) -> None:
    """Whole and in pieces alike: what a stream says must be what a reply in one piece says."""
    reader = CallReader()
    parts = [part for place in range(0, len(text), size) for part in reader.add(text[place : place + size])]
    parts += reader.end()
    assert "".join(part for part in parts if isinstance(part, str)) == content
    assert [part for part in parts if isinstance(part, Call)] == calls
    assert reader.found == len(calls)


def test_content_is_not_held_longer_than_needed() -> None:
    """Only what may be the beginning of a call."""
    reader = CallReader()
    assert [list(reader.add(piece)) for piece in ("See <", "b> <tool_", "box")] == [["See "], ["<b> "], ["<tool_box"]]
