"""The shadow lane's bounds, and its promise that every sample ends in exactly one outcome."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.config.settings import Mirror, Route
from proxy.examiner.lane import Conclude, Ended, Lane
from proxy.examiner.sampling import Outcome, Sample, sample
from proxy.examiner.student_load import Load
from proxy.telemetry.catalog import ATTEMPTS, PAIRS, SAMPLED, SHED
from proxy.telemetry.tally import Tally
from routing.circuit import THRESHOLD, State
from tests.proxy.examiner.records import MIRROR, chat, record, route

WELL = Ended(student_failed=False, tokens=10)


@dataclass
class Bench:
    """A lane whose examinations do what the test says, one gate for all of them."""

    mirror: Mirror = MIRROR
    ended: Ended = WELL
    store_ok: bool = True
    tally: Tally = field(default_factory=Tally)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: int = 0
    most: int = 0
    settled: int = 0

    def __post_init__(self) -> None:
        self.gate.set()
        self.lane = Lane(route(self.mirror), sample, self.examine, lambda: self.store_ok, self.tally)

    async def examine(self, _route: Route, _sample: Sample, conclude: Conclude) -> Ended:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await self.gate.wait()
        finally:
            self.running -= 1
        conclude(Outcome.STUDENT_FAILED if self.ended.student_failed else Outcome.COMPARED)
        return self.ended

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
    async def main() -> None:
        await test()

    asyncio.run(main())


def test_no_more_than_the_concurrency_runs_at_once() -> None:
    """The student serves others too."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=3))
        bench.gate.clear()
        bench.offer(10)
        await bench.until(lambda: bench.running == 3)
        assert bench.lane.health.queue_records == 7
        bench.gate.set()
        await bench.until(lambda: bench.settled == 10)
        assert bench.most == 3
        assert bench.outcomes() == {"compared": 10}

    run(scenario)


def test_a_full_queue_sheds_and_says_why() -> None:
    """Unbounded shadow work is how a mirror takes production down."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, queue=2))
        bench.gate.clear()
        bench.offer(5)
        assert bench.outcomes() == {"shed": 2}
        assert bench.tally.value(SHED, "support", "queue") == 2
        bench.gate.set()
        await bench.until(lambda: bench.settled == 5)
        assert bench.outcomes() == {"compared": 3, "shed": 2}

    run(scenario)


def test_the_queue_is_bounded_by_bytes_as_well() -> None:
    """A thousand small requests are nothing, a thousand of a megabyte are the machine."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, queue_bytes=3000))
        bench.gate.clear()
        bench.offer(4, request=chat("x" * 2000))
        assert bench.tally.value(SHED, "support", "queue_bytes") == 2
        assert bench.lane.health.queue_bytes <= 3000
        bench.gate.set()
        await bench.until(lambda: bench.settled == 4)
        assert bench.lane.health.queue_bytes == 0

    run(scenario)


def test_what_waits_beyond_the_deadline_expires() -> None:
    """A pair whose halves lie minutes apart compares two different days."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, deadline=0.05))
        bench.gate.clear()
        bench.offer(3)
        await bench.until(lambda: bench.settled == 3)
        assert bench.outcomes() == {"expired": 3}
        assert bench.running == 0

    run(scenario)


def test_a_student_that_hangs_until_the_deadline_opens_the_circuit() -> None:
    """Or a hung student would hold every slot for the whole deadline, for ever."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=THRESHOLD, deadline=0.05))
        bench.gate.clear()
        bench.offer(THRESHOLD)
        await bench.until(lambda: bench.settled == THRESHOLD)
        assert bench.lane.circuit.state is State.OPEN

    run(scenario)


def test_failures_open_the_circuit_and_the_queue_waits() -> None:
    """A student that is down is left alone; its samples wait for it up to their deadline."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1), ended=Ended(student_failed=True))
        bench.offer(THRESHOLD + 3)
        await bench.until(lambda: bench.settled == THRESHOLD)
        assert bench.lane.paused == "circuit_open"
        assert bench.lane.health.queue_records == 3
        bench.ended = WELL
        await bench.until(lambda: bench.settled == THRESHOLD + 3)
        assert bench.outcomes() == {"student_failed": THRESHOLD, "compared": 3}
        assert bench.lane.health.circuit == "closed"

    run(scenario)


def test_it_pauses_while_the_student_is_busy_with_served_traffic() -> None:
    """The mirror takes what is left of the GPU, and no more."""

    async def scenario() -> None:
        bench = Bench(Mirror(max_waiting=8, max_kv_cache=90))
        for busy in (Load(waiting=9), Load(kv_cache=0.91)):
            bench.lane.load = busy
            bench.offer()
            assert bench.lane.paused == "student_busy"
        bench.lane.load = Load(waiting=8, kv_cache=0.9)
        await bench.until(lambda: bench.settled == 2)

    run(scenario)


def test_a_store_that_cannot_write_stops_shadow_work() -> None:
    """A full disk must cost evidence, never memory without end or a served request."""

    async def scenario() -> None:
        bench = Bench(store_ok=False)
        bench.offer(2)
        assert bench.outcomes() == {"shed": 2}
        assert bench.tally.value(SHED, "support", "store_unavailable") == 2
        bench.store_ok = True
        bench.offer()
        await bench.until(lambda: bench.settled == 3)
        assert bench.outcomes() == {"compared": 1, "shed": 2}

    run(scenario)


def test_an_exhausted_token_budget_sheds() -> None:
    """Shadow tokens cost money; the operator said how much."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1, tokens_per_hour=15))
        for count in range(1, 5):
            bench.offer()
            await bench.until(lambda count=count: bench.settled == count)  # type: ignore[misc] # mypy wants no default
        assert bench.outcomes() == {"compared": 2, "shed": 2}

    run(scenario)


def test_our_own_fault_costs_one_sample_and_not_the_lane() -> None:
    """A reply that trips a detector must not stop the shadow lane."""

    async def scenario() -> None:
        tally = Tally()

        async def broken(_route: Route, chosen: Sample, conclude: Conclude) -> Ended:
            if chosen.record.pair == "p1":
                raise ZeroDivisionError
            conclude(Outcome.COMPARED)
            return WELL

        lane = Lane(route(), sample, broken, lambda: True, tally)
        settled: asyncio.Queue[str] = asyncio.Queue()
        for number in range(3):
            lane.offer(record(pair=f"p{number}"), lambda: settled.put_nowait("settled"))
        async with asyncio.timeout(5):
            for _ in range(3):
                await settled.get()
        assert {o: n for o, n in lane.health.outcomes.items() if n} == {"compared": 2, "unjudgeable": 1}

    run(scenario)


def test_draining_finishes_what_it_can_and_counts_the_rest_as_cancelled() -> None:
    """A deploy may cost samples, but not silently."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=2))
        bench.gate.clear()
        bench.offer(5)
        await bench.until(lambda: bench.running == 2)
        assert await bench.lane.drain(0.05) == 5
        bench.offer()
        assert bench.outcomes() == {"cancelled": 6}
        assert bench.settled == 6
        assert bench.running == 0

    run(scenario)


def test_a_changed_configuration_takes_effect_on_what_is_queued() -> None:
    """An operator who raises the concurrency wants it now."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=1))
        bench.gate.clear()
        bench.offer(4)
        bench.lane.adopt(replace(bench.lane.route, mirror=Mirror(concurrency=4)))
        await bench.until(lambda: bench.running == 4)
        bench.gate.set()
        await bench.until(lambda: bench.settled == 4)

    run(scenario)


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(
            [{}, {"mirror": False}, {"outcome": "client_gone"}, {"outcome": "upstream_error"}, {"request": b"[]"}]
        ),
        max_size=30,
    ),
    st.integers(1, 3),
    st.integers(0, 4),
    st.booleans(),
)
def test_every_sample_ends_in_exactly_one_outcome(
    offers: list[dict[str, Any]], concurrency: int, queue: int, failing: bool
) -> None:
    """The accounts of the shadow lane: sampled is the sum of the outcomes, and every record is settled once."""

    async def scenario() -> None:
        bench = Bench(Mirror(concurrency=concurrency, queue=queue), ended=Ended(student_failed=failing))
        for changed in offers:
            bench.offer(**changed)
            await asyncio.sleep(0)
        await bench.lane.drain(0.02)
        counted = Counter({k[1][1]: n for k, n in bench.tally.counters.items() if k[0] == PAIRS.name})
        assert counted.total() == bench.tally.value(SAMPLED, "support") == len(offers)
        assert bench.settled == len(offers)
        assert bench.lane.health.inflight == 0

    run(scenario)


def test_failed_calls_of_the_student_are_told_by_how_they_failed() -> None:
    """Its own, of this route: not the teacher's, nor those that served a caller."""

    async def scenario() -> None:
        bench = Bench()
        for labels in (
            ("support", "student", "mirror", "ok"),
            ("support", "student", "mirror", "connect"),
            ("support", "student", "mirror", "connect"),
            ("support", "teacher", "noise", "reset"),
            ("other", "student", "mirror", "reset"),
        ):
            bench.tally.count(ATTEMPTS, *labels)
        assert bench.lane.health.failures == {"connect": 2}

    run(scenario)
