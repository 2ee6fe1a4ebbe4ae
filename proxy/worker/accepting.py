"""Accepting beside siblings: whoever is awake accepts, and the worker with the fewest connections serves.

Left alone, the kernel wakes every worker for a connection and the first one takes it; of 256 that come together the
busiest of two workers then has nine tenths. Here each goes to the least loaded, at the price of a message where another
one accepted it. Nobody waits for a sibling: one that is dead, stopped or hung shows no sign of life, is given nothing,
and what it was given before is taken back out of its inbox. It refuses to serve; ``http`` does. Its counterpart is
``proxy.siblings``. A worker without siblings accepts as the event loop does, and pays for none of this.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
from collections.abc import Callable

from proxy.siblings import Siblings

log = logging.getLogger("practicum.worker")

_AT_ONCE = 64  # connections, before others get a turn on the loop
_SIGN_OF_LIFE = 0.1  # seconds; a third of what siblings wait for one
_RESPITE = 1.0  # seconds without accepting, where the kernel has no descriptor for us

Factory = Callable[[], asyncio.BaseProtocol]


class Connections(set):  # type: ignore[type-arg] # of whatever protocols the server is for
    """The open connections, which tell when one is no more."""

    def __init__(self, closed: Callable[[], None]) -> None:
        super().__init__()
        self._closed = closed

    def discard(self, connection: object) -> None:
        """One less."""
        if connection in self:
            super().discard(connection)
            self._closed()


class Accepting:
    """A listening socket shared with siblings. It accepts until ``close``."""

    def __init__(self, listening: socket.socket, siblings: Siblings, factory: Factory) -> None:
        self._loop = asyncio.get_running_loop()
        self._listening = listening
        listening.setblocking(False)
        self._siblings = siblings
        self._factory = factory
        self._arriving: set[asyncio.Task[None]] = set()
        self._next: asyncio.TimerHandle | None = None
        self._begin()

    def close(self) -> None:
        """Accept nothing more. Connections that were handed over and not yet taken go to siblings, if any serve."""
        self._pause()
        with contextlib.suppress(OSError):  # without a descriptor to take one with, it is the siblings' to take
            while (connection := self._siblings.take()) is not None:
                self._siblings.closed()
                to = self._siblings.least_loaded(time.monotonic_ns(), among_others=True)
                if to is None or not self._siblings.give(to, connection):
                    connection.close()

    def _begin(self) -> None:
        self._loop.add_reader(self._listening, self._accept)
        self._loop.add_reader(self._siblings.inbox, self._take)
        self._live()

    def _pause(self) -> None:
        self._siblings.leave()
        if self._next is not None:
            self._next.cancel()
        self._loop.remove_reader(self._listening)
        self._loop.remove_reader(self._siblings.inbox)

    def _live(self) -> None:
        now = time.monotonic_ns()
        self._next = self._loop.call_later(_SIGN_OF_LIFE, self._live)
        self._siblings.alive(now)
        self._take()
        try:
            for connection in self._siblings.abandoned(now):
                self._seat(connection)
        except OSError as error:
            self._rest(error)

    def _accept(self) -> None:
        try:
            for _ in range(_AT_ONCE):
                connection, _ = self._listening.accept()
                self._seat(connection)
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError as error:
            self._rest(error)

    def _take(self) -> None:
        try:
            while (connection := self._siblings.take()) is not None:
                self._serve(connection)
        except OSError as error:
            self._rest(error)

    def _rest(self, error: OSError) -> None:
        """Leave it to the siblings for a while: a socket that stays readable would keep the loop busy."""
        log.warning("no connections are accepted for %g s: %s. Raise the limit of open files.", _RESPITE, error)
        self._pause()
        self._next = self._loop.call_later(_RESPITE, self._begin)

    def _seat(self, connection: socket.socket) -> None:
        to = self._siblings.least_loaded(time.monotonic_ns())
        if to is None or not self._siblings.give(to, connection):
            self._siblings.opened()
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        task = self._loop.create_task(self._connect(connection))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    async def _connect(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._factory, connection)
        except OSError:  # the client went away before it was served
            connection.close()
            self._siblings.closed()
