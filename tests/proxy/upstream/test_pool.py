"""Connections are bounded, kept, lent in turn, and closed in time."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from proxy.upstream.call import UpstreamError
from proxy.upstream.connection import Connection
from proxy.upstream.pool import IDLE, Pool
from routing.observation import Failure
from tests.proxy.upstream.asking import eventually

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Far:
    """The far ends of all connections; ``refuse`` makes the next ones fail, ``hold`` makes them wait."""

    def __init__(self) -> None:
        self.ends: dict[Connection, socket.socket] = {}
        self.refuse = False
        self.hold: asyncio.Event | None = None

    async def dial(self, connection: Connection) -> None:
        """Connect one."""
        if self.hold is not None:
            await self.hold.wait()
        if self.refuse:
            raise ConnectionRefusedError("nobody listens")
        near, self.ends[connection] = socket.socketpair()
        await asyncio.get_running_loop().create_connection(lambda: connection, sock=near)


@asynccontextmanager
async def pooled(limit: int = 2, within: float = 2.0) -> AsyncIterator[tuple[Pool, Far]]:
    """A pool of connections to nowhere."""
    far = Far()
    pool = Pool(far.dial, limit, within)
    yield pool, far
    await pool.close()
    for end in far.ends.values():
        end.close()


async def use(connection: Connection) -> None:
    """One exchange, after which it is free."""
    reply = connection.ask(b"", b"", bodiless=False)
    connection.data_received(OK)
    await reply.head()


async def settle() -> None:
    """Let what was set off happen."""
    for _ in range(3):
        await asyncio.sleep(0)


async def test_the_last_one_used_is_the_first_to_be_used_again() -> None:
    """Few stay warm, and the rest can go."""
    async with pooled() as (pool, _):
        one, other = await pool.take(), await pool.take()
        assert pool.idle() is None
        await use(one)
        await use(other)
        assert [pool.idle(), pool.idle(), pool.idle()] == [other, one, None]


async def test_a_connection_that_the_server_closed_is_not_lent() -> None:
    """Its end was seen in time: no retry is needed."""
    async with pooled() as (pool, far):
        connection = await pool.take()
        await use(connection)
        far.ends[connection].close()
        await eventually(lambda: pool.size == 0, "its end was seen")
        assert pool.idle() is None


async def test_who_waits_gets_the_next_connection_in_turn() -> None:
    """First come, first served, with the connection as it is."""
    async with pooled(limit=1) as (pool, _):
        connection = await pool.take()
        first, second = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
        await settle()
        await use(connection)
        assert await first is connection
        await settle()
        assert not second.done()
        await use(connection)
        assert await second is connection
        assert pool.size == 1


async def test_who_waits_may_open_another_where_one_is_lost() -> None:
    """A place is a place."""
    async with pooled(limit=1) as (pool, _):
        connection = await pool.take()
        waiting = asyncio.create_task(pool.take())
        await settle()
        connection.abandon()
        assert await waiting is not connection
        assert pool.size == 1


@pytest.mark.parametrize("lost", [False, True], ids=["given-back", "lost"])
async def test_who_gave_up_waiting_passes_the_turn_on(lost: bool) -> None:
    """Cancelled in the very moment when it came: nothing is lost, and the next one need not wait for a timeout."""
    async with pooled(limit=1) as (pool, _):
        connection = await pool.take()
        gone, next_one = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
        await settle()
        if lost:
            connection.connection_lost(None)  # what the loop will say, in the moment before the cancellation
        else:
            await use(connection)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert (await next_one is connection) is not lost
        assert pool.size == 1


async def test_nobody_waits_longer_than_a_connection_may_take() -> None:
    """Waiting for a place and opening it count together."""
    async with pooled(limit=1, within=0.05) as (pool, far):
        connection = await pool.take()
        with pytest.raises(UpstreamError) as full:
            await pool.take()
        await use(connection)
        assert pool.idle() is connection
        connection.abandon()
        await settle()
        far.hold = asyncio.Event()
        with pytest.raises(UpstreamError) as slow:
            await pool.take()
    assert (full.value.failure, slow.value.failure) == (Failure.CONNECT, Failure.CONNECT)
    assert "0.05 s" in full.value.detail


async def test_a_connection_that_cannot_be_opened_leaves_its_place() -> None:
    """Else a teacher that was down for a minute would stay unreachable."""
    async with pooled(limit=1) as (pool, far):
        far.refuse = True
        for _ in range(3):
            with pytest.raises(UpstreamError) as caught:
                await pool.take()
            assert (caught.value.failure, pool.size) == (Failure.CONNECT, 0)
        far.refuse = False
        assert (await pool.take()).usable


async def test_a_fresh_one_takes_the_place_of_an_idle_one() -> None:
    """Where the limit is reached, one that may be as stale as the last is no use."""
    async with pooled(limit=1) as (pool, _):
        old = await pool.take()
        await use(old)
        fresh = await pool.take(fresh=True)
        assert (fresh.exchanges, pool.size) == (0, 1)
        assert not old.usable


async def test_a_fresh_one_takes_the_place_of_one_that_comes_free() -> None:
    """The same where it had to wait."""
    async with pooled(limit=1) as (pool, _):
        old = await pool.take()
        waiting = asyncio.create_task(pool.take(fresh=True))
        await settle()
        await use(old)
        assert ((await waiting).exchanges, pool.size) == (0, 1)


async def test_what_stays_idle_is_closed_in_time() -> None:
    """Before the server does it, just when a request is on its way."""
    async with pooled() as (pool, _):
        first, second = await pool.take(), await pool.take()
        loop = asyncio.get_running_loop()
        await use(first)
        freed = loop.time()
        await asyncio.sleep(0.5)
        await use(second)
        await eventually(lambda: not first.usable, "the first is closed")
        assert loop.time() - freed >= IDLE
        assert second.usable
        await eventually(lambda: pool.size == 0, "the second is closed")


async def test_closing_breaks_off_what_is_under_way() -> None:
    """And returns when every connection is closed."""
    async with pooled() as (pool, _):
        busy, idle = await pool.take(), await pool.take()
        await use(idle)
        reply = busy.ask(b"", b"", bodiless=False)
        await pool.close()
        assert pool.size == 0
        with pytest.raises(UpstreamError) as caught:
            await reply.head()
        assert caught.value.failure is Failure.RESET
        assert (await pool.take()).usable  # a pool that is closed can be used again


async def test_a_lost_connection_is_freed_without_looking_for_garbage() -> None:
    """Workers rarely look: what was connected is not to wait for it."""
    async with pooled() as (pool, far):
        gc.collect()
        gc.disable()
        try:
            connection = await pool.take()
            await use(connection)
            far.ends.pop(connection).close()
            await eventually(lambda: not pool.size, "it is lost")
            del connection
            await eventually(lambda: not any(isinstance(one, Connection) for one in gc.get_objects()), "it is freed")
        finally:
            gc.enable()
