"""Calling an upstream: the bytes it sends, and every way in which it can fail; both clients, plain and over TLS."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import Callable

import pytest

from proxy.config import settings
from proxy.upstream import Request, UpstreamError
from routing.observation import Failure
from tests.end_to_end import replies
from tests.end_to_end.behaviors import BEHAVIORS, HUGE, ODD_HEADERS
from tests.end_to_end.practicum import free_port, until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.upstream.asking import STREAM, UNARY, body_of, chat, collect, eventually
from tests.proxy.upstream.conftest import CLIENTS, Authority, Pool, farewell
from tests.proxy.upstream.hostile import HOSTILE, outcome, wire
from tests.proxy.upstream.odd_replies import Moody

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("body", [UNARY, STREAM], ids=["unary", "stream"])
@pytest.mark.parametrize("framing", ["good", "extensions", "until_close", "split", "early_hints"])
async def test_any_framing_gives_the_same_body(server: Server, pool: Pool, framing: str, body: bytes) -> None:
    """Interim replies, odd chunks and a body that only the end delimits are the upstream's right."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat(framing, body))
        assert reply.status == 200
        assert await body_of(reply) == replies.reply_to("/v1/chat/completions", body).body
        assert reply.ended
        assert await reply.read() == b""


@pytest.mark.parametrize("behavior", ["good", "extensions", "until_close", "split", "empty", "trickle:0.01"])
async def test_a_relay_hands_on_what_reading_gives(server: Server, pool: Pool, behavior: str) -> None:
    """Each byte once and in its order, also where every piece must be waited for."""
    taken: list[bytes] = []
    waited = 0

    def take(piece: bytes) -> bool:
        assert piece
        taken.append(piece)
        return len(taken) % 2 == 0

    async def room() -> None:
        nonlocal waited
        waited += 1
        await asyncio.sleep(0)

    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat(behavior, STREAM))
        last = await reply.relay(take, room)
        assert reply.ended
        assert await reply.read() == b""
    expected = b"" if behavior == "empty" else b"".join(replies.CHAT_STREAM)
    assert b"".join(taken) + last == expected
    assert waited == (len(taken) + 1) // 2


async def test_compressed_bytes_stay_compressed(server: Server, pool: Pool) -> None:
    """The client asked for them; the proxy has no business unpacking them on the way."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("gzipped", STREAM))
        assert (b"content-encoding", b"gzip") in reply.headers
        assert await body_of(reply) == gzip.compress(b"".join(replies.CHAT_STREAM), mtime=0)


async def test_headers_come_as_they_were_sent(server: Server, pool: Pool) -> None:
    """Their order, repetitions and bytes; only names in lower case."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat())
        await body_of(reply)
    assert list(reply.headers)[: len(ODD_HEADERS)] == [(name.lower(), content) for name, content in ODD_HEADERS]


async def test_nothing_is_sent_that_was_not_given(server: Server, pool: Pool) -> None:
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
async def test_no_body_stays_no_body(server: Server, pool: Pool, method: str, size: bytes) -> None:
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
async def test_a_reply_that_is_none_has_a_reason(server: Server, pool: Pool, behavior: str, failure: Failure) -> None:
    """The reason labels metrics; and a fresh connection's failure is never tried again."""
    async with pool(server.url()) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.open(chat(behavior))
    assert (caught.value.failure, bool(caught.value.detail)) == (failure, True)
    assert len(server.received) == 1


async def test_a_refused_connection_is_a_failure_to_connect(pool: Pool) -> None:
    """The commonest fault of all."""
    async with pool(f"http://127.0.0.1:{free_port()}/v1") as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.open(chat())
    assert caught.value.failure is Failure.CONNECT


async def test_a_connection_that_never_opens_fails_in_time(pool: Pool, silent: int) -> None:
    """A blackhole answers neither yes nor no."""
    async with pool(f"http://127.0.0.1:{silent}/v1", 0.2) as upstream:
        with pytest.raises(UpstreamError) as caught:
            await upstream.open(chat())
    assert caught.value.failure is Failure.CONNECT


async def test_a_server_without_tls_is_a_failure_to_connect(pool: Pool) -> None:
    """A wrong scheme in ``base_url`` must read as what it is, and nothing may be sent in the clear."""
    with Server(BEHAVIORS) as server:
        async with pool(server.url().replace("http:", "https:"), 0.3) as upstream:
            with pytest.raises(UpstreamError) as caught:
                await upstream.open(chat())
        assert caught.value.failure is Failure.CONNECT
        assert server.received == []


async def test_a_server_nobody_vouches_for_is_a_failure_to_connect(pool: Pool, authority: Authority) -> None:
    """Or whoever answers at that address would read every prompt."""
    with Server(BEHAVIORS, authority.served) as server:
        async with pool(server.url()) as upstream:
            with pytest.raises(UpstreamError) as caught:
                await upstream.open(chat())
        assert caught.value.failure is Failure.CONNECT
        assert "certificate" in caught.value.detail
        assert server.received == []


async def test_a_server_of_another_name_is_a_failure_to_connect(
    pool: Pool, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate is somebody's, and an address is not a name."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    with Server(BEHAVIORS, authority.served) as server:
        async with pool(server.url().replace("localhost", "127.0.0.1")) as upstream:
            with pytest.raises(UpstreamError) as caught:
                await upstream.open(chat())
        assert caught.value.failure is Failure.CONNECT
        assert server.received == []


async def test_large_headers_pass(server: Server, pool: Pool) -> None:
    """Rate limits, policies and traces add up."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("heavy:40000"))
        assert dict(reply.headers)[b"x-heavy"] == b"h" * 40_000


async def test_redirects_are_replies(server: Server, pool: Pool) -> None:
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
async def test_a_body_cut_short_is_a_reset(
    server: Server, pool: Pool, behavior: str, body: bytes, received: bytes
) -> None:
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
async def test_a_stale_connection_is_left_for_another(
    pool: Pool, client: str, tls: ssl.SSLContext | None, stale: int, die: Callable[[Exchange], None]
) -> None:
    """A server that closes idle connections must not fail the request that finds them closed."""
    moody = Moody(stale, die)
    with Server({"good": moody}, tls) as server:
        async with pool(server.url()) as upstream:
            for reply in await asyncio.gather(*(upstream.open(chat()) for _ in range(stale))):
                await body_of(reply)
            assert server.connections == stale
            assert await body_of(await upstream.open(chat())) == replies.CHAT
    assert moody.asked == stale + (stale if client == "aiohttp" else 1) + 1


@pytest.mark.parametrize("words", [b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\n"])
async def test_a_connection_that_began_to_answer_is_not_left_for_another(
    pool: Pool, tls: ssl.SSLContext | None, words: bytes
) -> None:
    """The upstream worked on this request: asking again could do its work, and bill for it, twice."""
    moody = Moody(1, Exchange.close, words)
    with Server({"good": moody}, tls) as server:
        async with pool(server.url()) as upstream:
            await body_of(await upstream.open(chat()))
            with pytest.raises(UpstreamError) as caught:
                await upstream.open(chat())
    assert caught.value.failure is Failure.RESET
    assert moody.asked == 2


async def test_a_connection_read_to_its_end_is_used_again(server: Server, pool: Pool) -> None:
    """Handshakes cost more than the proxy does."""
    async with pool(server.url()) as upstream:
        for body in (UNARY, STREAM, UNARY):
            await body_of(await upstream.open(chat("good", body)))
        assert server.connections == 1


@pytest.mark.parametrize("behavior", ["headers_then_silent", "stall:2", "huge", "flood"])
async def test_aborting_closes_the_connection(
    server: Server, pool: Pool, tls: ssl.SSLContext | None, behavior: str
) -> None:
    """A caller who left must not keep a GPU busy."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat(behavior, STREAM))
        reply.abort()  # its head came, so it is being answered, or else has left whole
        await eventually(lambda: server.in_progress == server.connections == 0, "it is given up")
    assert tls or server.abandoned == 1  # over TLS asyncio's drain() returns as if all had been sent


async def test_cancelling_the_call_closes_the_connection(server: Server, pool: Pool) -> None:
    """The same before the reply's head."""
    async with pool(server.url()) as upstream:
        call = asyncio.create_task(upstream.open(chat("silent")))
        await eventually(lambda: server.in_progress == 1, "it is being asked")
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await eventually(lambda: server.connections == 0, "it is given up")


async def test_a_full_pool_fails_in_time_and_slows_nobody_else(server: Server, pool: Pool) -> None:
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


async def test_what_nobody_reads_is_not_fetched(server: Server, pool: Pool) -> None:
    """Back-pressure: the pool buffers little, and the rest waits at the upstream."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("flood"))
        await asyncio.to_thread(_stands_still, server)
        assert server.sent < HUGE  # the kernels' buffers and ours; without back-pressure it would never stand still
        before = server.sent
        for _ in range(100):
            assert await reply.read()
        await eventually(lambda: server.sent > before, "what was read makes room for more")
        reply.abort()


async def test_a_huge_body_arrives_whole(server: Server, pool: Pool) -> None:
    """Reading is stopped and taken up again hundreds of times on the way."""
    async with pool(server.url()) as upstream:
        reply = await upstream.open(chat("huge"))
        assert await body_of(reply) == b"\x00\xffabcdef" * (HUGE // 8)


def _stands_still(server: Server) -> None:
    seen = [server.sent]

    def still() -> bool:
        seen.append(server.sent)
        return len(set(seen[-10:])) == 1 and len(seen) > 10

    until(still, "the upstream stops sending")


@pytest.mark.parametrize("by_byte", [False, True], ids=["whole", "bytes"])
async def test_whatever_an_upstream_sends_has_one_reading(
    client: str, tls: ssl.SSLContext | None, by_byte: bool
) -> None:
    """The same for both clients, however TCP cuts it, but for what the table says of aiohttp."""
    rows = [row for row in HOSTILE if client == "own" or not row.apart]
    seen = {}
    async with wire(tls, by_byte=by_byte) as url:
        for row in rows:
            upstream = CLIENTS[client](settings.Upstream(url))
            seen[row.name] = await outcome(upstream, row)
            await upstream.close()
        await farewell(client, url)
    assert seen == {row.name: row.expected for row in rows}


def test_the_hostile_end_in_every_way() -> None:
    """The table is no list of things that all go well."""
    assert {row.expected.end for row in HOSTILE} == {"whole", Failure.RESET, Failure.INVALID}
