"""Replies of the Messages endpoint, unary and streamed."""

from __future__ import annotations

import pytest

from routing.observation import Arm, Observation, ToolCall, Usage
from routing.traits import Endpoint, Json
from tests.proxy.wire.readings import (
    TIMING,
    message_events,
    streamed,
    unary,
)


def test_messages_unary_and_streamed() -> None:
    """Blocks become text, thinking and calls; the prompt's tokens include the cached ones."""
    expected = Observation(
        Arm.STUDENT,
        text="Hi",
        reasoning="Hm.",
        tool_calls=(ToolCall("f", '{"a":1}', "t"),),
        finish_reason="tool_calls",
        usage=Usage(7, 9),
        model="small",
        timing=TIMING,
    )
    document: Json = {
        "type": "message",
        "model": "small",
        "content": [
            {"type": "thinking", "thinking": "Hm."},
            {"type": "text", "text": "Hi"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 9},
    }
    assert unary(Endpoint.MESSAGES, document) == expected
    assert streamed(Endpoint.MESSAGES, message_events()) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
        ("new", ""),
    ],
)
def test_stop_reasons_of_messages(reason: str, expected: str) -> None:
    """In the vocabulary of chat, which is closed."""
    assert unary(Endpoint.MESSAGES, {"content": [], "stop_reason": reason}).finish_reason == expected
