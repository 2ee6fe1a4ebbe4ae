"""The client's side of a connection: uvicorn's HTTP/1.1 protocol with the limits that a public port needs.

Beside the limits it hands the application a ``Client`` for each request, which says when the client went away without
a task that waits for it, and takes a reply without ASGI's messages: its head leaves with the first bytes of its body,
in one write. It refuses to know what is served: ``endpoints`` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from proxy.config.settings import Listen
from proxy.upstream import Headers
from proxy.worker.replies import error_body

EXTENSION = "practicum.client"
_BODILESS = (204, 304)
_DISCARD = 256 * 1024 * 1024  # bytes of a refused body we read, so that its sender gets to read our answer


class Connection(HttpToolsProtocol):
    """One client's connection."""

    def __init__(self, listen: Callable[[], Listen], **kwargs: Any) -> None:  # uvicorn's constructor is its own
        super().__init__(**kwargs)
        self._listen = listen
        self._head_timer: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_message = False
        self._discarded = 0
        self._gone: Callable[[], object] | None = None

    def on_gone(self, react: Callable[[], object] | None) -> None:
        """Call ``react`` once if the connection is lost before the reply is complete; None forgets it."""
        self._gone = react

    @property
    def gone(self) -> bool:
        """Whether the client went away before its reply was complete."""
        return self.cycle is not None and self.cycle.disconnected

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start waiting for a request's head."""
        super().connection_made(transport)  # type: ignore[arg-type] # a stream transport, as create_server makes them
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever serves this connection."""
        self._stop_timer()
        super().connection_lost(exc)
        react, self._gone = self._gone, None
        if react is not None and self.gone:
            react()

    def data_received(self, data: bytes) -> None:
        """Parse, within the head's limits."""
        if self._head_timer is None and not self._in_message:
            self._await_head()
        before = self._head_timer
        super().data_received(data)
        self._count_head(data, before)
        self._await_rest()

    def _count_head(self, data: bytes, before: asyncio.TimerHandle | None) -> None:
        if self._head_timer is not None and self._head_timer is before:  # the head is still not complete
            self._head_bytes += len(data)
            if self._head_bytes > self._listen().max_header:
                self._refuse(431, f"The request's head exceeds listen.max_header, {self._listen().max_header} bytes.")

    def on_message_begin(self) -> None:
        """Let the application find this connection."""
        super().on_message_begin()
        self._in_message = True
        if self._head_timer is None:  # it came in one piece with the request before it
            self._await_head()
            self._head_bytes = 1

    def on_headers_complete(self) -> None:
        """The head is there in time; let the application find its client."""
        self._stop_timer()
        scope = self.scope
        super().on_headers_complete()
        scope["extensions"] = {EXTENSION: Client(self)}  # type: ignore[dict-item] # ours, and an object

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body; close on a sender that goes on long after it was refused."""
        if self.cycle.response_complete:
            self._discarded += len(body)
            if self._discarded > _DISCARD:
                self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is there; the next byte begins another request."""
        self._in_message = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP, in the shape of every other error."""
        self._refuse(400, f"{msg} This port speaks HTTP/1.1.")

    def _await_head(self) -> None:
        self._head_bytes = 0
        timeout = self._listen().header_timeout
        self._head_timer = self.loop.call_later(timeout, self._head_late)

    def _await_rest(self) -> None:
        """Bound the silence of a client that was answered before its request was whole: nothing else does."""
        answered = self.cycle is not None and self.cycle.response_complete
        if answered and self._head_timer is None and not self.transport.is_closing():
            limit = self.timeout_keep_alive
            self.timeout_keep_alive_task = self.loop.call_later(limit, self.timeout_keep_alive_handler)

    def _head_late(self) -> None:
        self._head_timer = None
        if self._head_bytes == 0:
            self.transport.close()  # it connected and said nothing: nothing to answer
        elif not self.transport.is_closing():
            limit = self._listen().header_timeout
            self._refuse(408, f"The request's head did not arrive within listen.header_timeout, {limit:g} seconds.")

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    @property
    def _replying(self) -> bool:
        """Whether a reply is under way, so that nothing else may be written."""
        begun = self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete
        return begun or bool(self.pipeline)

    def _refuse(self, status: int, message: str) -> None:
        self._stop_timer()
        if self._replying:
            self.transport.close()
            return
        body = error_body(status, message, "bad_request")
        head = f"HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()


class Client:
    """The client of one request: its body, and the way to answer it.

    It belongs to its own request also where another one follows on the same connection, before this one is answered.
    """

    __slots__ = ("_bodiless", "_connection", "_cycle", "_head", "_left")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._cycle = connection.cycle
        self._head = b""  # what goes out before the next bytes
        self._left = 0  # bytes that content-length still promises
        self._bodiless = False

    def on_gone(self, react: Callable[[], object] | None) -> None:
        """Call ``react`` once if the connection is lost before the reply is complete; None forgets it."""
        self._connection.on_gone(react)

    @property
    def gone(self) -> bool:
        """Whether the client went away before its reply was complete."""
        return self._cycle.disconnected or self._connection.gone

    @property
    def blocked(self) -> bool:
        """Whether the client does not take what was written to it."""
        return self._connection.flow.write_paused

    @property
    def answered(self) -> bool:
        """Whether a reply has begun."""
        return self._cycle.response_started

    def abandon(self) -> None:
        """Close before the reply's end, on purpose: what was written still leaves, and nothing looks complete."""
        self._connection.on_gone(None)
        self._cycle.disconnected = True
        self._connection.transport.close()

    def body(self) -> bytes | None:
        """The request's body if all of it is here, once; else None, and it must be awaited."""
        cycle = self._cycle
        if cycle.more_body or cycle.disconnected:
            return None
        self._connection.flow.resume_reading()  # uvicorn pauses for a request in line; without reading, nobody goes
        body, cycle.body = bytes(cycle.body), bytearray()
        return body

    def start(self, status: int, headers: Headers) -> None:
        """Begin a reply. Names in lower case; without a content-length the body is sent in chunks."""
        cycle = self._cycle
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        lines = [b"%b: %b\r\n" % header for header in headers]
        length = next((value for name, value in headers if name == b"content-length"), None)
        self._bodiless = status in _BODILESS or cycle.scope["method"] == "HEAD"
        if length is not None:
            self._left = int(length)
        cycle.chunked_encoding = length is None and not self._bodiless
        if cycle.chunked_encoding:
            lines.append(b"transfer-encoding: chunked\r\n")
        closing = any(name == b"connection" and b"close" in value for name, value in headers)
        cycle.keep_alive = cycle.keep_alive and not closing
        if not cycle.keep_alive and not closing:
            lines.append(b"connection: close\r\n")
        if b"".join(lines).count(b"\n") != len(lines):
            raise RuntimeError("A header's value has a line's end in it.")
        self._head = b"%b%b\r\n" % (STATUS_LINE[status], b"".join(lines))

    async def send(self, piece: bytes, *, more: bool) -> None:
        """Send bytes of the body, the last of them without ``more``. Waits while the client does not take them."""
        cycle, flow = self._cycle, self._connection.flow
        if flow.write_paused and not cycle.disconnected:
            await flow.drain()
        if cycle.disconnected:
            return
        head, self._head = self._head, b""
        if data := head + self._framed(piece, more=more):
            self._connection.transport.write(data)
        if not more:
            self._finish()

    def _framed(self, piece: bytes, *, more: bool) -> bytes:
        if self._cycle.chunked_encoding:
            chunk = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
            return chunk if more else chunk + b"0\r\n\r\n"
        if self._bodiless:
            return b""
        self._left -= len(piece)
        if self._left < 0 or (self._left and not more):
            raise RuntimeError("A reply is not as long as its content-length says.")
        return piece

    def _finish(self) -> None:
        cycle = self._cycle
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self._connection.transport.close()
        cycle.on_response()
