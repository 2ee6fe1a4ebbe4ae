"""Somebody who answers, and a connection to them without a listener."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from proxy.config.settings import Listen
from proxy.worker.client import Client
from proxy.worker.http import Connection
from tests.end_to_end.wire import request

GET = request("GET", "/echo")
BIG = 4_000_000


class App:
    """``/echo`` gives the body back, ``/early`` answers without reading it, ``/wait`` waits, ``/half`` breaks off.

    ``/late`` waits before it begins to answer, ``/big`` is more than anybody's buffers hold.
    """

    def __init__(self) -> None:
        self.gone: list[str] = []
        self.answered = 0
        self.waiting = 0
        self.go = asyncio.Event()

    async def answer(self, client: Client) -> None:
        """As the path says."""
        path = client.path.strip("/")
        self.answered += 1
        try:
            if path == "late":
                self.waiting += 1
                await self.go.wait()
                self.waiting -= 1
            if path == "big":
                _send(client, bytes(BIG))
                return
            body = b"" if path in {"early", "wait", "half"} else await _whole(client)
            if path in {"wait", "half"}:
                await self._begin(path, client)
            else:
                _send(client, path.encode() if path == "early" else body or path.encode())
        except asyncio.CancelledError:
            assert client.gone
            client.task.uncancel()
            self.gone.append(path)

    async def _begin(self, path: str, client: Client) -> None:
        client.start(200, [])
        client.write(b"begun", more=True)
        if path == "half":
            client.abandon()
            return
        self.waiting += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.waiting -= 1


async def _whole(client: Client) -> bytes:
    body, more = client.body(), False
    if body is None:
        body, more = b"", True
    while more:
        piece, more = await client.read()
        body += piece
    return body


def _send(client: Client, body: bytes) -> None:
    client.start(200, [(b"content-length", b"%d" % len(body))])
    client.write(body, more=False)


@asynccontextmanager
async def wired(app: App) -> AsyncIterator[tuple[Connection, socket.socket]]:
    """A connection over a real transport, and the client's end of the wire."""
    near, far = socket.socketpair()
    loop = asyncio.get_running_loop()
    listen = Listen("127.0.0.1")
    connection = Connection(app.answer, lambda: listen, set(), loop)
    transport, _ = await loop.create_connection(lambda: connection, sock=near)
    with far:
        far.setblocking(False)
        yield connection, far
        transport.abort()
        await asyncio.wait([connection.task])
