"""One call of an arm for a client: its request, its time limits, its bytes on their way, and how it was counted.

What a call came to is in its exchange; a reply that failed is not answered here, for another arm may be asked yet.
``serving`` and ``share`` say who is called.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from proxy.config import settings
from proxy.handover import Record
from proxy.telemetry.tally import Tally
from proxy.telemetry.trace_ids import Role
from proxy.upstream import Deadlines, Headers, Reply, Request, UpstreamError
from proxy.upstream.deadlines import Alarm
from proxy.upstreams import Upstreams
from proxy.wire.mirror_request import with_model
from proxy.worker.attempts import Asked, students_request
from proxy.worker.client import Client
from proxy.worker.counting import Counting
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.headers import forwarded
from proxy.worker.relay import Relay
from proxy.worker.trace_header import TraceHeader
from routing.observation import Failure
from routing.traits import Endpoint

log = logging.getLogger("practicum.worker")

Keys = Callable[[str | None], str | None]
_OTHER = Endpoint.OTHER  # up to Python 3.11, looking a member up is a call
_TEACHERS, _STUDENTS = Role.TEACHER, Role.STUDENT  # as above


class Runs(Protocol):
    """Who passes a reply on: a ``Relay``, or whatever looks into it first."""

    def __call__(self, exchange: Exchange, reply: Reply, deadlines: Deadlines, client: Client) -> Relay:
        """For one reply."""


class Calls:
    """Calls upstreams on behalf of clients. ``trace`` is None where nothing is traced."""

    def __init__(self, upstreams: Upstreams, tally: Tally, hand: Callable[[Record], bool], key: Keys) -> None:
        self._upstreams = upstreams
        self._counting = Counting(tally)
        self._hand = hand
        self._key = key
        self.trace: TraceHeader | None = None

    def to_teacher(self, ask: Ask, *, keep_credentials: bool, nth: int = 0) -> Request:
        """The request as the teacher is to get it; ``nth`` counts how often it was asked this before."""
        teacher = ask.route.teacher
        headers: Headers = forwarded(
            ask.headers, api_key=self._key(teacher.api_key_env), keep_credentials=keep_credentials
        )
        if self.trace is not None:
            headers = self.trace.on(headers, ask, _TEACHERS, nth)
        body = ask.body
        if teacher.model is not None and teacher.model != ask.model and ask.endpoint is not _OTHER:
            body = with_model(body, teacher.model)
        return Request(ask.method, ask.target, headers, body)

    def to_student(self, ask: Ask, *, logprobs: bool) -> Asked | None:
        """The request as the student is to get it; None where it means something to the teacher only."""
        asked = students_request(ask, self._key(ask.route.student.api_key_env), logprobs=logprobs)
        if self.trace is None or asked is None:
            return asked
        plain = asked.request
        traced = Request(plain.method, plain.target, self.trace.on(plain.headers, ask, _STUDENTS), plain.body)
        return Asked(traced, asked.surplus)

    async def run(
        self,
        exchange: Exchange,
        client: Client,
        target: settings.Upstream,
        request: Request,
        runs: Runs = Relay,
        alarm: Alarm | None = None,
    ) -> None:
        """One call; how it failed, if it did, is in ``exchange``. The alarm is for the task that this runs in."""
        ask = exchange.ask
        deadlines = Deadlines(target, stream=ask.stream, alarm=alarm)
        try:
            with self._upstreams.lease(target) as upstream, deadlines:
                reply = await exchange.wait(upstream.open(request))
                await runs(exchange, reply, deadlines, client).run()
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

    def count(self, exchange: Exchange) -> None:
        """Count a call that has ended, where its exchange goes on, or counts for nothing."""
        exchange.called_in_vain(time.monotonic())
        self._counting.count_attempt(exchange)

    def conclude(self, exchange: Exchange) -> None:
        """The exchange has ended: count it, and hand over its record."""
        record = exchange.record(time.monotonic())
        self._counting.count(exchange, record)
        self._hand(record)


def leave(exchange: Exchange, client: Client) -> None:
    """End an exchange that was cancelled: the client went away or the server stops, and nobody is left to answer."""
    exchange.client_gone = client.gone
    exchange.failure = None if client.gone else Failure.RESET
    client.abandon()
    client.task.uncancel()


def own_alarm() -> Alarm:
    """An alarm for the task that runs now, where that is not the client's."""
    return Alarm(asyncio.current_task())  # type: ignore[arg-type] # a coroutine runs in one
