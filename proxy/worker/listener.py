"""The data port's socket: it opens a ``Connection`` for each client, and closes them in good order.

Stopping goes as a deploy wants it: nobody new is let in, idle connections are closed, whatever is being answered is
answered to its end; what is not by then is cut off, and gets a moment to leave its record and counts.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable

from proxy.config.settings import Listen
from proxy.siblings import Siblings
from proxy.worker.accepting import Accepting, Connections
from proxy.worker.http import Answer, Connection

log = logging.getLogger("practicum.worker")

_BACKLOG = 2048  # as the supervisor's, whose socket this is: listening again sets it anew
_CONCLUDE = 1.0  # seconds that an exchange which was cut off may take


class Listener:
    """Clients' connections. ``answer`` is called for each request, within one task of its connection."""

    def __init__(
        self, answer: Answer, listen: Callable[[], Listen], refused: Callable[[int], None] = lambda _: None
    ) -> None:
        """``refused`` is told of what ``answer`` never sees, by the status it was refused with."""
        self.connections: set[Connection] = set()  # until they are lost, and whoever answered has concluded
        self._answer = answer
        self._listen = listen
        self._refused = refused
        self._stopping = asyncio.Event()

    async def serve(self, listening: socket.socket, siblings: Siblings | None = None) -> None:
        """Serve on a listening socket until ``stop``, and then for up to ``listen.drain`` seconds more.

        With ``siblings``, connections are shared evenly among the workers that listen there.
        """
        drain = self._listen().drain  # the supervisor's patience is that of its start, too
        server = await self._accept(listening, siblings)
        await self._stopping.wait()
        server.close()
        listening.close()
        await self._drain(drain)

    def stop(self) -> None:
        """Let ``serve`` come to its end."""
        self._stopping.set()

    async def _accept(self, listening: socket.socket, siblings: Siblings | None) -> Accepting | asyncio.Server:
        loop = asyncio.get_running_loop()
        if siblings is not None:
            self.connections = Connections(siblings.closed)
        connections = self.connections

        def connection() -> Connection:
            return Connection(self._answer, self._listen, connections, loop, self._refused)

        if siblings is not None:
            return Accepting(listening, siblings, connection)
        return await loop.create_server(connection, sock=listening, backlog=_BACKLOG)

    async def _drain(self, seconds: float) -> None:
        clock = asyncio.get_running_loop().time
        end = clock() + seconds
        while self.connections and (left := end - clock()) > 0:  # some may have been on their way in
            for connection in list(self.connections):
                connection.shutdown()
            await asyncio.wait(self._tasks, timeout=left)
        if self.connections:
            log.warning("%d connections were cut off after listen.drain, %g s", len(self.connections), seconds)
            await self._cut_off()

    async def _cut_off(self) -> None:
        """Let those who answer leave their records, and whoever does not come to an end."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=_CONCLUDE)
        for connection in list(self.connections):
            connection.cut_off()

    @property
    def _tasks(self) -> list[asyncio.Task[None]]:
        return [connection.task for connection in self.connections]
