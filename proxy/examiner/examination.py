"""One sample examined: ask the arm whose reply is missing (and, for the noise floor, the teacher again), compare, keep.

Of a mirrored sample that is the student, of an audited one the teacher, and of one that holds both replies nobody; the
teacher's is the reference of all. The comparison itself is ``routing``'s; this is where its values come from bytes and
go to the store. A sample is compared only once it is durable, so a pair that was counted can be found.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from proxy.config.settings import Route, Tracing
from proxy.examiner.backlog import Conclude, Ended
from proxy.examiner.confidence_unit import unit_of
from proxy.examiner.judging import Against, Contest, Judged, Judges
from proxy.examiner.manners import Manners
from proxy.examiner.mirror_call import Call, Caller, Heard, count_tokens
from proxy.examiner.own_behaviors import table_of
from proxy.examiner.sampling import Outcome, Sample
from proxy.examiner.tracing.shadow import Examined
from proxy.examiner.tracing.traces import Traces
from proxy.examiner.tracing.trail import Trail
from proxy.handover import Record
from proxy.store.entry import Compared
from proxy.store.pair import Pair, Reply
from proxy.store.writer import Writer
from proxy.telemetry.catalog import DIVERGENCES, SHED, TRIALS
from proxy.telemetry.tally import Tally
from proxy.wire.content import decompress
from proxy.wire.errors import WireError
from proxy.wire.mirror_request import for_student, with_model
from proxy.wire.replies import observe
from proxy.wire.schemas import check_schema
from proxy.wire.usage import usage_of
from routing.behaviors.label import Label
from routing.divergence import Comparison, compare
from routing.observation import Arm, Failure, Observation, Timing
from routing.style import StyleDrift
from routing.traits import Traits

log = logging.getLogger("practicum.examiner")

_OVERLOADED = 429
_SERVER_ERROR = 500
EpochOf = Callable[[Route], str]
"""What a route's evidence is about, at this moment."""

_NOT_THE_UPSTREAMS = frozenset((Failure.HTTP_ERROR, Failure.TOO_LARGE, Failure.INVALID, Failure.EMPTY))


@dataclass(frozen=True, slots=True)
class Side:
    """One reply: its bytes, decompressed, and what they mean."""

    body: bytes
    content_type: str
    seen: Observation


class Examination:
    """Examines samples of all routes. ``judges`` has the pairs that wait for one; close it before the writer."""

    def __init__(
        self,
        caller: Caller,
        writer: Writer,
        tally: Tally,
        epoch_of: EpochOf = lambda _: "",
        traces: Traces | None = None,
    ) -> None:
        self.judges = Judges(caller, tally)
        self._manners = Manners()
        self._caller = caller
        self._writer = writer
        self._tally = tally
        self._epoch_of = epoch_of
        self._traces = traces or Traces(Tracing(), {}, tally)

    async def examine(self, route: Route, sample: Sample, conclude: Conclude) -> Ended:
        """Examine one sample; ``conclude`` is called with its outcome, now or once it is stored."""
        traits, most, epoch = sample.traits, route.mirror.max_reply, self._epoch_of(route)
        trail = self._traces.trail(sample.record)
        if traits is None:
            conclude(Outcome.UNJUDGEABLE)
            return Ended(None)
        if (declined := _declined(sample, traits, most)) is not None:
            sides = Sides(traits, _served(sample, traits, most), declined, None, epoch, trail)
            self._judge(route, sample, sides, conclude)
            return Ended(None)
        ask = _asked(route, sample)
        if ask is None:
            conclude(Outcome.UNJUDGEABLE)
            return Ended(None)
        again = _noise_call(route, sample) if sample.noise else None
        try:
            heard, noise_heard = await self._hear(trail, ask, again)
        except asyncio.CancelledError:  # it took too long, or this is the end: what was asked was asked
            self._traces.examined(sample.record, route, _given_up(sample, trail))
            raise
        served, asked = _served(sample, traits, most), _side(traits, Arm(ask.arm), heard, most)
        noise = _side(traits, Arm.TEACHER, noise_heard, most) if noise_heard else None
        self._count_tokens(ask, asked, noise)
        teacher, student = (asked, served) if sample.audited else (served, asked)
        self._judge(route, sample, Sides(traits, teacher, student, noise, epoch, trail), conclude)
        usage = asked.seen.usage
        return Ended(_is_ill(asked.seen), usage.prompt + usage.completion if usage else 0)

    async def _hear(self, trail: Trail, ask: Call, again: Call | None) -> tuple[Heard, Heard | None]:
        if again is None:
            return await trail.follow(self._caller, ask), None
        async with asyncio.TaskGroup() as calls:
            student, noise = (calls.create_task(trail.follow(self._caller, call)) for call in (ask, again))
        return student.result(), noise.result()

    def _judge(self, route: Route, sample: Sample, sides: Sides, conclude: Conclude) -> None:
        if sides.teacher.seen.failure is not None:
            conclude(Outcome.TEACHER_FAILED)
            self._trace(route, sample, sides, Outcome.TEACHER_FAILED)
            return

        def keep(judged: Judged) -> None:
            try:
                self._keep(route, sample, sides, judged, conclude)
            except Exception:  # a rim: judges may have answered long after the lane's own
                log.exception("pair %s could not be compared", sample.record.pair)
                conclude(Outcome.UNJUDGEABLE)
                self._trace(route, sample, sides, Outcome.UNJUDGEABLE)

        # What is only for people to see is not worth a judge's time, which others wait for.
        contests = sides.contests if sample.evidence or sample.calibrates else []
        self.judges.ask(route, sides.trail, contests, sample.size + sides.size, keep)

    def _keep(self, route: Route, sample: Sample, sides: Sides, judged: Judged, conclude: Conclude) -> None:
        found = _compared(route, sides.contest(Against.STUDENT), judged)
        self_found = _compared(route, sides.contest(Against.NOISE), judged)
        pair = _pair(sample, sides, found, self_found)
        outcome = Outcome.COMPARED if found else Outcome.STUDENT_FAILED
        evidence = found if sample.evidence else None
        style = self._style(route, sample, sides) if evidence else StyleDrift()
        unit = unit_of(route, sample, sides.student.seen, found) if found else None

        def settled(durable: bool) -> None:
            if not durable:
                self._tally.count(SHED, route.name, "not_stored")
            conclude(outcome if durable else Outcome.SHED)
            trace = self._trace(route, sample, sides, outcome if durable else Outcome.SHED, found)
            if durable and evidence:
                self._count(route, sample, evidence, trace)

        compared = Compared(pair, route.privacy, sample.record.store, style, counts=evidence is not None, unit=unit)
        if not self._writer.put(compared, settled):
            self._tally.count(SHED, route.name, "store_full")
            conclude(Outcome.SHED)
            self._trace(route, sample, sides, Outcome.SHED, found)

    def _style(self, route: Route, sample: Sample, sides: Sides) -> StyleDrift:
        return self._manners.added(route.name, sample.slice, sides.teacher.seen, sides.student.seen)

    def _count(self, route: Route, sample: Sample, found: Comparison, trace: str) -> None:
        for trial in found.trials:
            labels = (route.name, sample.slice, trial.behavior, trial.direction)
            self._tally.count(TRIALS, *labels)
            if trial.diverged:
                self._tally.count(DIVERGENCES, *labels, pair=sample.record.pair, trace=trace)

    def _trace(
        self, route: Route, sample: Sample, sides: Sides, outcome: Outcome, found: Comparison | None = None
    ) -> str:
        trials, calls = found.trials if found else (), tuple(sides.trail.calls)
        examined = Examined(sample.slice, outcome, calls, trials, time.time(), sides.seen)
        return self._traces.examined(sample.record, route, examined)

    def _count_tokens(self, ask: Call, asked: Side, noise: Side | None) -> None:
        count_tokens(self._tally, ask.route, ask.arm, ask.purpose, asked.seen.usage)
        if noise is not None:
            count_tokens(self._tally, ask.route, Arm.TEACHER, "noise", noise.seen.usage)


@dataclass(frozen=True, slots=True)
class Sides:
    """The replies to one request, of the models of one epoch; ``trail`` has the calls that are made for them."""

    traits: Traits
    teacher: Side
    student: Side
    noise: Side | None
    epoch: str
    trail: Trail

    def contest(self, against: Against) -> Contest | None:
        """The teacher's reply and the student's, or the teacher's second; None where there is no such reply."""
        other = self.student if against is Against.STUDENT else self.noise
        if other is None or other.seen.failure is not None:
            return None
        return Contest(against, self.traits, self.teacher.seen, other.seen)

    @property
    def contests(self) -> list[Contest]:
        """What there is to compare."""
        return [contest for against in Against if (contest := self.contest(against))]

    @property
    def seen(self) -> dict[str, Observation]:
        """Each reply, by the purpose of the call that it may have come of."""
        again = {} if self.noise is None else {"noise": self.noise.seen}
        return {"mirror": self.student.seen, "audit": self.teacher.seen, **again}

    @property
    def size(self) -> int:
        """Bytes it holds."""
        return sum(len(side.body) for side in (self.teacher, self.student, self.noise) if side)


def _compared(route: Route, contest: Contest | None, judged: Judged) -> Comparison | None:
    if contest is None:
        return None
    table = table_of(route.behaviors, judged.get(contest.against, {}))
    return compare(contest.traits, contest.teacher, contest.other, check_schema, table)


def _given_up(sample: Sample, trail: Trail) -> Examined:
    return Examined(sample.slice, Outcome.CANCELLED, tuple(trail.calls), (), time.time())


def count_served_tokens(tally: Tally, record: Record, most: int) -> None:
    """Count what the caller's reply cost, and one that was turned down for it, whether or not it was sampled."""
    purpose = "fallback" if record.fallback and record.arm == Arm.TEACHER else "serve"
    replies = [(record.arm, purpose, record.reply, record.encoding)]
    if (declined := record.declined) is not None:
        replies.append((Arm.STUDENT, "declined", declined.reply, declined.encoding))
    for arm, purpose, body, encoding in replies:
        read = decompress(body, encoding, most).body if encoding else body
        count_tokens(tally, record.route, arm, purpose, usage_of(read))


def _asked(route: Route, sample: Sample) -> Call | None:
    """The call of the arm that did not serve; None if this request means nothing to another upstream."""
    try:
        return _audit_call(route, sample, "audit") if sample.audited else _student_call(route, sample)
    except WireError:
        return None


def _student_call(route: Route, sample: Sample) -> Call:
    body = for_student(sample.endpoint, sample.record.request, route.student.model, route.mirror.priority)
    return _call(route, sample, Arm.STUDENT, "mirror", body)


def _noise_call(route: Route, sample: Sample) -> Call:
    if sample.audited:
        return _audit_call(route, sample, "noise")  # word for word, or the teacher would not be asked the same twice
    body = sample.record.request
    if route.teacher.model is not None:
        body = with_model(body, route.teacher.model)
    return _call(route, sample, Arm.TEACHER, "noise", body)


def _audit_call(route: Route, sample: Sample, purpose: str) -> Call:
    """The teacher asked what the student answered: as itself, but for what an upstream would keep of it."""
    body = for_student(sample.endpoint, sample.record.request, route.teacher.model, logprobs=False)
    return _call(route, sample, Arm.TEACHER, purpose, body)


def _call(route: Route, sample: Sample, arm: Arm, purpose: str, body: bytes) -> Call:
    return Call(
        target=route.student if arm is Arm.STUDENT else route.teacher,
        route=route.name,
        arm=arm,
        purpose=purpose,
        endpoint=sample.endpoint,
        path=_path(sample, arm),
        body=body,
        stream=sample.traits is not None and sample.traits.stream,
        pair=sample.record.pair,
        most=route.mirror.max_reply,
        priority=route.mirror.priority if arm is Arm.STUDENT else None,
    )


def _path(sample: Sample, arm: Arm) -> str:
    """Of the query, in which callers may keep keys, a student gets nothing."""
    path = sample.record.path
    return path if arm is Arm.TEACHER else path.partition("?")[0]


def _served(sample: Sample, traits: Traits, most: int) -> Side:
    """The side of the arm that served, from the record.

    A student that was stopped because it repeated itself failed its caller, and has said enough to be compared: all of
    it, as if a limit had cut it, or a loop that was stopped would count for less than one that went on.
    """
    record = sample.record
    stopped = record.failure == Failure.DEGENERATE
    failure = Failure(record.failure) if record.failure and not stopped else None
    timing = Timing(record.first_token, record.total)
    heard = Heard(record.status, record.content_type, record.encoding, record.reply, failure, timing)
    side = _side(traits, Arm(record.arm), heard, most)
    return replace(side, seen=replace(side.seen, failure=None, finish_reason="length")) if stopped else side


def _declined(sample: Sample, traits: Traits, most: int) -> Side | None:
    """The student's side of a sample that has both."""
    reply = sample.record.declined
    if sample.asks is not None or reply is None:
        return None
    timing = Timing(reply.first_token, reply.total)
    heard = Heard(reply.status, reply.content_type, reply.encoding, reply.reply, None, timing)
    return _side(traits, Arm.STUDENT, heard, most)


def _side(traits: Traits, arm: Arm, heard: Heard, most: int) -> Side:
    content = decompress(heard.body, heard.encoding, most)
    failure = heard.failure or content.failure
    seen = observe(
        traits.endpoint, arm, heard.status, heard.content_type, content.body, traits.stream, failure, heard.timing
    )
    return Side(content.body, heard.content_type, seen)


def _is_ill(seen: Observation) -> bool:
    """Whether a reply says that its upstream is down or overloaded, rather than that this request was no good."""
    if seen.failure is None:
        return False
    overloaded = seen.status == _OVERLOADED or seen.status >= _SERVER_ERROR
    return overloaded or seen.failure not in _NOT_THE_UPSTREAMS


def _pair(sample: Sample, sides: Sides, found: Comparison | None, self_found: Comparison | None) -> Pair:
    record = sample.record
    return Pair(
        id=record.pair,
        route=record.route,
        endpoint=record.endpoint,
        slice=sample.slice,
        started=record.started,
        conversation=sample.conversation,
        request=record.request,
        teacher=_reply(sides.teacher, found.teacher if found else ()),
        student=_reply(sides.student, found.student if found else ()),
        trials=found.trials if found else (),
        noise=_reply(sides.noise, self_found.student if self_found else ()) if sides.noise else None,
        noise_trials=self_found.trials if self_found else (),
        traceparent=record.traceparent,
        epoch=sides.epoch,
        served=record.arm,
        fallback=record.fallback,
    )


def _reply(side: Side, labels: tuple[Label, ...]) -> Reply:
    seen = side.seen
    return Reply(
        status=seen.status,
        failure=seen.failure or "",
        content_type=side.content_type,
        body=side.body,
        text=seen.text,
        finish_reason=seen.finish_reason,
        first_token=seen.timing.first_token,
        total=seen.timing.total,
        prompt_tokens=seen.usage.prompt if seen.usage else None,
        completion_tokens=seen.usage.completion if seen.usage else None,
        labels=labels,
    )
