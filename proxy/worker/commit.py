"""The commit point of a student's reply: until there it can be withdrawn unseen, from there on it is the caller's.

Up to it the reply is held back (``hold``), its time bounded; then its head and what was held leave in one write, and
the rest passes as it comes, without what the caller did not ask for. After the commit point no second model speaks:
where the student fails, reports an error, ends without an end, or repeats itself until it is stopped, the caller gets
an error event and a connection closed before its end, never a clean one. What is too much of a repetition, others say
(``routing.confidence.runaway``). Its counterpart is ``share``, which asks the teacher where this withdraws.
"""

from __future__ import annotations

import asyncio
import time

from proxy.upstream import Deadlines, Reply, UpstreamError
from proxy.worker.attempts import students_headers
from proxy.worker.client import Client
from proxy.worker.exchange import Exchange
from proxy.worker.hold import Hold, failure_of
from proxy.worker.relay import Gate, Relay
from routing.confidence.runaway import PIECES, Runaway
from routing.observation import Failure

_BORDERS = (b"\n\n", b"\r\n\r\n", b"\r\r")  # between two events


class Commit(Relay):
    """One reply of a student's. What it came to stands in its ``hold`` once ``run`` has ended.

    The ``gate`` is asked at the commit point; where it says no, the reply is withdrawn.
    """

    __slots__ = ("_came", "_first", "_hold", "_runaway", "_texts")

    def __init__(
        self,
        exchange: Exchange,
        reply: Reply,
        deadlines: Deadlines,
        client: Client,
        *,
        hold: Hold,
        gate: Gate | None = None,
    ) -> None:
        super().__init__(exchange, reply, deadlines, client, gate)
        self._hold = hold
        self._first = 0.0  # when the first byte came, of time.monotonic
        self._came: list[bytes] = []  # what came since something was last passed on
        self._runaway: Runaway
        self._texts: list[str]  # what the reader heard, and the watch has not

    async def run(self) -> None:
        """Hold it back; then pass on the whole of it, or nothing."""
        try:
            if await self._is_accepted():
                await self._serve()
            else:
                self._reply.abort()
        except BaseException:  # also when cancelled: the upstream must see that nobody wants the rest
            self._reply.abort()
            raise

    # Until the commit point

    async def _is_accepted(self) -> bool:
        exchange, reply, hold = self._exchange, self._reply, self._hold
        exchange.head(reply.status, reply.headers)
        hold.begin(reply.status, reply.headers)
        if hold.settled:
            exchange.failure = failure_of(hold.reason)
            return False
        try:
            await self._hold_back()
        finally:  # also where it failed, or nobody waits any longer
            now = time.monotonic()
            exchange.confidence = hold.confidence
            exchange.held = hold.spent = now - (self._first or now)
        if hold.reason is None and (self._gate is None or self._gate(reply.status)):
            return True
        exchange.failure, exchange.given_up = failure_of(hold.reason), not (reply.ended or hold.whole)
        if hold.whole:
            exchange.decline(hold.raw(), self._first, now)
        return False

    async def _hold_back(self) -> None:
        """Take in what comes until the hold is settled."""
        hold = self._hold
        try:
            async with asyncio.timeout(None) as limit:
                while not hold.settled:
                    await self._take_in(limit)
        except TimeoutError:
            hold.late()

    async def _take_in(self, limit: asyncio.Timeout) -> None:
        exchange, reply, hold = self._exchange, self._reply, self._hold
        piece = await exchange.wait(reply.read())
        if not self._first:
            self._first = time.monotonic()
            if not hold.terms.whole:
                limit.reschedule(asyncio.get_running_loop().time() + hold.terms.limits.time)
        self._deadlines.progress()
        hold.feed(piece, last=not piece or reply.ended)

    # From it on

    async def _serve(self) -> None:
        exchange, reply, client, hold = self._exchange, self._reply, self._client, self._hold
        passed, raw = hold.passed(), hold.raw()
        hold.release()
        client.start(reply.status, students_headers(exchange, reply.status, reply.headers, self._size(passed)))
        if not reply.ended:
            self._watch()
            if not self._let_go(passed, raw, time.monotonic()):
                await self._wait_for_client()
            raw = await exchange.wait(reply.relay(self._take, self._room))
            passed = self._read(raw, last=True)
        if passed:
            exchange.body(passed, time.monotonic(), self._raw(raw))
        if client.blocked:
            await self._wait_for_client()
        client.write(passed, more=False)

    def _watch(self) -> None:
        reader = self._hold.reader
        reader.deafen()
        self._runaway, self._texts = Runaway(self._hold.terms.traits), reader.heard.texts

    def _size(self, passed: bytes) -> int | None:
        return len(passed) if self._reply.ended else None

    def _pass_on(self, piece: bytes, now: float) -> bool:
        passed = self._read(piece)
        if len(self._texts) >= PIECES:
            self._runaway.hear(self._texts)
            self._texts.clear()
        if self._runaway.period and not self._hold.reader.heard.finish:
            return self._stop(passed, piece, now)
        return self._let_go(passed, piece, now)

    def _stop(self, passed: bytes, raw: bytes, now: float) -> bool:
        """Let the client have whole events only, and no more of a student that repeats itself; else as ``_let_go``.

        Raises UpstreamError, unless nothing can follow yet for want of a place between two events.
        """
        ends = [passed.rfind(border) + len(border) for border in _BORDERS if border in passed]
        more = self._let_go(passed[: max(ends, default=None)], raw, now)
        if self._exchange.at_event_border:
            why = f"it repeated {self._runaway.period} characters over and over after the commit point"
            raise UpstreamError(Failure.DEGENERATE, why)
        return more

    def _let_go(self, passed: bytes, raw: bytes, now: float) -> bool:
        """Let the client have what it is to get of what came; False where it does not take more."""
        if passed:
            self._exchange.body(passed, now, self._raw(raw))
            self._client.write(passed, more=True)
        else:
            self._came.append(raw)
        self._deadlines.progress()
        return not self._client.blocked

    def _raw(self, last: bytes) -> bytes:
        """All that came since something was last passed on."""
        if not self._came:
            return last
        came, self._came = self._came, []
        return b"".join((*came, last))

    def _read(self, piece: bytes, *, last: bool = False) -> bytes:
        """The bytes to pass on of these. Raises UpstreamError where the reply turns out not to be one."""
        reader = self._hold.reader
        passed = reader.feed(piece)
        if last:
            passed += reader.close()
        heard = reader.heard
        if heard.failed:
            raise UpstreamError(Failure.ERROR_EVENT, "it reported an error after the commit point")
        if not reader.readable:
            raise UpstreamError(Failure.INVALID, "an event that is larger than any is")
        if (last and not heard.ended) or (heard.ended and not heard.finish):
            raise UpstreamError(Failure.TRUNCATED, "it ended after the commit point without an end")
        return passed
