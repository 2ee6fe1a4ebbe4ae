"""What our own client does beyond what both promise (``test_call``), or otherwise than aiohttp."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from proxy.config import settings
from proxy.upstream import Request, UpstreamError
from proxy.upstream.client import Client
from routing.observation import Failure
from tests.end_to_end import replies
from tests.end_to_end.behaviors import BEHAVIORS, HUGE
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.upstream.asking import UNARY, body_of, chat
from tests.proxy.upstream.conftest import Authority

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def calling(url: str) -> AsyncIterator[Client]:
    """A client, closed afterwards."""
    client = Client(settings.Upstream(url))
    try:
        yield client
    finally:
        await client.close()


async def test_a_headers_bytes_arrive_as_they_are(server: Server) -> None:
    """UTF-8, Latin-1 or neither: what it means is between the caller and the upstream."""
    odd = ((b"x-utf", "café".encode()), (b"x-latin", b"caf\xe9"), (b"x-neither", b"\xff\xfe\x80"), (b"X-Case", b"\tx"))
    async with calling(server.url()) as client:
        await body_of(await client.open(Request("POST", "/files", odd, UNARY)))
    sent = [(name, value) for name, value in server.received[0].headers if name.lower().startswith(b"x-")]
    assert sent == [(name, value.strip()) for name, value in odd]


async def test_a_huge_request_arrives_whole(server: Server) -> None:
    """More than any buffer on the way takes at once."""
    async with calling(server.url()) as client:
        reply = await client.open(Request("POST", "/files", (), bytes(HUGE)))
        assert await body_of(reply) == replies.BINARY
    assert server.received[0].body == bytes(HUGE)


async def test_a_request_that_ends_connections_is_sent_twice_at_most() -> None:
    """What makes a server die should not be offered to it once for every idle connection."""
    asked = 0

    async def deadly(exchange: Exchange) -> None:
        nonlocal asked
        asked += 1
        exchange.close()

    with Server({**BEHAVIORS, "deadly": deadly}) as server:
        async with calling(server.url()) as client:
            for reply in await asyncio.gather(*(client.open(chat()) for _ in range(4))):
                await body_of(reply)
            assert server.connections == 4
            with pytest.raises(UpstreamError) as caught:
                await client.open(chat("deadly"))
    assert (caught.value.failure, asked) == (Failure.RESET, 2)


async def test_a_head_request_does_not_spoil_the_next(server: Server) -> None:
    """Its reply names a length that never comes."""
    async with calling(server.url()) as client:
        for _ in range(2):
            reply = await client.open(Request("HEAD", "/files", (), b""))
            assert (await body_of(reply), reply.ended) == (b"", True)
            assert dict(reply.headers)[b"content-length"] == b"%d" % len(replies.BINARY)
            assert await body_of(await client.open(chat())) == replies.CHAT


async def cut_wire(exchange: Exchange) -> None:
    """A body that only the end delimits, and an end that TLS did not announce."""
    await exchange.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf of it")
    exchange.cut()


async def test_over_tls_a_cut_wire_is_no_end(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody on the way can end a TCP connection; only the server can end a TLS one (RFC 9112, section 9.8)."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    with Server({**BEHAVIORS, "cut_wire": cut_wire}, authority.served) as server:
        async with calling(server.url()) as client:
            reply = await client.open(chat("cut_wire"))
            assert await reply.read() == b"half of it"
            with pytest.raises(UpstreamError) as caught:
                await reply.read()
            assert not reply.ended
            whole = await client.open(chat("until_close"))
            assert await body_of(whole) == replies.CHAT
    assert caught.value.failure is Failure.RESET


async def test_what_cannot_be_sent_is_refused_before_anything_is(server: Server) -> None:
    """Not even a connection is opened for it."""
    async with calling(server.url()) as client:
        with pytest.raises(UpstreamError) as caught:
            await client.open(Request("GET", "/", ((b"x", b"1\r\nx-evil: 1"),), b""))
    assert caught.value.failure is Failure.INVALID
    assert server.connections == 0


def test_a_worker_does_not_load_the_other_client() -> None:
    """Its import is a third of what a worker needs to start."""
    code = "import sys, proxy.worker.app; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
