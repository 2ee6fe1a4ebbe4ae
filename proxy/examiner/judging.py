"""Judges: third models that are asked whether replies show an operator's own behaviors.

A judge is slow, costs money and fails, so it is kept away from everything else. The lane does not wait for it: a pair
that needs a judge is handed over here, and handed on to be stored when the judge has answered. At most ``concurrency``
questions per judge are under way, at most ``budget_per_hour`` are asked in any hour, and only so many pairs wait. A
question without an answer (the budget is spent, the call fails, the answer does not fit the schema) is counted by why,
and leaves a label that says so: unjudged, which is no trial. Which reply is shown first hangs on a hash of the pair, so
that a preference for the first evens out, and repeats. Its counterpart on the wire is ``wire.judgment``.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from proxy.config import settings
from proxy.config.own import Judge
from proxy.config.settings import Route
from proxy.examiner.mirror_call import Call, Caller, Heard, count_tokens
from proxy.examiner.status import Judging
from proxy.examiner.tracing.trail import Trail
from proxy.telemetry.catalog import JUDGMENTS
from proxy.telemetry.tally import Tally
from proxy.wire.judgment import Judgment, NoJudgmentError, judgment_of, question
from proxy.wire.usage import usage_of
from routing.allowance import HOUR
from routing.behaviors.case import Detector, absent, not_applicable, present
from routing.behaviors.label import Label
from routing.behaviors.table import Row
from routing.observation import Observation
from routing.traits import Endpoint, Traits

log = logging.getLogger("practicum.examiner")

MOST_WAITING = 200  # pairs
MOST_WAITING_BYTES = 64 * 1024 * 1024
_MOST = 256 * 1024  # bytes of a judge's reply
_CONNECT = 5.0  # seconds
_ERROR_STATUS = 400
_OK = "ok"


class Against(StrEnum):
    """Whose reply is held against the teacher's."""

    STUDENT = "student"
    NOISE = "noise"  # the teacher's own, asked again


@dataclass(frozen=True, slots=True)
class Contest:
    """Two replies to one request."""

    against: Against
    traits: Traits
    teacher: Observation
    other: Observation


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Why a question has no answer; a value of the metric's ``outcome``."""

    reason: str


@dataclass(frozen=True, slots=True)
class _Question:
    route: str
    trail: Trail
    behavior: str
    judge: Judge
    contest: Contest

    @property
    def swapped(self) -> bool:
        """Whether the teacher's reply is shown second."""
        asked = f"judge:{self.trail.pair}:{self.behavior}:{self.contest.against}"
        return bool(hashlib.sha256(asked.encode()).digest()[0] & 1)


@dataclass(frozen=True, slots=True)
class _Waiting:
    route: str
    size: int


Judged = Mapping[Against, Mapping[str, Row]]
"""By whose reply it is, and by behavior: the rows that hold what a judge said, or why it said nothing."""


class Judges:
    """The judges of all routes. All of it runs on one event loop."""

    def __init__(self, caller: Caller, tally: Tally, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives the seconds by which the budgets' hours pass."""
        self._caller = caller
        self._tally = tally
        self._clock = clock
        self._benches: dict[tuple[str, str], _Bench] = {}
        self._waiting: dict[asyncio.Task[None], _Waiting] = {}
        self._closing = False

    def ask(
        self, route: Route, trail: Trail, contests: Sequence[Contest], size: int, then: Callable[[Judged], None]
    ) -> None:
        """Have ``contests`` judged as the route wants, and call ``then`` once: now, where there is nothing to wait for.

        ``trail`` is that of the pair's calls; ``size`` is what the pair holds in memory, in bytes.
        """
        questions = list(_questions(route, trail, contests))
        held = sum(waiting.size for waiting in self._waiting.values())
        if not questions:
            then({})
        elif self._closing or len(self._waiting) >= MOST_WAITING or (held and held + size > MOST_WAITING_BYTES):
            then(_judged((q, self._noted(q, Unjudged("cancelled" if self._closing else "busy"))) for q in questions))
        else:
            task = asyncio.get_running_loop().create_task(self._settle(questions, then))
            self._waiting[task] = _Waiting(route.name, size)
            task.add_done_callback(self._waiting.pop)

    def waiting(self, route: str) -> Judging:
        """What of a route's waits for an answer."""
        sizes = [waiting.size for waiting in self._waiting.values() if waiting.route == route]
        return Judging(len(sizes), sum(sizes))

    async def close(self) -> None:
        """Ask nothing more; what waits for an answer is handed on unjudged."""
        self._closing = True
        await asyncio.sleep(0)  # a task that is cancelled before it began hands nothing on
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)

    async def _settle(self, questions: Sequence[_Question], then: Callable[[Judged], None]) -> None:
        asking = [asyncio.create_task(self._answer(q)) for q in questions]
        try:
            await asyncio.wait(asking)
        except asyncio.CancelledError:  # by close: the pair is worth keeping without an answer
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
        answers = [Unjudged("cancelled") if task.cancelled() else task.result() for task in asking]
        then(_judged((q, self._noted(q, answer)) for q, answer in zip(questions, answers, strict=True)))

    def _noted(self, q: _Question, answer: Judgment | Unjudged) -> Judgment | Unjudged:
        outcome = answer.reason if isinstance(answer, Unjudged) else _OK
        self._tally.count(JUDGMENTS, q.route, q.behavior, outcome)
        return answer

    async def _answer(self, q: _Question) -> Judgment | Unjudged:
        try:
            return await self._bench(q).turn(lambda: self._call(q))
        except Exception:  # a rim: our own fault costs this answer, never the pair
            log.exception("pair %s could not be judged for %s", q.trail.pair, q.behavior)
            return Unjudged("error")

    def _bench(self, q: _Question) -> _Bench:
        """What the judge has left; a budget that is spent stays so when other settings of the judge change."""
        key = q.route, q.behavior
        known = self._benches.get(key)
        if known is None or known.judge != q.judge:
            self._benches[key] = _Bench(q.judge, known.asked if known else deque(), self._clock)
        return self._benches[key]

    async def _call(self, q: _Question) -> Judgment | Unjudged:
        heard = await q.trail.follow(self._caller, _as_call(q))
        count_tokens(self._tally, q.route, "judge", "judge", usage_of(heard.body))
        return _read(heard)


class _Bench:
    """One judge's turns, and when it was asked in the last hour."""

    def __init__(self, judge: Judge, asked: deque[float], clock: Callable[[], float]) -> None:
        self.judge = judge
        self.asked = asked
        self._clock = clock
        self._turns = asyncio.Semaphore(judge.concurrency)

    async def turn(self, call: Callable[[], Awaitable[Judgment | Unjudged]]) -> Judgment | Unjudged:
        """Make a call when it is its turn, if the budget allows it then."""
        if self._spent():
            return Unjudged("budget")
        try:
            async with asyncio.timeout(self.judge.timeout):
                await self._turns.acquire()
        except TimeoutError:
            return Unjudged("busy")
        try:
            if self._spent():  # by those that had their turn before
                return Unjudged("budget")
            self.asked.append(self._clock())
            return await call()
        finally:
            self._turns.release()

    def _spent(self) -> bool:
        while self.asked and self.asked[0] <= self._clock() - HOUR:
            self.asked.popleft()
        return len(self.asked) >= self.judge.budget_per_hour


def target(judge: Judge) -> settings.Upstream:
    """The judge's server, as the pools know it."""
    return settings.Upstream(
        judge.base_url,
        judge.model,
        judge.api_key_env,
        connect_timeout=min(judge.timeout, _CONNECT),
        total_timeout=judge.timeout,
        max_connections=judge.concurrency,
    )


def targets(routes: Iterable[Route]) -> set[settings.Upstream]:
    """The servers of all judges of these routes."""
    return {target(own.judge) for route in routes for own in route.behaviors if own.judge is not None}


def _questions(route: Route, trail: Trail, contests: Iterable[Contest]) -> Iterator[_Question]:
    for contest in contests:
        for own in route.behaviors:
            if own.judge is not None:
                yield _Question(route.name, trail, own.name, own.judge, contest)


def _as_call(q: _Question) -> Call:
    contest = q.contest
    a, b = (contest.other, contest.teacher) if q.swapped else (contest.teacher, contest.other)
    return Call(
        target=target(q.judge),
        route=q.route,
        arm="judge",
        purpose="judge",
        endpoint=Endpoint.CHAT,
        path="/chat/completions",
        body=question(q.judge.model, q.judge.prompt, contest.traits, a, b),
        stream=False,
        pair=q.trail.pair,
        most=_MOST,
    )


def _read(heard: Heard) -> Judgment | Unjudged:
    if heard.failure is not None:
        return Unjudged(heard.failure)
    if heard.status >= _ERROR_STATUS:
        return Unjudged("http_error")
    try:
        return judgment_of(heard.body)
    except NoJudgmentError:
        return Unjudged("invalid")


def _judged(answers: Iterable[tuple[_Question, Judgment | Unjudged]]) -> Judged:
    rows: dict[Against, dict[str, Row]] = {}
    for q, answer in answers:
        rows.setdefault(q.contest.against, {})[q.behavior] = Row(q.behavior, _detector(q, answer))
    return rows


def _detector(q: _Question, answer: Judgment | Unjudged) -> Detector:
    """What the judge said of the two replies, as the table asks for it: a reply at a time."""
    if isinstance(answer, Unjudged):
        why = f"unjudged: {answer.reason}"
        return lambda _: not_applicable(q.behavior, why)
    first, second = _said(q.behavior, answer.a, answer.reason_a), _said(q.behavior, answer.b, answer.reason_b)
    teacher, other = (second, first) if q.swapped else (first, second)
    return lambda case: teacher if case.reply is q.contest.teacher else other


def _said(behavior: str, shown: bool, reason: str) -> Label:
    rule = f"judge: {reason}"
    return present(behavior, rule) if shown else absent(behavior, rule)
