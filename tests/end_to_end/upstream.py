"""A real upstream on loopback whose every byte is under control, and which remembers what it was asked.

One asyncio server in a thread of its own, with an HTTP/1.1 parser small enough to read. What it answers is chosen by
the request: the header ``x-behave`` (which a proxy forwards), else the first segment of a base URL ``/as/BEHAVIOR``;
``behaviors`` has the table. It refuses to judge: tests assert on ``received``, ``in_progress`` and ``abandoned``.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")
Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: ``target`` with its query, header names in the case they were sent, the body dechunked."""

    method: str
    target: bytes
    headers: Headers
    body: bytes

    def values(self, name: str) -> list[bytes]:
        """All values of one header, in order."""
        return [value for key, value in self.headers if key.lower() == name.encode()]

    @property
    def behavior(self) -> str:
        """``NAME`` or ``NAME:ARGUMENT``; ``good`` where nothing was asked for."""
        for value in self.values("x-behave"):
            return value.decode()
        if self.target.startswith(b"/as/"):
            return self.target.split(b"/")[2].decode()
        return "good"

    @property
    def path(self) -> str:
        """The target from ``/v1`` on, without its query."""
        path = self.target.split(b"?")[0].decode("latin-1")
        return path[path.index("/v1") :] if "/v1" in path else path


class Exchange:
    """One request being answered: what a behavior may do to the connection."""

    def __init__(self, upstream: Upstream, request: Received, writer: asyncio.StreamWriter) -> None:
        self.request = request
        self.keep_alive = True
        self._upstream = upstream
        self._writer = writer

    @property
    def connection(self) -> object:
        """Which connection this is: the same object for each request on it."""
        return self._writer

    @property
    def argument(self) -> str:
        """What follows the colon in the behavior's name."""
        return self.request.behavior.partition(":")[2]

    async def send(self, data: bytes) -> None:
        """Write these bytes in one segment where TCP allows, and wait while the peer is not reading."""
        self._writer.write(data)
        await self._writer.drain()
        await asyncio.sleep(0)  # over TLS, drain() neither waits nor says that the peer is gone
        self._upstream.sent += len(data)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        raw: socket.socket = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        self.keep_alive = False

    def cut(self) -> None:
        """End the connection with FIN alone, without TLS's goodbye."""
        self._writer.transport.abort()
        self.keep_alive = False

    def close(self) -> None:
        """End the connection with FIN once this reply is written."""
        self.keep_alive = False

    async def forever(self) -> None:
        """Stay silent until the peer gives up."""
        await asyncio.Event().wait()


_TURNS_TO_CLOSE = 4  # of the loop: a transport lets go of its socket a turn or two after it was closed

Behavior = Callable[[Exchange], Awaitable[None]]


class Upstream:
    """A server on ``127.0.0.1``; use it as a context manager. Its counters are written by its own thread only.

    With ``tls`` it speaks that, as ``localhost``.
    """

    def __init__(self, behaviors: Mapping[str, Behavior], tls: ssl.SSLContext | None = None) -> None:
        self.received: list[Received] = []
        self.connections = 0
        self.in_progress = 0
        self.abandoned = 0
        self.sent = 0
        self.port = 0
        self.load = b""  # its metrics page; without one it has none
        self._behaviors = behaviors
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10), "the upstream did not start within 10 s"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def url(self, behavior: str = "") -> str:
        """A base URL; with a behavior, one under which everything is answered that way."""
        origin = f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"
        return f"{origin}{f'/as/{behavior}' if behavior else ''}/v1"

    def seen(self, mark: str) -> list[Received]:
        """The requests that carry ``mark`` in their body, target or headers, in order of arrival."""
        needle = mark.encode()
        return [
            r
            for r in list(self.received)
            if needle in r.body or needle in r.target or any(needle in v for _, v in r.headers)
        ]

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**20, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(_TURNS_TO_CLOSE):
            await asyncio.sleep(0)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            early = b""
            while (request := await read_request(reader, early)) is not None:
                exchange = Exchange(self, request, writer)
                if request.target.endswith(b"/metrics"):  # the examiner asks how busy it is: not a request of a test
                    status = b"200 OK" if self.load else b"404 Not Found"
                    await exchange.send(
                        b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(self.load), self.load)
                    )
                    early = b""
                    continue
                self.received.append(request)
                early = await self._answer(exchange, reader)
                if not exchange.keep_alive:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the peer left between or within requests: counted where it matters, in _answer
        finally:
            self.connections -= 1
            writer.close()

    async def _answer(self, exchange: Exchange, reader: asyncio.StreamReader) -> bytes:
        """Run the behavior while watching for the peer to leave; the first byte of the next request, if it came."""
        behave = self._behaviors[exchange.request.behavior.partition(":")[0]]
        self.in_progress += 1
        watch = asyncio.ensure_future(reader.read(1))
        work = asyncio.ensure_future(behave(exchange))
        try:
            await asyncio.wait({watch, work}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done() and not _left(watch):
                await asyncio.wait({work})
            return await self._conclude(exchange, work, watch)
        finally:
            self.in_progress -= 1
            await _cancel(work)
            await _cancel(watch)

    async def _conclude(self, exchange: Exchange, work: asyncio.Future[None], watch: asyncio.Future[bytes]) -> bytes:
        if not work.done() or isinstance(work.exception(), ConnectionError):
            self.abandoned += 1
            exchange.keep_alive = False
            return b""
        await work
        await _cancel(watch)
        return b"" if watch.cancelled() or _left(watch) else watch.result()


async def _cancel(task: asyncio.Future[T]) -> None:
    """End a task, and wait until it has ended: two reads of one stream are an error."""
    task.cancel()
    await asyncio.wait({task})


def _left(watch: asyncio.Future[bytes]) -> bool:
    """Whether a watched read says that the peer is gone."""
    return watch.exception() is not None or watch.result() == b""


async def read_request(reader: asyncio.StreamReader, early: bytes = b"") -> Received | None:
    """The next request, or None where the peer closed in good order. ``early`` is what was read of it already."""
    try:
        head = early + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial or early:
            raise
        return None
    start, *lines = head[:-4].split(b"\r\n")
    method, target, _ = start.split(b" ", 2)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(b":") for line in lines))
    return Received(method.decode(), target, headers, await _read_body(reader, headers))


async def _read_body(reader: asyncio.StreamReader, headers: Headers) -> bytes:
    fields = {name.lower(): value for name, value in headers}
    if fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        return b"".join([chunk async for chunk in _chunks(reader)])
    return await reader.readexactly(int(fields.get(b"content-length", b"0")))


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass
