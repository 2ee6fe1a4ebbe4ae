"""Calling an upstream: the bytes it sends, every way in which it can fail, and when it is late."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager

import pytest

from proxy.config import settings
from proxy.upstream import Deadlines, Reply, Request, Upstream, UpstreamError
from routing.observation import Failure
from tests.end_to_end import replies
from tests.end_to_end.behaviors import BEHAVIORS, HUGE, ODD_HEADERS
from tests.end_to_end.practicum import free_port, until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.odd_replies import ODD, Moody

pytestmark = pytest.mark.anyio

UNARY = b'{"model":"m","messages":[]}'
STREAM = b'{"model":"m","messages":[],"stream":true}'


@pytest.fixture
def server() -> Iterator[Server]:
    """A server whose connections belong to one test."""
    with Server({**BEHAVIORS, **ODD}) as running:
        yield running


@asynccontextmanager
async def pool(url: str, connect_timeout: float = 2.0, max_connections: int = 8) -> AsyncIterator[Upstream]:
    """An upstream under test, closed afterwards."""
    upstream = Upstream(settings.Upstream(url, connect_timeout=connect_timeout, max_connections=max_connections))
    try:
        yield upstream
    finally:
        await upstream.close()


def chat(behavior: str = "good", body: bytes = UNARY) -> Request:
    """A chat request that asks for a behavior."""
    return Request("POST", "/chat/completions", ((b"x-behave", behavior.encode()),), body)


async def collect(reply: Reply, into: bytearray) -> None:
    """All bytes to the end."""
    while piece := await reply.read():
        into += piece


async def body_of(reply: Reply) -> bytes:
    """A whole body."""
    body = bytearray()
    await collect(reply, body)
    return bytes(body)


async def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition while the loop goes on."""
    await asyncio.to_thread(until, condition, what)


@pytest.mark.parametrize("body", [UNARY, STREAM], ids=["unary", "stream"])
@pytest.mark.parametrize("framing", ["good", "extensions", "until_close", "split", "early_hints"])
async def test_any_framing_gives_the_same_body(server: Server, framing: str, body: bytes) -> None:
    """Interim replies, odd chunks and a body that only the end delimits are the upstream's right."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat(framing, body))
        assert reply.status == 200
        assert await body_of(reply) == replies.reply_to("/v1/chat/completions", body).body
        assert reply.ended
        assert await reply.read() == b""


async def test_compressed_bytes_stay_compressed(server: Server) -> None:
    """The client asked for them; the proxy has no business unpacking them on the way."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("gzipped", STREAM))
        assert (b"content-encoding", b"gzip") in reply.headers
        assert await body_of(reply) == gzip.compress(b"".join(replies.CHAT_STREAM), mtime=0)


async def test_headers_come_as_they_were_sent(server: Server) -> None:
    """Their order, repetitions and bytes; only names in lower case."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat())
        await body_of(reply)
    assert list(reply.headers)[: len(ODD_HEADERS)] == [(name.lower(), content) for name, content in ODD_HEADERS]


async def test_nothing_is_sent_that_was_not_given(server: Server) -> None:
    """No user agent, no encoding the client cannot read, no cookie of another caller; the target's escapes kept."""
    marks = ((b"x-mark", "café".encode()), (b"x-mark", b"2"))
    request = Request("POST", "/files/a%2Fb?x=%20&y=1+2&z=%C3%A9", marks, UNARY)
    async with pool(server.url()) as upstream:
        for _ in range(2):  # the first reply sets cookies
            await body_of(await upstream.open(request))
    first, second = server.received
    assert second == first
    assert first.target == b"/v1" + request.target.encode()
    assert first.body == UNARY
    sent = [(name.lower(), content) for name, content in first.headers]
    assert [header for header in sent if header[0] == b"x-mark"] == list(marks)
    assert {name for name, _ in sent} == {b"host", b"x-mark", b"content-length"}


@pytest.mark.parametrize(("method", "size"), [("GET", b""), ("HEAD", b""), ("POST", b"0")])
async def test_no_body_stays_no_body(server: Server, method: str, size: bytes) -> None:
    """A GET with a length of zero is odd enough for some servers to refuse it."""
    async with pool(server.url()) as upstream:
        await body_of(await upstream.open(Request(method, "/files", (), b"")))
    assert b"".join(server.received[0].values("content-length")) == size
    assert server.received[0].values("transfer-encoding") == []


@pytest.mark.parametrize(
    ("behavior", "failure"),
    [
        ("reset", Failure.RESET),
        ("hang_up", Failure.RESET),
        ("no_http", Failure.INVALID),
        ("strange:999", Failure.INVALID),
        ("strange:600", Failure.INVALID),
        ("strange:42", Failure.INVALID),
        ("heavy:200000", Failure.INVALID),
        ("crooked", Failure.INVALID),
    ],
)
async def test_a_reply_that_is_none_has_a_reason(server: Server, behavior: str, failure: Failure) -> None:
    """The reason labels metrics; and a fresh connection's failure is never tried again."""
    async with pool(server.url()) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.open(chat(behavior))
    assert (caught.value.failure, bool(caught.value.detail)) == (failure, True)
    assert len(server.received) == 1


async def test_a_refused_connection_is_a_failure_to_connect() -> None:
    """The commonest fault of all."""
    async with pool(f"http://127.0.0.1:{free_port()}/v1") as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.open(chat())
    assert caught.value.failure is Failure.CONNECT


async def test_a_connection_that_never_opens_fails_in_time() -> None:
    """A blackhole answers neither yes nor no: its backlog is full and nobody accepts."""
    with socket.socket() as hole, ExitStack() as fillers:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        for _ in range(4):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(hole.getsockname())
        async with pool(f"http://127.0.0.1:{hole.getsockname()[1]}/v1", 0.2) as upstream:
            with pytest.raises(UpstreamError) as caught:
                await upstream.open(chat())
    assert caught.value.failure is Failure.CONNECT


async def test_a_server_without_tls_is_a_failure_to_connect(server: Server) -> None:
    """A wrong scheme in ``base_url`` must read as what it is, and nothing may be sent in the clear."""
    async with pool(server.url().replace("http:", "https:"), 0.3) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.open(chat())
    assert caught.value.failure is Failure.CONNECT
    assert server.received == []


async def test_large_headers_pass(server: Server) -> None:
    """Rate limits, policies and traces add up."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("heavy:40000"))
        assert dict(reply.headers)[b"x-heavy"] == b"h" * 40_000


async def test_redirects_are_replies(server: Server) -> None:
    """Following one would send a caller's prompt to a place nobody configured."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("redirect"))
        assert (reply.status, await body_of(reply)) == (302, b"moved")
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("behavior", "body", "received"),
    [
        ("cut_short", UNARY, replies.CHAT[: len(replies.CHAT) // 2]),
        ("cut:3", STREAM, b"".join(replies.CHAT_STREAM[:3])),
        ("reset_after:2", STREAM, b"".join(replies.CHAT_STREAM[:2])),
    ],
    ids=["content-length", "chunked", "reset"],
)
async def test_a_body_cut_short_is_a_reset(server: Server, behavior: str, body: bytes, received: bytes) -> None:
    """Everything that came is given, and then not a clean end."""
    got = bytearray()
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat(behavior, body))
        with pytest.raises(UpstreamError) as caught:
            await collect(reply, got)
        reply.abort()
        assert not reply.ended
    assert (caught.value.failure, bytes(got)) == (Failure.RESET, received)


@pytest.mark.parametrize("die", [Exchange.close, Exchange.reset], ids=["close", "reset"])
@pytest.mark.parametrize("stale", [1, 4])
async def test_a_stale_connection_is_left_for_another(stale: int, die: Callable[[Exchange], None]) -> None:
    """A server that closes idle connections must not fail the request that finds them closed."""
    moody = Moody(stale, die)
    with Server({"good": moody}) as server:
        async with pool(server.url()) as upstream:
            for reply in await asyncio.gather(*(upstream.open(chat()) for _ in range(stale))):
                await body_of(reply)
            assert server.connections == stale
            assert await body_of(await upstream.open(chat())) == replies.CHAT
    assert moody.asked == 2 * stale + 1


@pytest.mark.parametrize("words", [b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\n"])
async def test_a_connection_that_began_to_answer_is_not_left_for_another(words: bytes) -> None:
    """The upstream worked on this request: asking again could do its work, and bill for it, twice."""
    moody = Moody(1, Exchange.close, words)
    with Server({"good": moody}) as server:
        async with pool(server.url()) as upstream:
            await body_of(await upstream.open(chat()))
            with pytest.raises(UpstreamError) as caught:
                await upstream.open(chat())
    assert caught.value.failure is Failure.RESET
    assert moody.asked == 2


async def test_a_connection_read_to_its_end_is_used_again(server: Server) -> None:
    """Handshakes cost more than the proxy does."""
    async with pool(server.url()) as upstream:
        for body in (UNARY, STREAM, UNARY):
            await body_of(await upstream.open(chat("good", body)))
        assert server.connections == 1


@pytest.mark.parametrize("behavior", ["headers_then_silent", "stall:2", "huge", "flood"])
async def test_aborting_closes_the_connection(server: Server, behavior: str) -> None:
    """A caller who left must not keep a GPU busy."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat(behavior, STREAM))
        await eventually(lambda: server.in_progress == 1, "it is being answered")
        reply.abort()
        await eventually(lambda: server.in_progress == server.connections == 0, "it is given up")
    assert server.abandoned == 1


async def test_cancelling_the_call_closes_the_connection(server: Server) -> None:
    """The same before the reply's head."""
    async with pool(server.url()) as upstream:
        call = asyncio.create_task(upstream.open(chat("silent")))
        await eventually(lambda: server.in_progress == 1, "it is being asked")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await eventually(lambda: server.connections == 0, "it is given up")


async def test_a_full_pool_fails_in_time_and_slows_nobody_else(server: Server) -> None:
    """One hung upstream holds its own connections only; who waits for one waits no longer than for a handshake."""
    async with pool(server.url(), 0.2, 1) as hung, pool(server.url("good")) as well:
        held = await hung.open(chat("headers_then_silent"))
        waiting = asyncio.create_task(hung.open(chat()))
        for _ in range(20):
            assert await body_of(await well.open(chat())) == replies.CHAT
        with pytest.raises(UpstreamError) as caught:
            await waiting
        assert caught.value.failure is Failure.CONNECT
        held.abort()
        assert await body_of(await hung.open(chat())) == replies.CHAT


async def test_what_nobody_reads_is_not_fetched(server: Server) -> None:
    """Back-pressure: the pool buffers little, and the rest waits at the upstream."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("huge"))
        await asyncio.to_thread(_stands_still, server)
        assert server.sent == 0  # its one write is not through
        assert len(await body_of(reply)) == HUGE


def _stands_still(server: Server) -> None:
    seen = [server.sent]

    def still() -> bool:
        seen.append(server.sent)
        return len(set(seen[-10:])) == 1 and len(seen) > 10

    until(still, "the upstream stops sending")


# Deadlines

LIMITS = settings.Upstream("http://x", first_token_timeout=3.0, stall_timeout=2.0, total_timeout=10.0)


def left(deadlines: Deadlines) -> float:
    """Seconds to the next deadline, as far as a test can tell them."""
    when = deadlines.alarm.when()
    assert when is not None
    return round(when - asyncio.get_running_loop().time(), 1)


async def test_a_stream_has_time_to_its_first_byte_then_between_any_two() -> None:
    """The two limits of a stream, and which of them is named."""
    async with (deadlines := Deadlines(LIMITS, stream=True)).alarm:
        assert (left(deadlines), deadlines.limit) == (3.0, Failure.FIRST_TOKEN_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (2.0, Failure.STALL_TIMEOUT)


async def test_a_unary_reply_has_its_total_only() -> None:
    """It says nothing until it says everything."""
    async with (deadlines := Deadlines(LIMITS, stream=False)).alarm:
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)


async def test_while_suspended_only_the_total_counts() -> None:
    """A slow reader is no stall of the upstream's; the next byte starts its clock again."""
    async with (deadlines := Deadlines(LIMITS, stream=True)).alarm:
        deadlines.suspend()
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (2.0, Failure.STALL_TIMEOUT)


async def test_the_total_comes_first_where_it_is_shorter() -> None:
    """A limit beyond the total never names itself."""
    short = settings.Upstream("http://x", first_token_timeout=3.0, stall_timeout=2.0, total_timeout=1.0)
    async with (deadlines := Deadlines(short, stream=True)).alarm:
        assert (left(deadlines), deadlines.limit) == (1.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (1.0, Failure.TOTAL_TIMEOUT)


@pytest.mark.parametrize(
    ("steps", "failure"),
    [
        ((), Failure.FIRST_TOKEN_TIMEOUT),
        ((Deadlines.progress,), Failure.STALL_TIMEOUT),
        ((Deadlines.suspend,), Failure.TOTAL_TIMEOUT),
        ((Deadlines.progress, Deadlines.suspend), Failure.TOTAL_TIMEOUT),
    ],
    ids=["silence", "stall", "suspended", "suspended-later"],
)
async def test_the_limit_that_was_missed_is_the_one_named(
    steps: tuple[Callable[[Deadlines], None], ...], failure: Failure
) -> None:
    """With real time running out."""
    limits = settings.Upstream("http://x", first_token_timeout=0.05, stall_timeout=0.06, total_timeout=0.15)
    deadlines = Deadlines(limits, stream=True)
    with pytest.raises(TimeoutError):
        await wait_for_ever(deadlines, steps)
    assert deadlines.limit is failure


async def wait_for_ever(deadlines: Deadlines, steps: tuple[Callable[[Deadlines], None], ...]) -> None:
    """An upstream that does these steps and then no more."""
    async with deadlines.alarm:
        for step in steps:
            step(deadlines)
        await asyncio.Event().wait()
