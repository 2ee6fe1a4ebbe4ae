"""A lane on the bench: real bounds, circuits and accounts, and examinations that end as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from proxy.config.settings import Audit, Mirror, Route
from proxy.examiner.backlog import Conclude, Ended
from proxy.examiner.lane import Lane
from proxy.examiner.sampling import Outcome, Sample, sample
from proxy.telemetry.tally import Tally
from tests.proxy.examiner.records import MIRROR, declined, record, route

WELL = Ended(failed=False, tokens=10)
FELL_BACK: dict[str, Any] = {"reason": "within_weight", "fallback": "unsure"}
FREE = FELL_BACK | {"declined": declined()}
KINDS: list[dict[str, Any]] = [{}, {"arm": "student"}, FELL_BACK, FREE]
"""Records of each kind of sample; ``CHANGES`` is what else may be with one."""
CHANGES: list[dict[str, Any]] = [
    {},
    {"mirror": False},
    {"outcome": "client_gone"},
    {"outcome": "upstream_error"},
    {"request": b"[]"},
]


@dataclass
class Bench:
    """A lane whose examinations do what the test says, one gate for all of them."""

    mirror: Mirror = MIRROR
    ended: Ended = WELL
    audit_ended: Ended = WELL
    store_ok: bool = True
    tally: Tally = field(default_factory=Tally)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: int = 0
    most: int = 0
    settled: int = 0

    def __post_init__(self) -> None:
        self.gate.set()
        self.lane = Lane(route(self.mirror, audit=Audit(100)), sample, self.examine, lambda: self.store_ok, self.tally)

    async def examine(self, _route: Route, chosen: Sample, conclude: Conclude) -> Ended:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        if chosen.asks is None:
            conclude(Outcome.COMPARED)
            return Ended(None)
        ended = self.audit_ended if chosen.audited else self.ended
        failed = Outcome.TEACHER_FAILED if chosen.audited else Outcome.STUDENT_FAILED
        conclude(failed if ended.failed else Outcome.COMPARED)
        return ended

    def offer(self, count: int = 1, **changed: Any) -> None:
        for number in range(count):
            self.lane.offer(record(**({"pair": f"p{number}"} | changed)), self.settle)

    def settle(self) -> None:
        self.settled += 1

    def outcomes(self) -> dict[str, int]:
        return {o: n for o, n in self.lane.health.outcomes.items() if n}

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not condition():
                self.lane.pump()
                await asyncio.sleep(0.005)


def run(test: Callable[[], Awaitable[None]]) -> None:
    """Run a scenario."""

    async def main() -> None:
        await test()

    asyncio.run(main())
