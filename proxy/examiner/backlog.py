"""A bounded queue of samples, as many of them examined at once as its bounds allow, and a circuit for whom they ask.

What waits too long expires; nothing starts while the circuit is open or the owner holds it up. Every sample is
concluded exactly once. It refuses to know what examining is, and what a sample is for: its owner, ``lane``, has one
backlog for what asks the student and one for what asks the teacher, so that neither waits for the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from proxy.examiner.sampling import Outcome, Sample
from routing.circuit import Circuit, State

log = logging.getLogger("practicum.examiner")

Conclude = Callable[[Outcome], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """What an examination tells of the upstream it asked. ``failed`` is None if that was not heard to the end."""

    failed: bool | None
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many samples are examined at once, how many and how many bytes wait, and for how many seconds."""

    at_once: int
    records: int
    bytes: int
    deadline: float


@dataclass(frozen=True, slots=True)
class Queued:
    """A sample that waits. ``received`` is of the event loop's clock."""

    sample: Sample
    settle: Callable[[], None]
    received: float


@dataclass(frozen=True, slots=True)
class Owner:
    """What a backlog's owner does for it: examine, take outcomes, say why nothing may start, learn how it ended."""

    examine: Callable[[Sample, Conclude], Awaitable[Ended]]
    conclude: Callable[[Queued, Outcome], None]
    held_up: Callable[[], str]
    ended: Callable[[Ended], None]


class Backlog:
    """The queue and what is under way. All of it runs on one event loop."""

    def __init__(self, bounds: Bounds, owner: Owner) -> None:
        self.bounds = bounds
        self.circuit = Circuit()
        self._owner = owner
        self._queue: deque[Queued] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self.bytes = 0

    @property
    def waiting(self) -> int:
        """Samples that wait."""
        return len(self._queue)

    @property
    def under_way(self) -> int:
        """Samples that are being examined."""
        return len(self._tasks)

    @property
    def paused(self) -> str:
        """Why nothing starts now, or ""."""
        return self._owner.held_up() if self.circuit.allows(_now()) else "circuit_open"

    @property
    def circuit_state(self) -> str:
        """The circuit's state, half open as soon as it would let a probe through."""
        half_open = self.circuit.state is State.OPEN and self.circuit.allows(_now())
        return State.HALF_OPEN if half_open else self.circuit.state

    def full(self, sample: Sample) -> str:
        """Which bound one more sample would exceed, or ""."""
        if len(self._queue) >= self.bounds.records:
            return "queue"
        return "queue_bytes" if self.bytes + sample.size > self.bounds.bytes else ""

    def add(self, item: Queued) -> None:
        """Queue a sample, and start what may start."""
        self._queue.append(item)
        self.bytes += item.sample.size
        self.pump()

    def pump(self) -> None:
        """Start what may start now, and let go what waited too long."""
        self._expire()
        while self._queue and len(self._tasks) < self.bounds.at_once and not self.paused:
            item = self._take()
            self.circuit = self.circuit.started(_now())
            task = asyncio.get_running_loop().create_task(self._run(item))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def dismiss(self, outcome: Outcome) -> None:
        """Conclude everything that waits."""
        while self._queue:
            self._owner.conclude(self._take(), outcome)

    async def drain(self, patience: float) -> int:
        """Finish what waits and is under way within ``patience`` seconds; returns how many were cancelled."""
        until = _now() + patience
        while (self._queue or self._tasks) and _now() < until and not (self.paused and not self._tasks):
            self.pump()
            await asyncio.wait(self._tasks, timeout=0.05) if self._tasks else await asyncio.sleep(0.05)
        dropped = len(self._queue) + len(self._tasks)
        self.dismiss(Outcome.CANCELLED)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        return dropped

    def _expire(self) -> None:
        oldest = _now() - self.bounds.deadline
        while self._queue and self._queue[0].received < oldest:
            self._owner.conclude(self._take(), Outcome.EXPIRED)

    def _take(self) -> Queued:
        item = self._queue.popleft()
        self.bytes -= item.sample.size
        return item

    async def _run(self, item: Queued) -> None:
        concluded = False

        def conclude(outcome: Outcome) -> None:
            nonlocal concluded
            if not concluded:
                concluded = True
                self._owner.conclude(item, outcome)

        ended, began, deadline = Ended(None), _now(), self.bounds.deadline
        try:
            async with asyncio.timeout_at(item.received + deadline):
                ended = await self._owner.examine(item.sample, conclude)
        except TimeoutError:
            conclude(Outcome.EXPIRED)
            if _now() - began > deadline / 2:  # it was the upstream that took so long, not the queue
                ended = Ended(failed=True)
        except asyncio.CancelledError:
            conclude(Outcome.CANCELLED)
            raise
        except Exception:  # the rim of a shadow job: our own fault costs this sample, never the lane
            log.exception("pair %s could not be examined", item.sample.record.pair)
            conclude(Outcome.UNJUDGEABLE)
        finally:
            self._learn(ended)

    def _learn(self, ended: Ended) -> None:
        if ended.failed is None:
            self.circuit = self.circuit.given_up(_now())
        else:
            self.circuit = self.circuit.ended(_now(), failed=ended.failed)
        self._owner.ended(ended)
        # this task still counts as one under way: the next may start once it is gone
        asyncio.get_running_loop().call_soon(self.pump)


def _now() -> float:
    return asyncio.get_running_loop().time()
