"""One route's shadow lane: a bounded queue of samples, and as many calls at once as the route allows.

The lane sheds what exceeds its bounds, lets what waited too long expire, and pauses while the student's circuit is
open, the student is busy with served traffic, or the store cannot take more. Every sample ends in exactly one counted
outcome, and settles its record with the worker then. It refuses to know what examining is: ``examination`` does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from proxy.config.settings import Route
from proxy.examiner.sampling import Outcome, Sample, settled_without_a_call
from proxy.examiner.status import MirrorHealth
from proxy.examiner.student_load import Load
from proxy.handover import Record
from proxy.telemetry.catalog import ATTEMPTS, PAIRS, SAMPLED, SHED
from proxy.telemetry.tally import Tally
from routing.allowance import Allowance
from routing.circuit import Circuit, State
from routing.observation import Arm

log = logging.getLogger("practicum.examiner")

Conclude = Callable[[Outcome], None]
Examine = Callable[[Route, Sample, Conclude], Awaitable["Ended"]]
Choose = Callable[[Route, Record], Sample | None]


@dataclass(frozen=True, slots=True)
class Ended:
    """What an examination tells its lane. ``student_failed`` is None if the student was not heard to the end."""

    student_failed: bool | None
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class _Queued:
    sample: Sample
    settle: Callable[[], None]
    received: float


class Lane:
    """The lane. All of it runs on one event loop."""

    def __init__(
        self, route: Route, choose: Choose, examine: Examine, store_ok: Callable[[], bool], tally: Tally
    ) -> None:
        self.route = route
        self.circuit = Circuit()
        self.load = Load()
        self._choose = choose
        self._examine = examine
        self._store_ok = store_ok
        self._tally = tally
        self._queue: deque[_Queued] = deque()
        self._queue_bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._allowance = Allowance.full(route.mirror.tokens_per_hour, self._now())

    def adopt(self, route: Route) -> None:
        """Go on with a changed configuration; what is queued stays."""
        if route.mirror.tokens_per_hour != self.route.mirror.tokens_per_hour:
            self._allowance = Allowance.full(route.mirror.tokens_per_hour, self._now())
        if route.student != self.route.student:
            self.circuit, self.load = Circuit(), Load()
        self.route = route
        self.pump()

    def offer(self, record: Record, settle: Callable[[], None]) -> None:
        """Take a record: choose it or not, and queue it if a call is worth making."""
        chosen = self._choose(self.route, record)
        if chosen is None:
            settle()
            return
        self._tally.count(SAMPLED, self.route.name)
        item = _Queued(chosen, settle, self._now())
        outcome = settled_without_a_call(chosen) or self._refused(chosen)
        if outcome is not None:
            self._conclude(item, outcome)
            return
        self._queue.append(item)
        self._queue_bytes += chosen.size
        self.pump()

    def pump(self) -> None:
        """Start what may start now, and let go what waited too long."""
        self._expire()
        while self._queue and len(self._tasks) < self.route.mirror.concurrency and not self.paused:
            item = self._take()
            self.circuit = self.circuit.started(self._now())
            task = asyncio.get_running_loop().create_task(self._run(item))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    @property
    def paused(self) -> str:
        """Why no call starts now, or ""."""
        if not self.circuit.allows(self._now()):
            return "circuit_open"
        if self._busy:
            return "student_busy"
        return "" if self._store_ok() else "store_unavailable"

    @property
    def health(self) -> MirrorHealth:
        """The lane's numbers, for the status and the gauges."""
        name = self.route.name
        outcomes = {str(o): int(self._tally.value(PAIRS, name, o)) for o in Outcome}
        return MirrorHealth(
            sampled=int(self._tally.value(SAMPLED, name)),
            outcomes=outcomes,
            queue_records=len(self._queue),
            queue_bytes=self._queue_bytes,
            inflight=len(self._tasks),
            circuit=self._circuit_state,
            paused=self.paused,
            waiting=self.load.waiting,
            kv_cache=self.load.kv_cache,
            failures=self._failures(),
        )

    def _failures(self) -> dict[str, int]:
        """The student's failed calls, by how they failed."""
        mirrored = (self.route.name, Arm.STUDENT, "mirror")
        calls = ((labels, count) for (name, labels), count in self._tally.counters.items() if name == ATTEMPTS.name)
        found = {labels[3]: int(count) for labels, count in calls if labels[:3] == mirrored}
        return {how: found[how] for how in sorted(found) if how != "ok"}

    async def drain(self, patience: float) -> int:
        """Finish what is queued and under way within ``patience`` seconds; returns how many were cancelled."""
        self._closing = True
        until = self._now() + patience
        while (self._queue or self._tasks) and self._now() < until and not (self.paused and not self._tasks):
            self.pump()
            await asyncio.wait(self._tasks, timeout=0.05) if self._tasks else await asyncio.sleep(0.05)
        dropped = len(self._queue) + len(self._tasks)
        while self._queue:
            self._conclude(self._take(), Outcome.CANCELLED)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return dropped

    @property
    def _busy(self) -> bool:
        mirror, load = self.route.mirror, self.load
        waiting = load.waiting is not None and load.waiting > mirror.max_waiting
        return waiting or (load.kv_cache is not None and load.kv_cache * 100 > mirror.max_kv_cache)

    @property
    def _circuit_state(self) -> str:
        half_open = self.circuit.state is State.OPEN and self.circuit.allows(self._now())
        return State.HALF_OPEN if half_open else self.circuit.state

    def _refused(self, chosen: Sample) -> Outcome | None:
        """Shed, and counted by why, if the lane cannot take this sample."""
        if self._closing:
            return Outcome.CANCELLED
        mirror = self.route.mirror
        reason = ""
        if self._allowance.left(self._now()) <= 0:
            reason = "tokens_per_hour"
        elif len(self._queue) >= mirror.queue:
            reason = "queue"
        elif self._queue_bytes + chosen.size > mirror.queue_bytes:
            reason = "queue_bytes"
        elif not self._store_ok():
            reason = "store_unavailable"
        if not reason:
            return None
        self._tally.count(SHED, self.route.name, reason)
        return Outcome.SHED

    def _expire(self) -> None:
        oldest = self._now() - self.route.mirror.deadline
        while self._queue and self._queue[0].received < oldest:
            self._conclude(self._take(), Outcome.EXPIRED)

    def _take(self) -> _Queued:
        item = self._queue.popleft()
        self._queue_bytes -= item.sample.size
        return item

    async def _run(self, item: _Queued) -> None:
        concluded = False

        def conclude(outcome: Outcome) -> None:
            nonlocal concluded
            if not concluded:
                concluded = True
                self._conclude(item, outcome)

        ended, began, deadline = Ended(None), self._now(), self.route.mirror.deadline
        try:
            async with asyncio.timeout_at(item.received + deadline):
                ended = await self._examine(self.route, item.sample, conclude)
        except TimeoutError:
            conclude(Outcome.EXPIRED)
            if self._now() - began > deadline / 2:  # it was the student that took so long, not the queue
                ended = Ended(student_failed=True)
        except asyncio.CancelledError:
            conclude(Outcome.CANCELLED)
            raise
        except Exception:  # the rim of a shadow job: our own fault costs this sample, never the lane
            log.exception("pair %s could not be examined", item.sample.record.pair)
            conclude(Outcome.UNJUDGEABLE)
        finally:
            self._learn(ended)

    def _learn(self, ended: Ended) -> None:
        now = self._now()
        self._allowance = self._allowance.spent(ended.tokens, now)
        if ended.student_failed is None:
            self.circuit = self.circuit.given_up()
        else:
            self.circuit = self.circuit.ended(now, failed=ended.student_failed)
        # this task still counts as one under way: the next may start once it is gone
        asyncio.get_running_loop().call_soon(self.pump)

    def _conclude(self, item: _Queued, outcome: Outcome) -> None:
        self._tally.count(PAIRS, self.route.name, outcome, pair=item.sample.record.pair)
        item.settle()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
