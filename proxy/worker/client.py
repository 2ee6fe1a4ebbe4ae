"""One request of a client, and the way to answer it.

A ``Client`` belongs to its own request also where others wait in line on the same connection. Its head is here whole,
its body as far as it came. The reply's head leaves with the first bytes of its body, in one write; a reply that would
be longer or shorter than its head says is an error of ours and is not finished. It refuses to know what is served:
``endpoints`` does; ``http`` reads the bytes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from proxy.upstream import Headers
from proxy.upstream.deadlines import Alarm

_BODILESS = frozenset((204, 304))
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Line(Protocol):
    """What a client needs of the connection it came on."""

    alarm: Alarm
    blocked: bool
    task: asyncio.Task[None]
    write: Callable[[bytes], object]  # of the transport

    async def room(self) -> None:
        """Wait until what was written has been taken."""

    def resume_reading(self) -> None:
        """What was read has been taken."""

    @property
    def ending(self) -> bool:
        """Whether the connection ends with the reply that is under way."""

    def end(self) -> None:
        """Let the connection end with the reply that is under way."""

    def replied(self) -> None:
        """A reply is complete."""

    def break_off(self) -> None:
        """Close amid a reply."""


class Client:
    """A request. ``headers`` have names in lower case; ``fields`` are the first value of each, for looking one up.

    ``target`` is the path and query as they were sent, ``path`` without its percent-encoding.
    """

    __slots__ = (
        "_bodiless", "_chunked", "_expects", "_head", "_left", "_line", "_pieces", "_waiter", "alarm", "answered",
        "complete", "fields", "gone", "headers", "method", "path", "target", "waiting", "whole",
    )  # fmt: skip

    def __init__(
        self,
        line: Line,
        method: str,
        target: str,
        path: str,
        headers: Headers,
        fields: Mapping[bytes, bytes],
        *,
        chunks: bool,
    ) -> None:
        self.alarm = line.alarm  # for the task that answers; it lasts as long as the connection
        self.method = method
        self.target = target
        self.path = path
        self.headers = headers
        self.fields = fields
        self.whole = False  # whether the request's body has come to its end
        self.waiting = 0  # bytes of the body that nobody has read yet
        self.gone = False  # whether the client went away, or was left, before its reply was complete
        self.answered = False  # whether a reply has begun
        self.complete = False  # whether the reply is
        self._line = line
        self._pieces: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._expects = chunks and fields.get(b"expect", b"").lower() == b"100-continue"
        self._chunked = chunks  # whether this client reads chunks; then, whether it gets them
        self._bodiless = False
        self._head = b""  # what goes out before the next bytes
        self._left: int | None = None  # bytes that content-length still promises

    # The request's body

    def body(self) -> bytes | None:
        """All of it, once, if it is here; else None, and it must be ``read``."""
        return self._taken() if self.whole else None

    async def read(self) -> tuple[bytes, bool]:
        """The next bytes of the body, and whether more follow. Cancelled where the client goes away, or has gone."""
        if self.gone:
            raise asyncio.CancelledError
        if self._expects and not self.whole:
            self._line.write(_CONTINUE)
        self._expects = False
        if not self._pieces and not self.whole:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        taken = self._taken()
        self._line.resume_reading()
        return taken, not self.whole

    def add(self, piece: bytes) -> None:
        """Bytes of the body came."""
        self._pieces.append(piece)
        self.waiting += len(piece)
        if self._waiter is not None:
            self._wake()

    def finish(self) -> None:
        """The body's end came."""
        self.whole = True
        if self._waiter is not None:
            self._wake()

    def _taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        self.waiting = 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # The reply

    @property
    def task(self) -> asyncio.Task[None]:
        """The task that answers; it is cancelled where the client goes away."""
        return self._line.task

    @property
    def blocked(self) -> bool:
        """Whether the client does not take what was written to it."""
        return self._line.blocked

    async def room(self) -> None:
        """Wait while the client does not take what was written to it."""
        if self._line.blocked:
            await self._line.room()

    def start(self, status: int, headers: Headers) -> None:
        """Begin a reply. Names in lower case; without a content-length the body is sent in chunks."""
        self.answered = True
        fields = dict(headers)
        lines = b"\r\n".join([_STATUS_LINE[status], *map(b": ".join, headers)])
        length = fields.get(b"content-length")
        self._bodiless = status in _BODILESS or self.method == "HEAD"
        if length is not None:
            self._left = int(length)
        elif not self._bodiless and not self._chunked:
            self._line.end()  # which is the only end that a client of HTTP/1.0 knows of such a body
        self._chunked = self._chunked and length is None and not self._bodiless
        if lines.count(b"\n") != len(headers):
            raise RuntimeError("A header's value has a line's end in it.")
        if self._chunked:
            lines += b"\r\ntransfer-encoding: chunked"
        self._head = lines + self._ending(fields)

    def write(self, piece: bytes, *, more: bool) -> bool:
        """Send bytes of the body, the last of them without ``more``; False where the client does not take any now.

        What is for a client that is gone is dropped.
        """
        line = self._line
        if self.gone:
            return not line.blocked
        if self._chunked:
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
            if not more:
                framed += b"0\r\n\r\n"
        else:
            framed = self._sized(piece, more=more)
        if self._head:
            framed, self._head = self._head + framed, b""
        if framed:
            line.write(framed)
        if not more:
            self.complete = True
            line.replied()
        return not line.blocked

    def abandon(self) -> None:
        """Close before the reply's end, on purpose: what was written still leaves, and nothing looks complete."""
        self.gone = True
        self._line.break_off()

    def _ending(self, fields: Mapping[bytes, bytes]) -> bytes:
        """The head's end, with what it says of the connection's."""
        if b"connection" in fields or (self._expects and not self.whole):
            self._line.end()  # who was told no may keep its body: what it sends next could be either
        return b"\r\nconnection: close\r\n\r\n" if self._line.ending and b"connection" not in fields else b"\r\n\r\n"

    def _sized(self, piece: bytes, *, more: bool) -> bytes:
        """The piece, if it belongs there."""
        if self._bodiless:
            return b""
        if self._left is not None:
            self._left -= len(piece)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("A reply is not as long as its content-length says.")
        return piece


def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}".encode()


_STATUS_LINE = {status: _status_line(status) for status in range(100, 600)}
