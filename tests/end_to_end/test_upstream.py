"""The upstream does on the wire what its behaviors say: a fault that is not real proves nothing about the proxy."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.end_to_end import replies
from tests.end_to_end.behaviors import BEHAVIORS, HUGE
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Answer, Caller, request

CHAT = b'{"model":"m","messages":[]}'
STREAM = b'{"model":"m","messages":[],"stream":true}'


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    """One server for the whole file."""
    with Upstream(BEHAVIORS) as running:
        yield running


def ask(upstream: Upstream, behavior: str, body: bytes = CHAT, path: str = "/v1/chat/completions") -> Answer:
    """One request, answered by a behavior."""
    with Caller(("127.0.0.1", upstream.port)) as caller:
        caller.send(request("POST", path, body, (("x-behave", behavior),)))
        return caller.answer()


@pytest.mark.parametrize("behavior", ["good", "extensions", "until_close", "split", "early_hints", "then_close"])
@pytest.mark.parametrize("body", [CHAT, STREAM], ids=["unary", "stream"])
def test_every_good_framing_carries_the_same_bytes(upstream: Upstream, behavior: str, body: bytes) -> None:
    """The ways a body can be delimited are the proxy's problem, not the test's."""
    answer = ask(upstream, behavior, body)
    assert (answer.status, answer.complete) == (200, True)
    assert answer.body == replies.reply_to("/v1/chat/completions", body).body


def test_a_compressed_reply_unpacks_to_the_same_bytes(upstream: Upstream) -> None:
    """Compressed bytes are opaque: only unpacking shows that they are right."""
    assert ask(upstream, "gzipped", STREAM).unzipped() == b"".join(replies.CHAT_STREAM)


@pytest.mark.parametrize("behavior", ["cut:2", "reset_after:2"])
def test_a_broken_stream_is_incomplete(upstream: Upstream, behavior: str) -> None:
    """FIN and RST look different on the wire and alike to whoever reads it: cut off."""
    answer = ask(upstream, behavior, STREAM)
    assert not answer.complete
    assert answer.body == b"".join(replies.CHAT_STREAM[:2])


@pytest.mark.parametrize("behavior", ["reset", "hang_up"])
def test_a_dead_connection_brings_no_reply(upstream: Upstream, behavior: str) -> None:
    """The two ways in which a connection dies before its reply."""
    with pytest.raises(ConnectionResetError):
        ask(upstream, behavior)


def test_a_short_body_is_incomplete(upstream: Upstream) -> None:
    """A length that is not reached is the only sign of a cut unary reply."""
    assert not ask(upstream, "cut_short").complete


def test_the_huge_reply_is_huge(upstream: Upstream) -> None:
    """Too large for any buffer between the two."""
    assert len(ask(upstream, "huge").body) == HUGE


@pytest.mark.parametrize("behavior", ["silent", "headers_then_silent", "stall:1", "flood", "slow:60"])
def test_a_caller_that_leaves_is_noticed(upstream: Upstream, behavior: str) -> None:
    """What cancellation tests rest on."""
    abandoned = upstream.abandoned
    with Caller(("127.0.0.1", upstream.port)) as caller:
        caller.send(request("POST", "/v1/chat/completions", STREAM, (("x-behave", behavior),)))
        until(lambda: upstream.in_progress == 1, "the request is in progress")
    until(lambda: upstream.in_progress == 0, "the request is given up")
    assert upstream.abandoned == abandoned + 1


def test_a_chunked_request_is_recorded_whole(upstream: Upstream) -> None:
    """What fidelity tests rest on; the target and the case of names are kept as they came."""
    with Caller(("127.0.0.1", upstream.port)) as caller:
        caller.send(
            request(
                "POST", "/as/status:429/v1/files?a=%2F", b"", (("transfer-encoding", "chunked"), ("X-Odd", "mark-1"))
            )
        )
        caller.send(b"3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        assert caller.answer().body == replies.ERROR_429
        caller.send(request("GET", "/v1/files/mark-1"))
        assert caller.answer().body == replies.BINARY
    first, second = upstream.seen("mark-1")
    assert (first.target, first.body, first.values("x-odd")) == (
        b"/as/status:429/v1/files?a=%2F",
        b"abcde",
        [b"mark-1"],
    )
    assert second.method == "GET"


def test_every_canned_reply_is_what_it_says() -> None:
    """Odd, but legal."""
    for unary in (
        replies.CHAT,
        replies.CHAT_TOOLS,
        replies.CHAT_JSON,
        replies.COMPLETION,
        replies.RESPONSE,
        replies.MESSAGE,
    ):
        assert json.loads(unary)
    for stream in (replies.CHAT_STREAM, replies.COMPLETION_STREAM, replies.RESPONSE_STREAM, replies.MESSAGE_STREAM):
        for line in b"".join(stream).splitlines():
            if line.startswith(b"data:") and b"[DONE]" not in line:
                assert json.loads(line[5:])
