"""The requests that the student has a share in: it is asked first, and where it should not answer the teacher does.

Before the commit point (``commit``) the caller notices nothing of the student's but the time it took. The teacher's
calls in its place are bounded (``teacher_guard``): beyond that a caller is told to come again, because a teacher that
drowns fails those as well whose requests were its own. Where the operator says so, a reply that was held whole and was
nothing worse than uncertain is served after all when the teacher cannot be had. With ``hedge_after`` both may be asked
at once (``hedging``). This module refuses to judge replies: ``hold`` does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

from proxy.telemetry.catalog import CONFIDENCE, FALLBACKS, HELD
from proxy.telemetry.tally import Tally
from proxy.upstream import Request
from proxy.upstream.deadlines import Alarm
from proxy.worker.attempts import students_headers
from proxy.worker.calls import Calls, leave, own_alarm
from proxy.worker.client import Client
from proxy.worker.commit import Commit
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.failures import answer_failure, send_error
from proxy.worker.hedging import Race
from proxy.worker.hold import Budget, Hold
from proxy.worker.relay import Gate, Relay
from proxy.worker.replies import RequestError
from proxy.worker.teacher_guard import TeacherGuard
from proxy.worker.terms import terms_of
from routing.confidence.assurance import Assurance
from routing.decision import Reason
from routing.fallback import SERVABLE, FallbackReason, disqualified
from routing.observation import Arm

Assurances = Callable[[str], Assurance | None]
"""What the student's replies are judged by, by the route's name; None where nothing is known of it."""

_TEACHER = Arm.TEACHER  # up to Python 3.11, looking a member up is a call
_OVERLOADED, _FIRST_SERVER_ERROR, _SATURATED = 429, 500, 503
_COME_AGAIN = b"1"  # second


class _Turn:
    """One request on its way. ``exchange`` is the call that answers, as far as is known; ``hold`` the student's."""

    __slots__ = ("ask", "client", "exchange", "hold", "keep_credentials")

    def __init__(self, ask: Ask, client: Client, *, keep_credentials: bool) -> None:
        self.ask = ask
        self.client = client
        self.keep_credentials = keep_credentials
        self.exchange = Exchange(ask)
        self.hold: Hold | None = None

    @property
    def has_spare(self) -> bool:
        """Whether the student's reply may be served after all."""
        hold = self.hold
        wanted = self.ask.route.fallback.teacher_unavailable == "serve_student"
        return wanted and hold is not None and hold.whole and hold.reason in SERVABLE

    def release(self) -> None:
        """Hold nothing back any longer."""
        if self.hold is not None:
            self.hold.release()


class Share:
    """Serves the requests that the student has a share in."""

    def __init__(self, calls: Calls, tally: Tally, assurances: Assurances, guard: TeacherGuard, budget: Budget) -> None:
        self._calls = calls
        self._tally = tally
        self._assurances = assurances
        self._guard = guard
        self._budget = budget

    async def serve(self, ask: Ask, client: Client, *, keep_credentials: bool) -> None:
        """Answer one request, whatever happens, and hand over its record."""
        turn = _Turn(ask, client, keep_credentials=keep_credentials)
        try:
            reason = await self._by_student(turn)
            if reason is not None:
                await self._by_teacher(turn, reason)
            if turn.exchange.failure is not None:
                answer_failure(turn.exchange, client)
        except asyncio.CancelledError:
            leave(turn.exchange, client)
        finally:
            self._conclude(turn)

    # The student

    async def _by_student(self, turn: _Turn) -> FallbackReason | None:
        """Why the student has not answered, and nothing of it was passed on; None where it, or a hedge, has."""
        ask = turn.ask
        if ask.decision.reason is Reason.STUDENT_ILL:
            return FallbackReason.STUDENT_ILL
        terms = terms_of(ask, self._assurances(ask.route.name))
        if isinstance(terms, FallbackReason):
            return terms
        turn.exchange.slice = terms.slice
        asked = self._calls.to_student(ask, logprobs=terms.view is not None)
        if asked is None:
            return FallbackReason.INEXPRESSIBLE
        turn.hold = hold = Hold(terms, asked.surplus, self._budget)
        if ask.route.fallback.hedge_after is not None:
            return await self._race(turn, hold, asked.request, ask.route.fallback.hedge_after)
        await self._ask_student(turn, hold, asked.request, turn.client.alarm)
        return self._reason(turn.exchange, hold)

    async def _ask_student(
        self, turn: _Turn, hold: Hold, request: Request, alarm: Alarm, gate: Gate | None = None
    ) -> None:
        runs = partial(Commit, hold=hold, gate=gate)
        await self._calls.run(turn.exchange, turn.client, turn.ask.route.student, request, runs, alarm)

    def _reason(self, exchange: Exchange, hold: Hold) -> FallbackReason | None:
        """Why a student that was asked has not answered; its call is counted then. None where it has."""
        if exchange.answered:
            return None
        self._calls.count(exchange)
        return hold.reason or disqualified(exchange.failure, exchange.status)

    async def _race(self, turn: _Turn, hold: Hold, request: Request, after: float) -> FallbackReason | None:
        """As ``_by_student``, with the teacher started beside the student where that has not spoken in time."""
        ask, student, teacher = turn.ask, turn.exchange, Exchange(turn.ask)
        reason: FallbackReason | None = None

        async def first(gate: Gate) -> None:
            nonlocal reason
            await self._ask_student(turn, hold, request, own_alarm(), gate)
            reason = self._reason(student, hold)
            teacher.fallback = reason or teacher.fallback  # should the teacher speak now

        async def second(gate: Gate) -> None:
            teacher.hedge(time.monotonic())
            await self._ask_teacher(turn, teacher, own_alarm(), gate)

        race = Race(first, second)
        try:
            await race.run(after, lambda: self._guard.enter(ask.route))
        finally:
            if race.both:
                self._guard.leave(ask.route)
                loser = student if race.speaker is second else teacher
                loser.client_gone, loser.given_up = turn.client.gone, True
                self._calls.count(loser)
                if loser is teacher:
                    student.calls += teacher.calls
            if race.speaker is second:
                teacher.stand_for(student)
                turn.exchange = teacher
        return reason if race.speaker is None else None

    # The teacher in its place

    async def _by_teacher(self, turn: _Turn, reason: FallbackReason) -> None:
        """Have the teacher answer; where it cannot, the student after all, or nobody."""
        exchange, spare = turn.exchange, turn.has_spare
        exchange.fall_back(reason)
        if not spare:
            turn.release()
        with self._guard.entered(turn.ask.route) as let_in:
            exchange.called = let_in
            if let_in:
                await self._ask_teacher(turn, exchange, turn.client.alarm, _is_answer if spare else None)
        if turn.client.answered:
            return
        if spare and turn.hold is not None:
            self._serve_after_all(turn, turn.hold)
        elif not let_in:
            self._turn_away(turn)

    async def _ask_teacher(self, turn: _Turn, exchange: Exchange, alarm: Alarm, gate: Gate | None) -> None:
        nth = sum(call.arm == _TEACHER for call in exchange.calls)  # a hedge may have failed before
        request = self._calls.to_teacher(turn.ask, keep_credentials=turn.keep_credentials, nth=nth)
        runs = Relay if gate is None else partial(Relay, gate=gate)
        await self._calls.run(exchange, turn.client, turn.ask.route.teacher, request, runs, alarm)

    def _serve_after_all(self, turn: _Turn, hold: Hold) -> None:
        """Serve what was withdrawn for want of certainty only: the teacher cannot be had."""
        exchange, client, passed = turn.exchange, turn.client, hold.passed()
        self._calls.count(exchange)
        exchange.take_back(hold.status, hold.headers)
        client.start(hold.status, students_headers(exchange, hold.status, hold.headers, len(passed)))
        exchange.body(passed, time.monotonic(), hold.raw())
        client.write(passed, more=False)

    def _turn_away(self, turn: _Turn) -> None:
        exchange, route = turn.exchange, turn.ask.route
        exchange.status, exchange.rejected = _SATURATED, True
        words = (
            f"The teacher of {route.name} is answering as many requests in the student's place as "
            f"fallback.teacher_concurrency allows, {route.fallback.teacher_concurrency}. Come again."
        )
        error = RequestError(_SATURATED, "teacher_saturated", words, headers=((b"retry-after", _COME_AGAIN),))
        send_error(turn.client, error, pair=turn.ask.pair, fallback=exchange.fallback)

    def _conclude(self, turn: _Turn) -> None:
        exchange, hold, name = turn.exchange, turn.hold, turn.ask.route.name
        if hold is not None and hold.spent is not None:
            self._tally.histogram(HELD, name).observe(hold.spent)
        if hold is not None and hold.confidence is not None:
            self._tally.histogram(CONFIDENCE, name, hold.terms.slice).observe(hold.confidence)
        if exchange.fallback is not None:
            self._tally.count(FALLBACKS, name, exchange.fallback)
        turn.release()
        self._calls.conclude(exchange)


def _is_answer(status: int) -> bool:
    """Whether a teacher's reply is one, and not that it cannot answer now."""
    return status != _OVERLOADED and status < _FIRST_SERVER_ERROR
