"""One route's shadow lane: which records are examined, and what they wait for.

Whom a sample asks decides its backlog. Those that ask the student are shed beyond the token budget, and pause while
the student's circuit is open or the student is busy with served traffic. Those that ask the teacher, audits, have a
smaller backlog and a circuit of their own: none of that holds them up, nor do they move it. So have those that ask
nobody, because both replies are there: a student that is unsure of everything crowds out no audit. All pause while the
store cannot take more. Every sample ends in exactly one counted outcome, and settles its record with the worker then.
It refuses to know what examining is: ``examination`` does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from proxy.config.settings import Mirror, Route, Upstream
from proxy.examiner.backlog import Backlog, Bounds, Conclude, Ended, Owner, Queued
from proxy.examiner.sampling import Outcome, Sample, settled_without_a_call
from proxy.examiner.served import student_failed
from proxy.examiner.status import MirrorHealth
from proxy.examiner.student_load import Load
from proxy.handover import Record
from proxy.telemetry.catalog import ATTEMPTS, PAIRS, SAMPLED, SHED
from proxy.telemetry.tally import Tally
from routing.allowance import Allowance
from routing.circuit import Circuit
from routing.observation import Arm

Examine = Callable[[Route, Sample, Conclude], Awaitable[Ended]]
Choose = Callable[[Route, Record], Sample | None]

SMALLER = 4
"""Audits have a quarter of the mirror's bounds, beside it: they are few, and the teacher serves others too. As much
have samples that ask nobody, which take no longer than comparing them does."""
ADOPTED_WITHIN = 5.0
"""Seconds in which every worker has a changed configuration: it looks at the file every two."""


class Lane:
    """The lane. All of it runs on one event loop."""

    def __init__(
        self,
        route: Route,
        choose: Choose,
        examine: Examine,
        store_ok: Callable[[], bool],
        tally: Tally,
        trace_of: Callable[[Record], str] = lambda _: "",
    ) -> None:
        """``trace_of`` names the trace of a request, "" where it has none."""
        self.route = route
        self.load = Load()
        self._choose = choose
        self._examine = examine
        self._store_ok = store_ok
        self._tally = tally
        self._trace_of = trace_of
        self._mirrored = Backlog(_bounds(route.mirror), self._owner(self._student_held_up, self._spend))
        smaller, nobodys = _bounds(route.mirror, SMALLER), self._owner(self._store_held_up, lambda _: None)
        self._audited, self._free = Backlog(smaller, nobodys), Backlog(smaller, nobodys)
        self._closing = False
        self._allowance = Allowance.full(route.mirror.tokens_per_hour, _now())
        self._changed = dict.fromkeys(Arm, 0.0)  # Unix seconds from when on its replies are the present model's

    @property
    def circuit(self) -> Circuit:
        """The student's."""
        return self._mirrored.circuit

    @property
    def circuits(self) -> Mapping[Arm, str]:
        """The state of each arm's circuit. The teacher's is about audits: callers are always let through to it."""
        return {Arm.STUDENT: self._mirrored.circuit_state, Arm.TEACHER: self._audited.circuit_state}

    def adopt(self, route: Route) -> None:
        """Go on with a changed configuration; what is queued stays, but for replies of an arm that is another now."""
        old, self.route = self.route, route
        if route.mirror.tokens_per_hour != old.mirror.tokens_per_hour:
            self._allowance = Allowance.full(route.mirror.tokens_per_hour, _now())
        if route.student != old.student:
            self.load, self._mirrored.circuit = Load(), Circuit()
        if route.teacher != old.teacher:
            self._audited.circuit = Circuit()
        if _model(route.student) != _model(old.student):
            self._replaced(Arm.STUDENT, self._audited, self._free)
        if _model(route.teacher) != _model(old.teacher):
            self._replaced(Arm.TEACHER, self._mirrored, self._free)
        self._mirrored.bounds = _bounds(route.mirror)
        self._audited.bounds = self._free.bounds = _bounds(route.mirror, SMALLER)
        self.pump()

    def offer(self, record: Record, settle: Callable[[], None]) -> None:
        """Take a record: choose it or not, and queue it if a call is worth making."""
        self._learn(record)
        chosen = self._choose(self.route, record)
        if chosen is None:
            settle()
            return
        self._tally.count(SAMPLED, self.route.name)
        item = Queued(chosen, settle, _now())
        outcome = settled_without_a_call(chosen) or self._outdated(chosen) or self._refused(chosen)
        if outcome is not None:
            self._conclude(item, outcome)
        else:
            self._backlog(chosen).add(item)

    def pump(self) -> None:
        """Start what may start now, and let go what waited too long."""
        for backlog in self._backlogs:
            backlog.pump()

    async def drain(self, patience: float) -> int:
        """Finish what is queued and under way within ``patience`` seconds; returns how many were cancelled."""
        self._closing = True
        return sum(await asyncio.gather(*(backlog.drain(patience) for backlog in self._backlogs)))

    @property
    def paused(self) -> str:
        """Why no call of the student starts now, or ""."""
        return self._mirrored.paused

    @property
    def health(self) -> MirrorHealth:
        """The lane's numbers, for the status and the gauges. The circuit is the student's."""
        name, backlogs = self.route.name, self._backlogs
        return MirrorHealth(
            sampled=int(self._tally.value(SAMPLED, name)),
            outcomes={str(o): int(self._tally.value(PAIRS, name, o)) for o in Outcome},
            queue_records=sum(backlog.waiting for backlog in backlogs),
            queue_bytes=sum(backlog.bytes for backlog in backlogs),
            inflight=sum(backlog.under_way for backlog in backlogs),
            circuit=self._mirrored.circuit_state,
            paused=self.paused,
            waiting=self.load.waiting,
            kv_cache=self.load.kv_cache,
            failures=self._failures(),
        )

    def _learn(self, record: Record) -> None:
        """A caller's request that went to the student counts as a call of the lane's own does."""
        failed = student_failed(record)
        if failed is not None:
            self._mirrored.circuit = self.circuit.heard(_now(), failed=failed)

    def _failures(self) -> dict[str, int]:
        """The student's failed calls, by how they failed."""
        mirrored = (self.route.name, Arm.STUDENT, "mirror")
        calls = ((labels, count) for (name, labels), count in self._tally.counters.items() if name == ATTEMPTS.name)
        found = {labels[3]: int(count) for labels, count in calls if labels[:3] == mirrored}
        return {how: found[how] for how in sorted(found) if how != "ok"}

    def _owner(self, held_up: Callable[[], str], ended: Callable[[Ended], None]) -> Owner:
        return Owner(
            lambda sample, conclude: self._examine(self.route, sample, conclude), self._conclude, held_up, ended
        )

    @property
    def _backlogs(self) -> tuple[Backlog, ...]:
        return self._mirrored, self._audited, self._free

    def _backlog(self, chosen: Sample) -> Backlog:
        if chosen.asks is None:
            return self._free
        return self._mirrored if chosen.asks is Arm.STUDENT else self._audited

    def _store_held_up(self) -> str:
        return "" if self._store_ok() else "store_unavailable"

    def _student_held_up(self) -> str:
        return "student_busy" if self._busy else self._store_held_up()

    @property
    def _busy(self) -> bool:
        mirror, load = self.route.mirror, self.load
        waiting = load.waiting is not None and load.waiting > mirror.max_waiting
        return waiting or (load.kv_cache is not None and load.kv_cache * 100 > mirror.max_kv_cache)

    def _spend(self, ended: Ended) -> None:
        self._allowance = self._allowance.spent(ended.tokens, _now())

    def _replaced(self, arm: Arm, *answered: Backlog) -> None:
        """An arm is another model now; those that were ``answered`` hold replies of the one that it was."""
        self._changed[arm] = time.time() + ADOPTED_WITHIN
        for backlog in answered:
            backlog.dismiss(Outcome.UNJUDGEABLE)

    def _outdated(self, chosen: Sample) -> Outcome | None:
        """A reply of a model that was replaced meanwhile is no evidence on the one that took its place."""
        there = (changed for arm, changed in self._changed.items() if arm is not chosen.asks)
        return Outcome.UNJUDGEABLE if chosen.record.started < max(there) else None

    def _refused(self, chosen: Sample) -> Outcome | None:
        """Shed, and counted by why, if the lane cannot take this sample."""
        if self._closing:
            return Outcome.CANCELLED
        spent = chosen.asks is Arm.STUDENT and self._allowance.left(_now()) <= 0
        reason = "tokens_per_hour" if spent else self._backlog(chosen).full(chosen) or self._store_held_up()
        if not reason:
            return None
        self._tally.count(SHED, self.route.name, reason)
        return Outcome.SHED

    def _conclude(self, item: Queued, outcome: Outcome) -> None:
        record = item.sample.record
        self._tally.count(PAIRS, self.route.name, outcome, pair=record.pair, trace=self._trace_of(record))
        item.settle()


def _bounds(mirror: Mirror, part: int = 1) -> Bounds:
    """The ``part``-th part of the mirror's bounds, and one sample at least."""
    at_once, records = max(1, mirror.concurrency // part), max(1, mirror.queue // part)
    return Bounds(at_once, records, mirror.queue_bytes // part, mirror.deadline)


def _model(upstream: Upstream) -> tuple[str, str | None]:
    return upstream.base_url, upstream.model


def _now() -> float:
    return asyncio.get_running_loop().time()
