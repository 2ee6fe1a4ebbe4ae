"""What was said, on spans: only where that is asked for, and never more than may be kept."""

from __future__ import annotations

import json
from typing import Any, Literal

import pytest

from proxy.config.settings import Privacy
from proxy.examiner.tracing.content import MOST, TURNS, mask_of, of_exchange
from tests.proxy.examiner.records import answered, chat, record, route

MAIL = "ana@example.com"


def shown(store: Literal["full", "redacted"] = "full", **changed: Any) -> dict[str, list[dict[str, Any]]]:
    """What a span of such a request shows."""
    mask = mask_of(route(privacy=Privacy(store=store)), wanted=True, store=True)
    assert mask is not None
    return {key: json.loads(str(value)) for key, value in of_exchange(record(**changed), 1 << 20, mask).items()}


@pytest.mark.parametrize(
    ("store", "wanted", "kept"), [("full", False, True), ("full", True, False), ("digest", True, True)]
)
def test_nothing_is_shown_that_may_not_be_kept(store: Literal["full", "digest"], wanted: bool, kept: bool) -> None:
    """Nor unless it was asked for."""
    assert mask_of(route(privacy=Privacy(store=store)), wanted=wanted, store=kept) is None


def test_a_conversation_is_shown_as_the_conventions_have_it() -> None:
    """Roles and parts, and the answer with its end."""
    tools = [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}]
    messages = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": None, "tool_calls": tools}]
    found = shown(request=json.dumps({"model": "m", "messages": messages}).encode(), reply=answered("Hi"))
    assert found["gen_ai.input.messages"] == [
        {"role": "user", "parts": [{"type": "text", "content": "Hello"}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "f", "arguments": '{"x":1}'}]},
    ]
    assert found["gen_ai.output.messages"] == [
        {"role": "assistant", "parts": [{"type": "text", "content": "Hi"}], "finish_reason": "stop"}
    ]


def test_a_route_that_redacts_what_it_keeps_redacts_what_it_shows() -> None:
    """By the same rules."""
    found = json.dumps(shown("redacted", request=chat(f"I am {MAIL}"), reply=answered(f"Hello {MAIL}")))
    assert MAIL not in found
    assert MAIL in json.dumps(shown(request=chat(f"I am {MAIL}")))


def test_long_conversations_are_cut() -> None:
    """A span is no archive: the pair is."""
    messages = [{"role": "user", "content": f"{n} " + "x" * (2 * MOST)} for n in range(3 * TURNS)]
    found = shown(request=json.dumps({"model": "m", "messages": messages}).encode())["gen_ai.input.messages"]
    assert len(found) == TURNS
    assert found[-1]["parts"][0]["content"].startswith(f"{3 * TURNS - 1} ")
    assert all(len(message["parts"][0]["content"]) == MOST + 1 for message in found)


def test_a_request_that_cannot_be_read_shows_nothing() -> None:
    """The teacher may have made something of it."""
    assert shown(request=b"{") == {}
