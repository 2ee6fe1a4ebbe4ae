"""Whether a stream came to its end."""

from __future__ import annotations

import pytest

from proxy.wire.ending import Ending, ended
from routing.traits import Endpoint

CHAT = b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n'
RESPONSES = b'event: response.created\ndata: {}\n\nevent: response.completed\ndata: {"type":"response.completed"}\n\n'
MESSAGES = b'event: ping\ndata: {}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n'
WHOLE = [
    (Endpoint.CHAT, CHAT),
    (Endpoint.COMPLETIONS, CHAT),
    (Endpoint.CHAT, b"data:[DONE]"),
    (Endpoint.CHAT, CHAT.replace(b"\n", b"\r\n")),
    (Endpoint.CHAT, CHAT + b": keep-alive\n\n"),
    (Endpoint.RESPONSES, RESPONSES),
    (Endpoint.RESPONSES, b'data: {"type":"response.incomplete","response":{}}\n\n'),
    (Endpoint.RESPONSES, b'data: {"type": "response.failed"}\n\n'),
    (Endpoint.MESSAGES, MESSAGES),
    (Endpoint.MESSAGES, b'data: {"type": "message_stop"}\n\n'),
]
CUT = [
    (Endpoint.CHAT, b""),
    (Endpoint.CHAT, b'data: {"choices":[{"delta":{"content":"data: [DONE]"}}]}\n\n'),
    (Endpoint.CHAT, CHAT[:-8]),
    (Endpoint.RESPONSES, b'data: {"type":"response.output_text.delta","delta":"event: response.completed"}\n\n'),
    (Endpoint.RESPONSES, b"event: response.created\n\n"),
    (Endpoint.MESSAGES, b"event: message_delta\ndata: {}\n\n"),
    (Endpoint.MESSAGES, b'event: error\ndata: {"type":"error"}\n\n'),
]


@pytest.mark.parametrize(("endpoint", "stream"), WHOLE)
def test_whole_streams_have_ended(endpoint: Endpoint, stream: bytes) -> None:
    """A false alarm would count every stream of an upstream as truncated."""
    assert ended(endpoint, stream)


@pytest.mark.parametrize(("endpoint", "stream"), CUT)
def test_cut_streams_have_not(endpoint: Endpoint, stream: bytes) -> None:
    """A truncated stream must not look complete, whatever its text says."""
    assert not ended(endpoint, stream)


@pytest.mark.parametrize(("endpoint", "stream"), WHOLE)
def test_the_end_is_seen_however_the_stream_is_split(endpoint: Endpoint, stream: bytes) -> None:
    """TCP does not know about lines."""
    for size in (1, 2, 3, 7, 50):
        ending = Ending(endpoint)
        for start in range(0, len(stream), size):
            ending.feed(stream[start : start + size])
        assert ending.seen, size


def test_long_last_event_is_seen_by_the_watcher() -> None:
    """The last event of a Responses stream repeats the reply: no fixed tail holds its start."""
    ending = Ending(Endpoint.RESPONSES)
    for chunk in (b'event: response.completed\ndata: {"x":"', b"y" * 100_000, b'"}\n\n'):
        ending.feed(chunk)
    assert ending.seen


def test_other_endpoints_have_no_terminal_event() -> None:
    """What we do not know the end of we cannot call truncated."""
    assert ended(Endpoint.OTHER, b"")
