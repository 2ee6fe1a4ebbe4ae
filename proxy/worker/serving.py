"""Serving one request: a call of the arm that was decided on, its bytes passed on as they come, one record left behind.

The reply's head goes out with its first byte, so a teacher that sends headers and then nothing still yields a clean
504. From that first byte on the reply is committed: whatever breaks afterwards ends in an explicit error event where
the stream stands at the border of an event, and in any case in a connection closed before its end, never in a reply
that looks complete. A student that fails before its first byte is replaced by the teacher; two models' bytes are never
mixed. A client that goes away cancels this coroutine, which aborts the upstream call.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from proxy.config import settings
from proxy.handover import Record
from proxy.telemetry.catalog import FALLBACKS
from proxy.telemetry.tally import Tally
from proxy.upstream import Deadlines, Reply, Request, UpstreamError
from proxy.upstreams import Upstreams
from proxy.wire.mirror_request import with_model
from proxy.worker.attempts import fallback_header, first_piece, students_request
from proxy.worker.client import Client
from proxy.worker.counting import Counting
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.headers import forwarded, returned
from proxy.worker.replies import RequestError
from routing.fallback import FallbackReason, disqualified
from routing.observation import Arm, Failure
from routing.traits import Endpoint

log = logging.getLogger("practicum.worker")

Keys = Callable[[str | None], str | None]

_TEACHER = Arm.TEACHER  # up to Python 3.11, looking a member up is a call
_TIMEOUTS = (Failure.FIRST_TOKEN_TIMEOUT, Failure.STALL_TIMEOUT, Failure.TOTAL_TIMEOUT)


class Serving:
    """Calls upstreams on behalf of clients."""

    def __init__(
        self,
        upstreams: Upstreams,
        tally: Tally,
        hand: Callable[[Record], bool],
        key: Keys,
    ) -> None:
        self._upstreams = upstreams
        self._tally = tally
        self._counting = Counting(tally)
        self._hand = hand
        self._key = key

    async def serve(self, ask: Ask, client: Client, *, keep_credentials: bool) -> None:
        """Answer one request, whatever happens, and hand over its record."""
        exchange = Exchange(ask)
        try:
            if ask.decision.arm is _TEACHER or not await self._by_student(exchange, client):
                request = self._request(ask, keep_credentials=keep_credentials)
                await self._attempt(exchange, client, ask.route.teacher, request)
            if exchange.failure is not None:
                _answer_failure(exchange, client)
        except asyncio.CancelledError:
            # Either the client went away or the server stops; in both cases nobody is left to answer.
            exchange.client_gone = client.gone
            exchange.failure = None if client.gone else Failure.RESET
            client.abandon()
            client.task.uncancel()
        finally:
            self._conclude(exchange)

    async def _by_student(self, exchange: Exchange, client: Client) -> bool:
        """Have the student answer; False if it did not, and nothing of it was passed on: then the teacher must."""
        ask = exchange.ask
        reason: FallbackReason | None = FallbackReason.INEXPRESSIBLE
        request = students_request(ask, self._key(ask.route.student.api_key_env))
        if request is not None:
            await self._attempt(exchange, client, ask.route.student, request)
            reason = None if exchange.answered else disqualified(exchange.failure, exchange.status)
            if reason is not None:
                self._counting.count_attempt(exchange)
        if reason is not None:
            exchange.fall_back(reason)
            self._tally.count(FALLBACKS, ask.route.name, reason)
        return reason is None

    async def _attempt(self, exchange: Exchange, client: Client, target: settings.Upstream, request: Request) -> None:
        """One call; how it failed, if it did, is in ``exchange``."""
        ask = exchange.ask
        deadlines = Deadlines(target, stream=ask.stream, alarm=client.alarm)
        try:
            with self._upstreams.lease(target) as upstream, deadlines:
                reply = await exchange.wait(upstream.open(request))
                await _Relay(exchange, reply, deadlines, client).run()
        except UpstreamError as error:
            exchange.failure = error.failure
            log.warning("pair %s: the %s of %s failed: %s", ask.pair, exchange.arm, ask.route.name, error)
        except TimeoutError:
            if exchange.blocked:  # it is the client that does not take its bytes
                exchange.client_gone = True
                client.abandon()
                return
            exchange.failure = deadlines.limit
            log.warning("pair %s: the %s of %s failed: %s", ask.pair, exchange.arm, ask.route.name, deadlines.limit)

    def _request(self, ask: Ask, *, keep_credentials: bool) -> Request:
        teacher = ask.route.teacher
        headers = forwarded(ask.headers, api_key=self._key(teacher.api_key_env), keep_credentials=keep_credentials)
        body = ask.body
        if teacher.model is not None and teacher.model != ask.model and ask.endpoint is not Endpoint.OTHER:
            body = with_model(body, teacher.model)
        return Request(ask.method, ask.target, headers, body)

    def _conclude(self, exchange: Exchange) -> None:
        record = exchange.record(time.monotonic())
        self._counting.count(exchange, record)
        self._hand(record)


class _Relay:
    """Passes a reply on, piece by piece. Back-pressure: nothing is read while the client does not take what came.

    Pieces between the first and the last wake no task up: each goes from the upstream's connection to the client's.
    """

    __slots__ = ("_client", "_deadlines", "_exchange", "_reply")

    def __init__(self, exchange: Exchange, reply: Reply, deadlines: Deadlines, client: Client) -> None:
        self._exchange = exchange
        self._reply = reply
        self._deadlines = deadlines
        self._client = client

    async def run(self) -> None:
        """Pass on the whole of it."""
        exchange, reply, client = self._exchange, self._reply, self._client
        try:
            exchange.head(reply.status, reply.headers)
            by_teacher = exchange.arm is _TEACHER
            piece = await (exchange.wait(reply.read()) if by_teacher else first_piece(exchange, reply))
            if piece is None:
                reply.abort()
                return
            headers = returned(reply.headers, reply.status, pair=exchange.ask.pair, arm=exchange.arm)
            client.start(reply.status, (*headers, *fallback_header(exchange.fallback)))
            if piece and not reply.ended:
                if not self._pass_on(piece, time.monotonic()):
                    await self._wait_for_client()
                piece = await exchange.wait(reply.relay(self._take, self._room))
            if piece:
                exchange.body(piece, time.monotonic())
            exchange.finish()
            if client.blocked:
                await self._wait_for_client()
            client.write(piece, more=False)
        except BaseException:  # also when cancelled: the upstream must see that nobody wants the rest
            reply.abort()
            raise

    def _take(self, piece: bytes) -> bool:
        """A piece came. This runs while ``run`` awaits the upstream."""
        now = time.monotonic()
        more = self._pass_on(piece, now)
        self._exchange.worked(now)
        return more

    def _pass_on(self, piece: bytes, now: float) -> bool:
        """Let the client have a piece; False where it does not take more."""
        client = self._client
        self._exchange.body(piece, now)
        client.write(piece, more=True)
        self._deadlines.progress()
        return not client.blocked

    async def _room(self) -> None:
        began = time.monotonic()
        await self._wait_for_client()
        self._exchange.worked(began)

    async def _wait_for_client(self) -> None:
        """A slow reader is no stall of the upstream's."""
        self._deadlines.suspend()
        self._exchange.blocked = True
        await self._client.room()
        self._exchange.blocked = False
        self._deadlines.progress()


def _answer_failure(exchange: Exchange, client: Client) -> None:
    """Say what failed, in the way that is still open; a reply that broke off must not look complete."""
    if exchange.failure is Failure.TRUNCATED:  # it ended in HTTP's good order, and so did ours
        return
    error = _error(exchange)
    if not exchange.answered:
        send_error(client, error, pair=exchange.ask.pair, fallback=exchange.fallback)
    else:
        if exchange.at_event_border:
            client.write(_error_event(exchange, error), more=True)
        client.abandon()


def send_error(client: Client, error: RequestError, *, pair: str = "", fallback: FallbackReason | None = None) -> None:
    """A whole reply of our own."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(error.body)), *error.headers]
    if pair:
        headers += ((b"x-practicum-pair", pair.encode()), (b"x-practicum-arm", b"teacher"), *fallback_header(fallback))
    client.start(error.status, headers)
    client.write(error.body, more=False)


_WORDS = {
    Failure.CONNECT: "could not be reached within connect_timeout, {0.connect_timeout:g} s",
    Failure.RESET: "closed the connection before its reply was complete",
    Failure.INVALID: "did not answer in valid HTTP",
    Failure.FIRST_TOKEN_TIMEOUT: "sent nothing within first_token_timeout, {0.first_token_timeout:g} s",
    Failure.STALL_TIMEOUT: "sent nothing more within stall_timeout, {0.stall_timeout:g} s",
    Failure.TOTAL_TIMEOUT: "did not finish within total_timeout, {0.total_timeout:g} s",
}


def _error(exchange: Exchange) -> RequestError:
    failure = exchange.failure or Failure.RESET
    route = exchange.ask.route
    limits = route.teacher if exchange.arm is _TEACHER else route.student
    words = _WORDS.get(failure, "failed").format(limits)
    status = 504 if failure in _TIMEOUTS else 502
    return RequestError(status, f"{exchange.arm}_{failure}", f"The {exchange.arm} of {route.name} {words}.")


def _error_event(exchange: Exchange, error: RequestError) -> bytes:
    named = exchange.ask.endpoint in {Endpoint.MESSAGES, Endpoint.RESPONSES}
    return (b"event: error\n" if named else b"") + b"data: " + error.body + b"\n\n"
