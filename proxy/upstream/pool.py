"""The connections to one upstream: a bounded number, the last one used the first to be used again.

Taking and giving back cost the same whatever the number. A connection counts from before it is dialed until it is lost;
who finds all taken waits in line, and gets the connection, or the right to open one, of whoever comes free first. What
stays idle is closed before the server would do it. This module does not know what a connection carries.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

from proxy.upstream.call import UpstreamError
from proxy.upstream.connection import Connection
from routing.observation import Failure

IDLE = 4.0  # seconds; below uvicorn's, hence vLLM's, keep-alive of 5, so that we close first


class Pool:
    """Connections to one server. ``timeout`` bounds waiting for one and opening it together, in seconds."""

    def __init__(self, dial: Callable[[Connection], Awaitable[None]], limit: int, timeout: float) -> None:
        self._dial = dial
        self._limit = limit
        self._timeout = timeout
        self._all: set[Connection] = set()  # those being dialed among them
        self._idle: deque[Connection] = deque()  # the longest idle first; closed ones are skipped when met
        self._line: deque[asyncio.Future[Connection]] = deque()  # only ever while all connections are taken
        self._sweeping: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Event | None = None

    @property
    def size(self) -> int:
        """How many connections there are, open or being opened."""
        return len(self._all)

    def idle(self) -> Connection | None:
        """The idle connection that was used last, if there is one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    async def take(self, *, fresh: bool = False) -> Connection:
        """A connection when none is idle: a new one, or one that comes free. A ``fresh`` one has carried nothing.

        Raises UpstreamError (CONNECT) if that fails or takes longer than ``timeout``.
        """
        try:
            async with asyncio.timeout(self._timeout):
                connection = await self._place(fresh=fresh)
                if not connection.opened:
                    await self._open(connection)
                return connection
        except TimeoutError as late:
            raise UpstreamError(Failure.CONNECT, f"no connection within {self._timeout:g} s") from late
        except (OSError, UnicodeError) as refused:
            raise UpstreamError(Failure.CONNECT, str(refused) or type(refused).__name__) from refused

    async def close(self) -> None:
        """Close every connection, and return when all are closed. Exchanges under way break off."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        self._idle.clear()
        for connection in list(self._all):
            connection.break_off()
        if any(connection.opened for connection in self._all):
            self._emptied = asyncio.Event()
            await self._emptied.wait()

    def _give(self, connection: Connection) -> None:
        """It has carried an exchange to its end."""
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        connection.idle_since = time.monotonic()
        self._idle.append(connection)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(IDLE, self._sweep)

    def _lose(self, connection: Connection) -> None:
        """It is closed, or was never opened: whoever is first in line may open another."""
        if connection not in self._all:
            return
        self._all.remove(connection)
        if self._emptied is not None and not any(other.opened for other in self._all):
            self._emptied.set()
        while self._line:
            turn = self._line.popleft()
            if not turn.done():
                turn.set_result(self._new())
                return

    def _new(self) -> Connection:
        connection = Connection(self._give, self._lose)
        self._all.add(connection)
        return connection

    async def _place(self, *, fresh: bool) -> Connection:
        """A usable connection, or one to open."""
        while True:
            if len(self._all) < self._limit:
                return self._new()
            found = (self.idle() if fresh else None) or await self._turn()
            if not found.opened:
                return found
            if fresh:
                self._all.discard(found)
                found.abandon()
                return self._new()
            if found.usable:
                return found

    async def _turn(self) -> Connection:
        turn: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it came just when nobody wanted it any more
                (self._give if turn.result().opened else self._lose)(turn.result())
            raise

    async def _open(self, connection: Connection) -> None:
        try:
            await self._dial(connection)
        except BaseException:  # cancelled or refused: its place is another's
            self._lose(connection)
            raise

    def _sweep(self) -> None:
        """Close what has been idle for too long."""
        self._sweeping = None
        now = time.monotonic()
        while self._idle and (not self._idle[0].usable or self._idle[0].idle_since + IDLE <= now):
            self._idle.popleft().close()
        if self._idle:
            rest = self._idle[0].idle_since + IDLE - now
            self._sweeping = asyncio.get_running_loop().call_later(rest, self._sweep)
