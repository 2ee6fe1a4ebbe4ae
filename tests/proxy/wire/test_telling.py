"""What requests and replies say of themselves, without reading what they say."""

from __future__ import annotations

import json

import pytest

from proxy.wire.telling import Reply, Settings, reply_of, settings_of

CHAT = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-large-0125",
    "choices": [{"finish_reason": "stop"}],
}
MESSAGE = {"id": "msg_1", "type": "message", "model": "claude-x", "stop_reason": "end_turn"}
EVENTS = b"".join(
    b"data: "
    + json.dumps({"id": "c2", "model": "m", "choices": [{"delta": {"content": "x"}, "finish_reason": end}]}).encode()
    + b"\n\n"
    for end in (None, None, "tool_calls")
)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (json.dumps(CHAT).encode(), Reply("gpt-large-0125", "chatcmpl-1", ("stop",))),
        (json.dumps(MESSAGE).encode(), Reply("claude-x", "msg_1", ("end_turn",))),
        (EVENTS, Reply("m", "c2", ("tool_calls",))),
        (b"", Reply("", "", ())),
        (b"<html>", Reply("", "", ())),
        (json.dumps({"content": json.dumps(CHAT)}).encode(), Reply("", "", ())),
        (b'"model":"' + b"x" * 2_000_000, Reply("", "", ())),
    ],
    ids=["chat", "messages", "stream", "empty", "html", "quoted", "endless"],
)
def test_a_reply_names_itself(body: bytes, expected: Reply) -> None:
    """What a model writes about replies is not its server's word."""
    assert reply_of(body) == expected


def test_a_reply_of_many_ends_shows_few() -> None:
    """A list on a span is bounded."""
    body = b",".join(b'"finish_reason":"%c%c"' % (97 + n // 26, 97 + n % 26) for n in range(100))
    assert len(reply_of(body).finish_reasons) == 8


def test_a_request_says_what_it_sets() -> None:
    """Whichever name its endpoint has for the limit."""
    asked = settings_of(
        b'{"model":"m","temperature":1,"top_p":0.5,"max_output_tokens":9,"stream":true,"messages":[{}]}'
    )
    assert (asked.model, asked.temperature, asked.top_p, asked.most_tokens, asked.stream) == ("m", 1.0, 0.5, 9, True)
    assert settings_of(b'{"model":"' + b"m" * 999 + b'"}').model == "m" * 200


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"temperature":"hot"}', b"[" * 100_000])
def test_a_request_that_is_none_sets_nothing(body: bytes) -> None:
    """Its error is the teacher's to say."""
    assert settings_of(body) == Settings()
