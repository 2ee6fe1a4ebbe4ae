"""The client's side of a connection: HTTP/1.1 as a public port must read it, on httptools' parser.

Requests become ``Client``s, which one task for each connection answers in the order they came in. Heads, trailers and
chunk extensions are bounded in size, heads and silence in time; so is what waits to be answered or read, beyond which
nothing more is read from the socket. What is no HTTP, or could be read in two ways (a length beside chunks, a transfer
coding other than those), is refused in the shape of every other error, and ends the connection: never amid a reply,
where it would be taken for the reply's text. When the client goes away, the task that answers it is cancelled. This
module refuses to know what is served: ``endpoints`` does; ``listener`` opens connections.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import cast

import httptools

from proxy.config.settings import Listen
from proxy.timer import NEVER, Timer
from proxy.upstream.deadlines import Alarm
from proxy.worker.client import Client
from proxy.worker.replies import error_body
from proxy.worker.request_head import (
    NO_HTTP,
    TOO_LONG,
    RefusedError,
    check_coding,
    check_size,
    check_upgrade,
    is_modern,
    split,
)

Answer = Callable[[Client], Awaitable[None]]

_READ_AHEAD = 64 * 1024  # bytes of a body that may wait for their reader before we stop reading
_IN_LINE = 16  # requests that may wait in line before we stop reading
_MOST_IN_LINE = 256  # requests in line after which no more are taken, though they were read already
_DISCARD = 256 * 1024 * 1024  # bytes of a refused body we read, so that its sender gets to read our answer


class _Stop(Exception):  # noqa: N818 -- a signal to the parser
    """The parser need not go on: no more requests are taken."""


class Connection(asyncio.Protocol):
    """One client's connection."""

    __slots__ = (
        "_answer", "_connections", "_deaf", "_discarded", "_fields", "_head_since", "_incoming", "_limits", "_line",
        "_listen", "_loop", "_lost", "_over", "_parser", "_paused", "_pipelined", "_refused", "_serving", "_timer",
        "_transport", "_unheard", "_unsent", "_url", "_waiter", "alarm", "blocked", "task", "write",
    )  # fmt: skip

    alarm: Alarm
    task: asyncio.Task[None]
    write: Callable[[bytes], object]
    _transport: asyncio.Transport

    def __init__(
        self,
        answer: Answer,
        listen: Callable[[], Listen],
        connections: set[Connection],
        loop: asyncio.AbstractEventLoop,
        refused: Callable[[int], None] = lambda _: None,
    ) -> None:
        """``refused`` is told the status with which something was refused that nobody is asked to answer."""
        self.blocked = False  # the client does not take what we write
        self._answer = answer
        self._listen = listen
        self._limits = listen()  # looked up again with each reply
        self._connections = connections
        self._loop = loop
        self._refused = refused
        self._parser = httptools.HttpRequestParser(self)
        self._timer = Timer(loop, self._late)
        self._head_since: float | None = None  # when the head that is not here whole began, of the loop's clock
        self._unheard = 0  # bytes that came since the last head, piece of a body or message was complete
        self._pipelined = False  # the head that comes began in the middle of what was read at once
        self._url = b""
        self._fields: list[tuple[bytes, bytes]] = []  # where the next header line goes
        self._incoming: Client | None = None  # whose body is not here whole
        self._line: deque[Client] = deque()  # who waits to be answered
        self._serving: Client | None = None  # who is being answered
        self._waiter: asyncio.Future[None] | None = None  # of the task
        self._discarded = 0  # bytes of bodies that came after their answer
        self._unsent = 0  # bytes that had not left when the connection was last looked at
        self._over = False  # no more requests are taken
        self._deaf = False  # nothing is parsed any more
        self._paused = False
        self._lost = False

    # What a client asks of the connection it came on

    @property
    def ending(self) -> bool:
        """Whether the connection ends with the reply that is under way."""
        return self._over and not self._line

    def end(self) -> None:
        """Let the connection end with the last reply in line; no more requests are taken."""
        self._over = True
        self._line.clear()

    async def room(self) -> None:
        """Wait until the client takes what was written. Cancelled where it goes away."""
        while self.blocked and not self._lost:
            await self._change()

    def resume_reading(self) -> None:
        """What was read has been taken."""
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def replied(self) -> None:
        """A reply is complete."""
        self._serving = None
        if self._over and not self._line:
            self._transport.close()
        else:
            self._limits = self._listen()
            self._watch()

    def break_off(self) -> None:
        """Close amid a reply; what was written still leaves."""
        self._serving = None
        self._transport.close()

    # What the listener asks

    def shutdown(self) -> None:
        """Take no more requests, and close as soon as those that are here are answered."""
        self._over = True
        if self._serving is None and not self._line:
            self._transport.close()

    def cut_off(self) -> None:
        """Close now, whatever is under way."""
        self._transport.abort()

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start waiting for a request's head."""
        self._transport = cast("asyncio.Transport", transport)
        self.write = self._transport.write
        self._connections.add(self)
        self.task = self._loop.create_task(self._converse())
        self.alarm = Alarm(self.task, lasting=True)
        self._head_since = self._loop.time()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- gone is gone
        """Tell whoever answers."""
        self._lost = self._deaf = True
        self._timer.close()
        self._leave(self._serving)
        self._wake()

    def pause_writing(self) -> None:
        """The client does not take what we write."""
        self.blocked = True

    def resume_writing(self) -> None:
        """It does again."""
        self.blocked = False
        self._wake()

    def data_received(self, data: bytes) -> None:
        """Parse what came, and see what has come of it."""
        if self._deaf:
            return
        if self._incoming is None and self._head_since is None:
            self._head_since = self._loop.time()
        self._unheard += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as stop:
            self._stopped(stop)
            return
        if self._unheard > self._limits.max_header:
            self._refuse(431, TOO_LONG.format(self._limits.max_header))
        else:
            self._watch()

    # What the parser tells

    def on_message_begin(self) -> None:
        """A head begins."""
        if self._head_since is None:
            self._head_since = self._loop.time()
        self._pipelined = not self._unheard
        self._unheard = self._unheard or 1
        self._url = b""
        self._fields = []

    def on_url(self, piece: bytes) -> None:
        """A piece of the target."""
        self._url += piece

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header's line, or a trailer's."""
        self._fields.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """A head is there: it waits in line to be answered."""
        self._over = self._over or len(self._line) == _MOST_IN_LINE
        if self._over:
            raise _Stop
        if self._pipelined or self._unheard > self._limits.max_header:  # it was not measured while it came
            check_size(self._url, self._fields, self._limits.max_header)
        headers, self._fields = self._fields, []  # trailers are nobody's
        self._head_since = None
        self._unheard = 0
        self._incoming = client = self._client(headers)
        self._line.append(client)
        if len(self._line) > _IN_LINE:
            self._pause()
        if self._waiter is not None:
            self._wake()

    def on_body(self, piece: bytes) -> None:
        """A piece of a body. One whose sender was answered already is dropped, and not for ever."""
        self._unheard = 0
        client = self._incoming
        if client is None or client.complete:
            self._discarded += len(piece)
            if self._discarded > _DISCARD:
                self._transport.close()
            return
        client.add(piece)
        if client.waiting > _READ_AHEAD:
            self._pause()

    def on_message_complete(self) -> None:
        """A request is here whole; the next byte begins another."""
        self._unheard = 0
        if self._incoming is not None:
            self._incoming.finish()
            self._incoming = None

    # What follows from it

    async def _converse(self) -> None:
        """Answer one request after another, until the connection is lost."""
        try:
            while not self._lost:
                if self.blocked or not self._line:  # nobody is begun before the reply to the last one has been taken
                    await self._change()
                    continue
                self._serving = client = self._line.popleft()
                if self._paused:
                    self.resume_reading()  # without reading, nobody is seen to go
                await self._answer(client)
                if not client.complete and not client.gone:
                    client.abandon()
                self._serving = None
        finally:
            self.alarm.close()
            self._transport.close()
            self._connections.discard(self)  # not before whoever answered has left a record
            self._let_go()

    def _let_go(self) -> None:
        """Let go of what holds on to us: we are to be freed now, not when garbage is looked for."""
        self._deaf = True
        self._timer.end()
        del self._parser

    def _change(self) -> asyncio.Future[None]:
        """To be awaited until somebody is in line, or the client takes what was written, or is lost."""
        self._waiter = self._loop.create_future()
        return self._waiter

    def _client(self, headers: list[tuple[bytes, bytes]]) -> Client:
        parser = self._parser
        fields = dict(reversed(headers))
        version = parser.get_http_version()
        modern = version == "1.1" or is_modern(version)
        if b"transfer-encoding" in fields:
            check_coding(headers, modern=modern)
        if parser.should_upgrade():
            check_upgrade(fields)
            self._over = True
        elif not modern or not parser.should_keep_alive():
            self._over = True
        target, path = split(self._url)
        return Client(self, parser.get_method().decode(), target, path, headers, fields, chunks=modern)

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def _watch(self) -> None:
        """Set the time limit of what the connection waits for: a head, or its end. Whoever answers has limits too."""
        if self._head_since is not None:
            self._timer.set(self._head_since + self._limits.header_timeout)
        elif self._serving is not None or (self._line and not self.blocked):
            self._timer.set(NEVER)
        else:
            self._timer.set(self._loop.time() + self._limits.keep_alive)

    def _late(self) -> None:
        """Nothing came in time."""
        if self._head_since is None:
            if self._serving is None:
                self._close_idle()
        elif not self._unheard:
            self._transport.close()  # it connected and said nothing: nothing to answer
        else:
            limit = self._limits.header_timeout
            self._refuse(408, f"The request's head did not arrive within listen.header_timeout, {limit:g} seconds.")

    def _close_idle(self) -> None:
        """Close in good order, which waits for what has not left; but not for one who takes nothing at all."""
        unsent = self._transport.get_write_buffer_size()
        if not unsent:
            self._transport.close()
        elif unsent == self._unsent:
            self._transport.abort()
        else:
            self._unsent = unsent
            self._watch()

    def _stopped(self, stop: Exception) -> None:
        """The parser makes no more of what comes."""
        why = stop.__context__
        if isinstance(why, RefusedError):
            self._refuse(why.status, why.message)
        elif self._over and self._incoming is None:  # it is about bytes behind the last request
            self._stop_listening()
        else:
            self._refuse(400, NO_HTTP)

    def _stop_listening(self) -> None:
        self._over = self._deaf = True
        self._head_since = None
        self._watch()

    def _refuse(self, status: int, message: str) -> None:
        """Answer what cannot be read, in its turn: who came before is answered, a reply under way is not spoiled."""
        self._stop_listening()
        spoiled, serving = self._incoming, self._serving
        first = serving or (self._line[0] if self._line else None)
        if any(client is not None and client.answered for client in (spoiled, serving)):
            self._transport.close()
        elif spoiled is first:
            self._leave(first)
            if spoiled is None:
                self._refused(status)
            body = error_body(status, message, "bad_request")
            head = f"HTTP/1.1 {status} Refused\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            self._transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
            self._transport.close()
        elif spoiled is not None:
            self._line.remove(spoiled)

    def _leave(self, client: Client | None) -> None:
        """Nobody is there to be answered: whoever answers is told, also one who has yet to begin."""
        if client is not None:
            client.gone = True
        if self._serving is not None:
            self._serving = None
            self.task.cancel()

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)
