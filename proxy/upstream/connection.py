"""One connection of our own HTTP/1.1 client: an ``asyncio.Protocol`` around httptools' parser, one exchange at a time.

The upstream is taken for hostile. A reply is complete only where its own framing says so; bytes that nobody asked for,
or that follow a reply, end the connection and never reach another exchange. Heads, trailers and chunk extensions are
bounded, and so is what waits to be read: beyond that nothing more is read from the socket. A request's body is written
no faster than the upstream takes it, and an upstream that answers before it has taken it all is not sent the rest.
This module knows neither names nor time: ``pool`` keeps connections, ``dial`` opens them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self, cast

import httptools

from proxy.upstream.call import Room, Take, UpstreamError
from routing.observation import Failure

_READ_AHEAD = 64 * 1024  # bytes of a reply that may wait for their reader before we stop reading
_WRITE_PIECE = 256 * 1024  # bytes of a request's body handed to the transport at once
_MOST_HEAD = 64 * 1024  # bytes of a head, or between two pieces of a body
_MOST_INTERIM = 16  # replies before the reply
_FIRST_FINAL, _SWITCHING, _STATUSES = 200, 101, range(100, 600)
_NOTHING = memoryview(b"")
_DEAF = httptools.HttpResponseParser(object())  # tells nobody anything


class UnansweredError(UpstreamError):
    """The connection closed before any byte of a reply came."""


class _Stop(Exception):  # noqa: N818 -- a signal to the parser
    """The parser need not go on; the message says why."""


class Reply:
    """A reply as it comes in: what ``call.Reply`` promises, filled by its connection."""

    __slots__ = ("_connection", "_failure", "_loop", "_pieces", "_take", "_waiter", "complete", "headers", "status")

    def __init__(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        self.status = 0  # until the head is there
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False  # whether the connection has seen the body's end
        self._pieces: list[bytes] = []
        self._failure: UpstreamError | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._take: Take | None = None  # who takes what comes, at once
        self._connection: Connection | None = connection
        self._loop = loop

    @property
    def ended(self) -> bool:
        """Whether the body has been read to its end, in good order."""
        return self.complete and not self._pieces

    async def head(self) -> Self:
        """Wait for the head. Raises UpstreamError (RESET, INVALID)."""
        try:
            while not self.status and self._failure is None:
                await self._arrival()
        except asyncio.CancelledError:
            self.abort()
            raise
        if not self.status and self._failure is not None:
            raise self._failure
        return self

    async def read(self) -> bytes:
        """All bytes that have arrived since the last call, at least one; b"" at the end. Raises UpstreamError."""
        while not self._pieces and not self.complete and self._failure is None:
            await self._arrival()
        if self._failure is not None and not self._pieces:
            raise self._failure
        return self.taken()

    async def relay(self, take: Take, room: Room) -> bytes:
        """Hand on all bytes as they arrive, and return the last of them. Raises UpstreamError, and as ``take`` does."""
        while not self.complete:
            if self._pieces:
                if not take(self.taken()):
                    await room()
            elif self._failure is not None:
                raise self._failure
            elif not await self._taking(take):
                await room()
        return self.taken()

    async def _taking(self, take: Take) -> bool:
        """Let ``take`` have what comes until that ends; or until it takes no more, which is False."""
        self._take = take
        try:
            await self._arrival()
            return self._take is not None
        finally:
            self._take = None

    def abort(self) -> None:
        """Close the connection, if it is still this reply's."""
        if self._connection is not None:
            self._connection.abandon()
            self.fail(UpstreamError(Failure.RESET, "the reply was given up"))

    def add(self, piece: bytes) -> None:
        """A piece of the body came."""
        self._pieces.append(piece)
        if self._take is None and self._waiter is not None:
            self.wake()

    def pass_on(self) -> None:
        """What was read at once goes on at once, the body's last bytes excepted: with those there is more to do."""
        if self._take is None or not self._pieces:
            return
        try:
            more = self._take(self.taken())
        except Exception as wrong:  # noqa: BLE001 -- whoever relays gets to see it
            self._take = None
            if self._waiter is not None and not self._waiter.done():
                self._waiter.set_exception(wrong)
            return
        if not more:
            self._take = None
            self.wake()

    def finish(self) -> None:
        """The body's end came."""
        self.complete = True
        self._connection = None
        self.wake()

    def fail(self, failure: UpstreamError) -> None:
        """Nothing more will come."""
        self._failure = failure
        self._connection = None
        self.wake()

    def wake(self) -> None:
        """Let whoever waits look again."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _arrival(self) -> asyncio.Future[None]:
        self._waiter = self._loop.create_future()
        return self._waiter

    def taken(self) -> bytes:
        """What ``read`` would return without waiting; b"" where it would wait, fail or end."""
        pieces = self._pieces
        if not pieces:
            return b""
        taken = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        connection = self._connection
        if connection is not None:
            connection.unread = 0
            if connection.paused:
                connection.resume_reading()
        return taken


class Connection(asyncio.Protocol):
    """A connection that carries one exchange after another. ``free`` and ``lost`` are told when it can, or cannot."""

    __slots__ = (
        "_bodiless", "_fields", "_free", "_heard", "_interim", "_keeps", "_loop", "_lost", "_parser", "_reply",
        "_transport", "_unheard", "_unsent", "_write_paused", "exchanges", "idle_since", "paused", "unread",
    )  # fmt: skip

    def __init__(
        self,
        free: Callable[[Connection], None],
        lost: Callable[[Connection], None],
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        # asking for the running loop costs a call to the kernel, as of Python 3.11: once for a connection is enough
        self._loop = loop or asyncio.get_running_loop()
        self.exchanges = 0
        self.idle_since = 0.0  # of time.monotonic; the pool's to write
        self._free = free
        self._lost = lost
        self._parser = httptools.HttpResponseParser(self)
        # padded chunk sizes are read by everybody, and mean one thing
        self._parser.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)
        self._transport: asyncio.Transport | None = None
        self._reply: Reply | None = None
        self._fields: list[tuple[bytes, bytes]] = []  # where the next header line goes
        self._bodiless = False  # the reply has no body, whatever its head says
        self._heard = False  # whether any byte of the reply came
        self._unheard = 0  # bytes that came since the last piece of a body
        self.unread = 0  # bytes that came since the reader last took them
        self._interim = 0  # replies that came before the reply
        self._keeps = False  # whether the connection outlives the reply
        self.paused = False
        self._unsent = _NOTHING
        self._write_paused = False

    @property
    def opened(self) -> bool:
        """Whether it was ever connected."""
        return self._transport is not None

    @property
    def usable(self) -> bool:
        """Whether it can carry an exchange, as far as anybody knows."""
        return self._transport is not None and not self._transport.is_closing()

    def ask(self, head: bytes, body: bytes, *, bodiless: bool) -> Reply:
        """Send a request; the reply fills as it comes. HEAD's is ``bodiless``."""
        self.exchanges += 1
        self._heard = self._keeps = False
        self._unheard = self.unread = self._interim = 0
        self._bodiless = bodiless
        reply = Reply(self, self._loop)
        if self._transport is None or self._transport.is_closing():
            reply.fail(UnansweredError(Failure.RESET, "the server closed the connection"))
            return reply
        self._reply = reply
        self._transport.write(head + body[:_WRITE_PIECE])
        if len(body) > _WRITE_PIECE:
            self._unsent = memoryview(body)[_WRITE_PIECE:]
            self._send_more()
        return reply

    def abandon(self) -> None:
        """Close at once. A reply under way is told nothing: it is its reader who asks for this, or nobody."""
        self._reply = None
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close an idle connection in good order."""
        if self._transport is not None:
            self._transport.close()

    def break_off(self) -> None:
        """Close at once; a reply under way fails."""
        reply = self._reply
        self.abandon()
        if reply is not None:
            reply.fail(UpstreamError(Failure.RESET, "the pool was closed"))

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """A reply that is not complete by now never will be."""
        reply, self._reply = self._reply, None
        self._unsent = _NOTHING
        self._lost(self)
        self._parser = _DEAF  # the own one holds on to us, who are to be freed now, not when garbage is looked for
        if reply is None:
            return
        why = f"the connection broke: {exc}" if exc else "the server closed the connection"
        kind = UpstreamError if self._heard else UnansweredError
        reply.fail(kind(Failure.RESET, why))

    def eof_received(self) -> None:
        """The one right end of a body that nothing else delimits; the transport closes itself.

        Over TLS it takes the peer's own close: a cut wire ends in ``connection_lost`` alone (RFC 9112, section 9.8).
        """
        reply = self._reply
        if reply is not None and reply.status and _ends_by_closing(reply):
            self._reply = None
            reply.finish()

    def data_received(self, data: bytes) -> None:
        """Parse what came, and see what has come of it."""
        reply = self._reply
        if reply is None:  # nobody asked
            self.abandon()
            return
        self._heard = True
        self._unheard += len(data)
        self.unread += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as stop:
            self._stopped(reply, str(stop.__context__ or stop))
        else:
            self._look(reply)

    def pause_writing(self) -> None:
        """The upstream does not take what we write."""
        self._write_paused = True

    def resume_writing(self) -> None:
        """It does again."""
        self._write_paused = False
        self._send_more()

    # What the parser tells

    def on_message_begin(self) -> None:
        """A head begins: the reply's, or after an interim one the next."""
        if self._reply is None or self._reply.complete:
            raise _Stop("bytes after the reply's end")
        self._fields = self._reply.headers
        self._fields.clear()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header's line, or a trailer's."""
        self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """A head is there."""
        status = self._parser.get_status_code()
        if status not in _STATUSES or status == _SWITCHING:
            raise _Stop(f"a status of {status}")
        if self._unheard > _MOST_HEAD and sum(len(n) + len(v) + 4 for n, v in self._fields) > _MOST_HEAD:
            raise _Stop(f"a head of more than {_MOST_HEAD} bytes")
        self._unheard = 0
        if status >= _FIRST_FINAL:
            self._begin(status)
            return
        self._interim += 1
        if self._interim > _MOST_INTERIM:
            raise _Stop(f"more than {_MOST_INTERIM} interim replies")

    def on_body(self, piece: bytes) -> None:
        """A piece of the body, without its framing."""
        reply = self._reply
        if reply is None or not reply.status:
            raise _Stop("a body in an interim reply")
        self._unheard = 0
        reply.add(piece)

    def on_message_complete(self) -> None:
        """A reply's end; an interim one's means nothing."""
        reply = self._reply
        if reply is not None and reply.status:
            self._keeps = self._parser.should_keep_alive()
            reply.finish()

    # What follows from it

    def resume_reading(self) -> None:
        """The reader took what there was."""
        self.unread = 0
        if self.paused and self._transport is not None:
            self.paused = False
            self._transport.resume_reading()

    def _begin(self, status: int) -> None:
        reply = self._reply
        assert reply is not None  # noqa: S101 -- the parser was fed for it
        codings = [value.strip().lower() for name, value in reply.headers if name == b"transfer-encoding"]
        if codings and codings != [b"chunked"]:
            raise _Stop("a transfer coding that was not asked for")
        self._fields = []  # trailers are nobody's
        reply.status = status
        reply.wake()
        if self._bodiless:
            reply.finish()
            raise _Stop("the parser cannot be told that no body follows")

    def _look(self, reply: Reply) -> None:
        if reply.complete:
            self._conclude()
            return
        reply.pass_on()
        if self._unheard > _MOST_HEAD:
            self._stopped(reply, f"{_MOST_HEAD} bytes that are no end of a head, and no body")
        elif self.unread > _READ_AHEAD and not self.paused and self._transport is not None:
            self.paused = True
            self._transport.pause_reading()

    def _stopped(self, reply: Reply, why: str) -> None:
        """The parser can make no more of what comes."""
        self.abandon()
        if not reply.complete:
            reply.fail(UpstreamError(Failure.RESET if reply.status else Failure.INVALID, why))

    def _conclude(self) -> None:
        """After a whole reply: once more, or no more."""
        self._reply = None
        self.resume_reading()
        transport = self._transport
        if self._unsent or (transport is not None and transport.get_write_buffer_size()):
            self.abandon()  # it answered before it had all of the request: what follows would be taken for a new one
        elif self._keeps:
            self._free(self)
        else:
            self.close()

    def _send_more(self) -> None:
        while self._unsent and not self._write_paused and self._transport is not None:
            piece, self._unsent = self._unsent[:_WRITE_PIECE], self._unsent[_WRITE_PIECE:]
            self._transport.write(piece)


def _ends_by_closing(reply: Reply) -> bool:
    """Whether neither a length nor chunks say where the body ends."""
    return not any(name in {b"content-length", b"transfer-encoding"} for name, _ in reply.headers)
