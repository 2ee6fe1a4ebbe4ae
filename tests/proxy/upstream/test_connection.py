"""One connection, fed what a hostile upstream may send, cut anywhere; and what it writes when nobody takes it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from proxy.upstream.call import UpstreamError
from proxy.upstream.connection import Connection, Reply
from routing.observation import Failure
from tests.proxy.upstream.asking import eventually
from tests.proxy.upstream.hostile import HOSTILE, Hostile, Outcome, whole

pytestmark = pytest.mark.anyio

HEAD = b"POST / HTTP/1.1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
EVERY_CUT = 400  # bytes; longer rows are cut at some places only


@dataclass(slots=True)
class Wired:
    """A connection, the far end of its wire, and how often it was free."""

    connection: Connection
    peer: socket.socket
    transport: asyncio.Transport
    freed: list[Connection] = field(default_factory=list)
    lost: asyncio.Event = field(default_factory=asyncio.Event)

    def ask(self, body: bytes = b"", *, bodiless: bool = False) -> Reply:
        """Send a request."""
        return self.connection.ask(HEAD, body, bodiless=bodiless)

    async def hang_up(self) -> None:
        """End the connection in good order: a socket closed with something unread would reset it."""
        with suppress(ConnectionError):
            await asyncio.get_running_loop().sock_recv(self.peer, 1000)
        self.peer.close()

    async def hear(self, pieces: Iterable[bytes]) -> None:
        """Let these pieces come, each by itself, as far as the connection listens."""
        for piece in pieces:
            if self.connection.usable:
                self.connection.data_received(piece)


@asynccontextmanager
async def wired() -> AsyncIterator[Wired]:
    """A connection over a real transport."""
    near, far = socket.socketpair()
    freed: list[Connection] = []
    lost = asyncio.Event()
    connection = Connection(freed.append, lambda _: lost.set())
    transport, _ = await asyncio.get_running_loop().create_connection(lambda: connection, sock=near)
    with far:
        far.setblocking(False)
        yield Wired(connection, far, transport, freed, lost)
        connection.abandon()
        await lost.wait()


async def outcome(reply: Reply) -> Outcome:
    """What its reader sees of a reply."""
    body = bytearray()
    try:
        await reply.head()
        while piece := await reply.read():
            body += piece
    except UpstreamError as error:
        return Outcome(reply.status, bytes(body), error.failure)
    return Outcome(reply.status, bytes(body), "whole")


def cuts(raw: bytes) -> Iterable[list[bytes]]:
    """The bytes whole, in two at every place, and one at a time."""
    places = range(1, len(raw)) if len(raw) <= EVERY_CUT else (1, 20, len(raw) // 2, len(raw) - 1)
    yield [raw]
    yield from ([raw[:place], raw[place:]] for place in places)
    if len(raw) <= EVERY_CUT:
        yield [raw[place : place + 1] for place in range(len(raw))]


@pytest.mark.parametrize("row", HOSTILE, ids=lambda row: row.name)
async def test_every_cut_gives_the_same_reading(row: Hostile) -> None:
    """A reply must not depend on where TCP cut it, nor an attack get through in one cut of a hundred."""
    readings = set()
    for pieces in cuts(row.raw):
        async with wired() as wire:
            reply = wire.ask(bodiless=row.method == "HEAD")
            await wire.hear(pieces)
            kept = wire.connection.usable and bool(wire.freed)
            await wire.hang_up()
            readings.add((await outcome(reply), kept))
    assert readings == {(row.expected, row.kept)}


async def test_one_exchange_follows_another() -> None:
    """The parser starts afresh: nothing of one reply is in the next."""
    async with wired() as wire:
        for body in (b"one", b"", b"three"):
            reply = wire.ask()
            await wire.hear([b"HTTP/1.1 200 OK\r\nX-Of: %b\r\nContent-Length: %d\r\n\r\n%b" % (body, len(body), body)])
            assert await outcome(reply) == whole(body)
            assert reply.headers == [(b"x-of", body), (b"content-length", b"%d" % len(body))]
        assert wire.freed == [wire.connection] * 3
        assert wire.connection.exchanges == 3


async def test_headers_of_interim_replies_and_trailers_are_not_the_replys() -> None:
    """A hint is not a header, and a trailer must not replace one after it was judged."""
    async with wired() as wire:
        reply = wire.ask()
        head = b"HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
        await wire.hear([b"HTTP/1.1 103 Hints\r\nX-A: 0\r\n\r\n", head, b"0\r\nX-A: 2\r\n\r\n"])
        assert await outcome(reply) == whole(b"")
        assert reply.headers == [(b"x-a", b"1"), (b"transfer-encoding", b"chunked")]


async def test_bytes_nobody_asked_for_end_an_idle_connection() -> None:
    """Else they would be taken for the next caller's reply."""
    async with wired() as wire:
        wire.peer.send(OK)
        await wire.lost.wait()
        assert not wire.connection.usable


async def test_a_reply_does_not_see_what_came_after_it() -> None:
    """Its reader is slow; the connection already carries another's."""
    async with wired() as wire:
        slow = wire.ask()
        await wire.hear([OK])
        quick = wire.ask()
        await wire.hear([OK.replace(b"hi", b"ho")])
        slow.abort()  # no longer its own to close
        assert wire.connection.usable
        assert [await outcome(quick), await outcome(slow)] == [whole(b"ho"), whole(b"hi")]


async def test_what_waits_to_be_read_is_bounded() -> None:
    """A reader that does not come must not fill our memory; one that comes gets every byte."""
    size = 8 * 1024 * 1024
    async with wired() as wire:
        reply = wire.ask()
        await wire.hear([b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size])
        sending = asyncio.create_task(asyncio.get_running_loop().sock_sendall(wire.peer, b"x" * size))
        await eventually(lambda: not wire.transport.is_reading(), "nothing more is read")
        assert not sending.done()
        first = await reply.read()
        assert 64 * 1024 < len(first) < 1024 * 1024
        assert wire.transport.is_reading()
        assert await outcome(reply) == whole(b"x" * (size - len(first)))
        await sending
        assert wire.freed


async def test_a_body_is_written_no_faster_than_it_is_taken() -> None:
    """An upstream that does not read must not make us hold its copy of a large body."""
    body = bytes(range(256)) * 64 * 1024
    async with wired() as wire:
        reply = wire.ask(body)
        assert wire.transport.get_write_buffer_size() < 1024 * 1024
        taken = bytearray()
        while len(taken) < len(HEAD) + len(body):
            taken += await asyncio.get_running_loop().sock_recv(wire.peer, 2**20)
        assert taken == HEAD + body
        await wire.hear([OK])
        assert await outcome(reply) == whole(b"hi")
        assert wire.freed


async def test_an_answer_before_the_body_was_taken_ends_the_connection() -> None:
    """The answer counts; what is left of the body would be taken for another request."""
    body = bytes(16 * 1024 * 1024)
    async with wired() as wire:
        reply = wire.ask(body)
        await asyncio.get_running_loop().sock_recv(wire.peer, 1000)
        wire.peer.send(OK)
        assert await outcome(reply) == whole(b"hi")
        await wire.lost.wait()
        assert not wire.freed


async def test_a_closed_connection_answers_nothing() -> None:
    """It was closed between being taken from the pool and being asked."""
    async with wired() as wire:
        wire.peer.close()
        await wire.lost.wait()
        assert await outcome(wire.ask()) == Outcome(0, b"", Failure.RESET)


async def test_cancelling_whoever_waits_for_a_head_closes_the_connection() -> None:
    """Nobody will read that reply, and it must not reach anybody else."""
    async with wired() as wire:
        waiting = asyncio.create_task(wire.ask().head())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await wire.lost.wait()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Taking:
    """Takes what is relayed to it; ``more`` says whether it takes more, and ``let`` makes room."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.more = True
        self.waited = 0
        self.let = asyncio.Event()

    def take(self, piece: bytes) -> bool:
        """Keep a piece."""
        self.taken.append(piece)
        return self.more

    async def room(self) -> None:
        """Wait to be let."""
        self.waited += 1
        await self.let.wait()


@asynccontextmanager
async def relaying(taking: Taking) -> AsyncIterator[tuple[Wired, asyncio.Task[bytes]]]:
    """A reply of chunks, which is relayed."""
    async with wired() as wire:
        reply = wire.ask()
        await wire.hear([CHUNKED])
        relay = asyncio.create_task(reply.relay(taking.take, taking.room))
        await asyncio.sleep(0)
        yield wire, relay


async def test_what_comes_goes_on_at_once() -> None:
    """Before anybody wakes up, and what came at once in one piece; the last of it is who wakes up's to pass on."""
    taking = Taking()
    async with relaying(taking) as (wire, relay):
        wire.connection.data_received(b"3\r\none\r\n")
        wire.connection.data_received(b"3\r\ntwo\r\n5\r\nthree\r\n")
        assert taking.taken == [b"one", b"twothree"]
        wire.connection.data_received(b"4\r\nfour\r\n0\r\n\r\n")
        assert taking.taken == [b"one", b"twothree"]
        assert await relay == b"four"
        assert wire.freed


async def test_who_takes_no_more_is_waited_for() -> None:
    """A bounded number of bytes waits here, the rest at the upstream; then all of them come, in their order."""
    taking, size = Taking(), 8 * 1024 * 1024
    taking.more = False
    async with relaying(taking) as (wire, relay):
        await wire.hear([b"3\r\none\r\n", b"3\r\ntwo\r\n", b"%x\r\n" % size])
        sending = asyncio.create_task(
            asyncio.get_running_loop().sock_sendall(wire.peer, b"x" * size + b"\r\n0\r\n\r\n")
        )
        await eventually(lambda: not wire.transport.is_reading(), "nothing more is read")
        assert (taking.taken, taking.waited) == ([b"one"], 1)
        taking.more = True
        taking.let.set()
        last = await relay
        assert b"".join(taking.taken) + last == b"onetwo" + b"x" * size
        assert taking.waited == 1
        await sending


async def test_a_fault_of_who_takes_is_theirs() -> None:
    """It is raised where the relay is awaited, not in the upstream's connection."""

    def take(_: bytes) -> bool:
        raise RuntimeError("cannot be passed on")

    async with wired() as wire:
        reply = wire.ask()
        await wire.hear([CHUNKED])
        relay = asyncio.create_task(reply.relay(take, Taking().room))
        await asyncio.sleep(0)
        wire.connection.data_received(b"3\r\none\r\n")
        with pytest.raises(RuntimeError, match="cannot be passed on"):
            await relay
        assert wire.connection.usable


@pytest.mark.parametrize("rubbish", [b"no chunk\r\n", b""])
async def test_what_came_before_a_break_goes_on(rubbish: bytes) -> None:
    """A client sees as much as there was, and then that there is no more."""
    taking = Taking()
    async with relaying(taking) as (wire, relay):
        wire.connection.data_received(b"3\r\none\r\n3\r\ntwo\r\n" + rubbish)
        await wire.hang_up()
        with pytest.raises(UpstreamError) as broken:
            await relay
    assert (b"".join(taking.taken), broken.value.failure) == (b"onetwo", Failure.RESET)


async def test_cancelling_a_relay_takes_no_more() -> None:
    """The client went away: what still comes until the connection is closed has nowhere to go."""
    taking = Taking()
    async with relaying(taking) as (wire, relay):
        relay.cancel()
        with pytest.raises(asyncio.CancelledError):
            await relay
        wire.connection.data_received(b"3\r\none\r\n")
        assert taking.taken == []
