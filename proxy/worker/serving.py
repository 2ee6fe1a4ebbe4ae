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
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.headers import forwarded, returned
from proxy.worker.http import Client
from proxy.worker.replies import RequestError
from routing.fallback import FallbackReason, disqualified
from routing.observation import Arm, Failure
from routing.traits import Endpoint

log = logging.getLogger("practicum.worker")

Keys = Callable[[str | None], str | None]

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
        self._hand = hand
        self._key = key

    async def serve(self, ask: Ask, client: Client, *, keep_credentials: bool) -> None:
        """Answer one request, whatever happens, and hand over its record."""
        exchange = Exchange(ask)
        serving: asyncio.Task[None] = asyncio.current_task()  # type: ignore[assignment] # an application runs in one
        client.on_gone(serving.cancel)
        try:
            await self._call(exchange, client, serving, keep_credentials=keep_credentials)
            if exchange.failure is not None:
                await _answer_failure(exchange, client)
        except asyncio.CancelledError:
            # Either the client went away or the server stops; in both cases nobody is left to answer.
            exchange.client_gone = client.gone
            exchange.failure = None if client.gone else Failure.RESET
            client.abandon()
            serving.uncancel()
        finally:
            client.on_gone(None)
            self._conclude(exchange)

    async def _call(
        self, exchange: Exchange, client: Client, serving: asyncio.Task[None], *, keep_credentials: bool
    ) -> None:
        ask = exchange.ask
        if ask.decision.arm is Arm.STUDENT and await self._by_student(exchange, client, serving):
            return
        request = self._request(ask, keep_credentials=keep_credentials)
        await self._attempt(exchange, client, serving, ask.route.teacher, request)

    async def _by_student(self, exchange: Exchange, client: Client, serving: asyncio.Task[None]) -> bool:
        """Have the student answer; False if it did not, and nothing of it was passed on: then the teacher must."""
        ask = exchange.ask
        reason: FallbackReason | None = FallbackReason.INEXPRESSIBLE
        request = students_request(ask, self._key(ask.route.student.api_key_env))
        if request is not None:
            await self._attempt(exchange, client, serving, ask.route.student, request)
            reason = None if exchange.answered else disqualified(exchange.failure, exchange.status)
            if reason is not None:
                exchange.count_attempt(self._tally)
        if reason is not None:
            exchange.fall_back(reason)
            self._tally.count(FALLBACKS, ask.route.name, reason)
        return reason is None

    async def _attempt(
        self,
        exchange: Exchange,
        client: Client,
        serving: asyncio.Task[None],
        target: settings.Upstream,
        request: Request,
    ) -> None:
        """One call; how it failed, if it did, is in ``exchange``."""
        ask = exchange.ask
        deadlines = Deadlines(target, stream=ask.stream, task=serving)
        try:
            with self._upstreams.lease(target) as upstream:
                async with deadlines.alarm:
                    reply = await exchange.wait(upstream.open(request))
                    await _relay(exchange, reply, deadlines, client)
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
        exchange.count(self._tally, record)
        self._hand(record)


async def _relay(exchange: Exchange, reply: Reply, deadlines: Deadlines, client: Client) -> None:
    """Pass a reply on, piece by piece. Back-pressure: nothing is read while the client does not take what came."""
    try:
        chunk = await first_piece(exchange, reply)
        if chunk is None:
            reply.abort()
            return
        headers = returned(reply.headers, reply.status, pair=exchange.ask.pair, arm=exchange.arm)
        headers += fallback_header(exchange.fallback)
        client.start(reply.status, headers)
        while chunk:
            exchange.body(chunk, time.monotonic())
            if reply.ended:
                break
            await _pass_on(exchange, chunk, deadlines, client, more=True)
            deadlines.progress()
            chunk = await exchange.wait(reply.read())
        exchange.finish()
        await _pass_on(exchange, chunk, deadlines, client, more=False)
    except BaseException:  # also when cancelled: the upstream must see that nobody wants the rest
        reply.abort()
        raise


async def _pass_on(exchange: Exchange, chunk: bytes, deadlines: Deadlines, client: Client, *, more: bool) -> None:
    if client.blocked:
        deadlines.suspend()  # a slow reader is no stall of the upstream's
        exchange.blocked = True
    await client.send(chunk, more=more)
    exchange.blocked = False


async def _answer_failure(exchange: Exchange, client: Client) -> None:
    """Say what failed, in the way that is still open; a reply that broke off must not look complete."""
    if exchange.failure is Failure.TRUNCATED:  # it ended in HTTP's good order, and so did ours
        return
    error = _error(exchange)
    if not exchange.answered:
        await send_error(client, error, pair=exchange.ask.pair, fallback=exchange.fallback)
    else:
        if exchange.at_event_border:
            await client.send(_error_event(exchange, error), more=True)
        client.abandon()


async def send_error(
    client: Client, error: RequestError, *, pair: str = "", fallback: FallbackReason | None = None
) -> None:
    """A whole reply of our own."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(error.body)), *error.headers]
    if pair:
        headers += ((b"x-practicum-pair", pair.encode()), (b"x-practicum-arm", b"teacher"), *fallback_header(fallback))
    client.start(error.status, headers)
    await client.send(error.body, more=False)


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
    limits = route.student if exchange.arm is Arm.STUDENT else route.teacher
    words = _WORDS.get(failure, "failed").format(limits)
    status = 504 if failure in _TIMEOUTS else 502
    return RequestError(status, f"{exchange.arm}_{failure}", f"The {exchange.arm} of {route.name} {words}.")


def _error_event(exchange: Exchange, error: RequestError) -> bytes:
    named = exchange.ask.endpoint in {Endpoint.MESSAGES, Endpoint.RESPONSES}
    return (b"event: error\n" if named else b"") + b"data: " + error.body + b"\n\n"
