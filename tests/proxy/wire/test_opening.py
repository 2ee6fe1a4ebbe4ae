"""Errors in the first bytes of what its head called a success."""

from __future__ import annotations

import pytest

from proxy.wire.opening import opens_with_error
from tests.end_to_end import replies


@pytest.mark.parametrize(
    "piece",
    [
        replies.ERROR_EVENT,
        b'{"error":{"message":"engine died"}}',
        b' {\n "error": "busy"}',
        b'data: {"error": {"message": "x"}}\n\n',
        b'data:{"error":"x"}\r\n\r\n',
        b'event: error\ndata: {"type":"error"}\n\n',
        b'{"type":"error","error":{"type":"overloaded_error"}}',
    ],
)
def test_an_error_is_seen(piece: bytes) -> None:
    """In the spellings of OpenAI, vLLM and Anthropic."""
    assert opens_with_error(piece)


@pytest.mark.parametrize(
    "piece",
    [
        *(stream[0] for stream in (replies.CHAT_STREAM, replies.COMPLETION_STREAM, replies.RESPONSE_STREAM)),
        *(replies.CHAT, replies.COMPLETION, replies.RESPONSE, replies.MESSAGE, replies.MESSAGE_STREAM[0]),
        b"",
        b'{"error": null, "id": "resp_1"}',
        b'{"choices":[{"message":{"content":"{\\"error\\":{}}"}}]}',
        b'data: {"choices":[{"delta":{"content":"event: error\\n"}}]}\n\n',
        b"\x1f\x8b\x08",
        b" " * 1_000_000 + b"{",
    ],
)
def test_a_reply_is_no_error(piece: bytes) -> None:
    """Also one that talks of errors, or has a field for them that is empty."""
    assert not opens_with_error(piece)
