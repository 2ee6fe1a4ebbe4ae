"""A backlog by itself; how the lane uses two of them is in ``test_lane``."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from proxy.examiner.backlog import Backlog, Bounds, Conclude, Ended, Owner, Queued
from proxy.examiner.sampling import Outcome, Sample, sample
from routing.circuit import THRESHOLD, State
from tests.proxy.examiner.records import record, route

BOUNDS = Bounds(at_once=1, records=2, bytes=1_000_000, deadline=60)


@dataclass
class Desk:
    """The owner of a backlog, which examines as the test says."""

    examine: Callable[[Sample, Conclude], Awaitable[Ended]]
    bounds: Bounds = BOUNDS
    held_up: str = ""
    concluded: list[tuple[str, Outcome]] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        conclude = lambda item, outcome: self.concluded.append((item.sample.record.pair, outcome))  # noqa: E731
        owner = Owner(self.examine, conclude, lambda: self.held_up, self.ended.append)
        self.backlog = Backlog(self.bounds, owner)

    def add(self, *pairs: str, received: float | None = None) -> None:
        for pair in pairs:
            now = asyncio.get_running_loop().time() if received is None else received
            self.backlog.add(Queued(chosen(pair), lambda: None, now))


def chosen(pair: str) -> Sample:
    """A sample of that name."""
    taken = sample(route(), record(pair=pair))
    assert taken is not None
    return taken


async def compared(_: Sample, conclude: Conclude) -> Ended:
    """An examination that goes well."""
    conclude(Outcome.COMPARED)
    return Ended(failed=False, tokens=3)


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        async with asyncio.timeout(10):
            await test()

    asyncio.run(main())


def test_a_sample_is_concluded_once_whatever_its_examination_says() -> None:
    """Twice would settle a record that nobody handed over."""

    async def twice(made: Sample, conclude: Conclude) -> Ended:
        await compared(made, conclude)
        conclude(Outcome.STUDENT_FAILED)
        raise ValueError("after the fact")

    async def scenario() -> None:
        desk = Desk(twice)
        desk.add("p")
        await desk.backlog.drain(5)
        assert desk.concluded == [("p", Outcome.COMPARED)]
        assert desk.ended == [Ended(None)]

    run(scenario)


def test_our_own_fault_costs_one_sample_and_no_other() -> None:
    """A reply that trips a detector must not stop the shadow lane."""

    async def broken(made: Sample, conclude: Conclude) -> Ended:
        if made.record.pair == "b":
            raise ZeroDivisionError
        return await compared(made, conclude)

    async def scenario() -> None:
        desk = Desk(broken, Bounds(1, 3, 10**6, 60))
        desk.add("a", "b", "c")
        await desk.backlog.drain(5)
        assert dict(desk.concluded) == {"a": Outcome.COMPARED, "b": Outcome.UNJUDGEABLE, "c": Outcome.COMPARED}
        assert desk.backlog.circuit.failures == 0

    run(scenario)


def test_whom_it_asks_answers_within_the_deadline_or_opens_the_circuit() -> None:
    """Or an upstream that hangs would hold every slot for the whole deadline, for ever."""

    async def hanging(_: Sample, __: Conclude) -> Ended:
        await asyncio.Event().wait()
        raise AssertionError

    async def scenario() -> None:
        desk = Desk(hanging, Bounds(THRESHOLD, THRESHOLD, 10**6, deadline=1.0))
        desk.add(*(f"p{n}" for n in range(THRESHOLD)))
        while len(desk.ended) < THRESHOLD:
            desk.backlog.pump()
            await asyncio.sleep(0.005)
        assert {outcome for _, outcome in desk.concluded} == {Outcome.EXPIRED}
        assert desk.backlog.circuit.state is State.OPEN
        await desk.backlog.drain(0)

    run(scenario)


def test_its_owner_learns_how_each_ended() -> None:
    """What a call cost is the owner's to account for."""

    async def scenario() -> None:
        desk = Desk(compared)
        desk.add("a", "b")
        assert (desk.backlog.under_way, desk.backlog.waiting) == (1, 1)
        assert desk.backlog.bytes == chosen("b").size
        assert await desk.backlog.drain(5) == 0
        assert desk.ended == [Ended(failed=False, tokens=3)] * 2
        assert desk.backlog.bytes == 0

    run(scenario)


def test_what_is_held_up_waits_in_order() -> None:
    """And says why."""

    async def scenario() -> None:
        desk = Desk(compared, held_up="student_busy")
        desk.add("a", "b")
        assert (desk.backlog.paused, desk.backlog.waiting) == ("student_busy", 2)
        desk.held_up = ""
        await desk.backlog.drain(5)
        assert [pair for pair, _ in desk.concluded] == ["a", "b"]

    run(scenario)


@pytest.mark.parametrize(
    ("bounds", "reason"), [(Bounds(1, 1, 10**6, 60), "queue"), (Bounds(1, 9, 1, 60), "queue_bytes")]
)
def test_it_says_which_bound_is_reached(bounds: Bounds, reason: str) -> None:
    """An operator who reads it knows which one to raise."""

    async def scenario() -> None:
        desk = Desk(compared, bounds, held_up="a test")
        desk.add("a")
        assert desk.backlog.full(chosen("b")) == reason

    run(scenario)


def test_what_waited_too_long_expires_without_a_call() -> None:
    """Also while it is held up: it must not wait for ever."""

    async def scenario() -> None:
        desk = Desk(compared, held_up="a test")
        desk.add("old", received=asyncio.get_running_loop().time() - 61)
        desk.add("new")
        assert desk.concluded == [("old", Outcome.EXPIRED)]
        desk.backlog.dismiss(Outcome.UNJUDGEABLE)
        assert desk.concluded[1:] == [("new", Outcome.UNJUDGEABLE)]
        assert desk.backlog.bytes == 0

    run(scenario)


def test_whom_it_asks_is_left_alone_after_failures_and_probed_by_one() -> None:
    """Each backlog has a circuit of its own."""

    async def failing(_: Sample, conclude: Conclude) -> Ended:
        conclude(Outcome.STUDENT_FAILED)
        return Ended(failed=True)

    async def scenario() -> None:
        desk = Desk(failing, Bounds(THRESHOLD, THRESHOLD, 10**6, 60))
        desk.add(*(f"p{n}" for n in range(THRESHOLD)))
        while desk.backlog.under_way:  # noqa: ASYNC110 -- until each has ended
            await asyncio.sleep(0.005)
        assert desk.backlog.circuit.state is State.OPEN
        assert (desk.backlog.paused, desk.backlog.circuit_state) == ("circuit_open", State.OPEN)
        desk.add("a", "b")
        while desk.backlog.circuit_state is State.OPEN:  # noqa: ASYNC110 -- its shortest rest is a second
            await asyncio.sleep(0.005)
        desk.backlog.pump()
        assert (desk.backlog.under_way, desk.backlog.waiting) == (1, 1)
        await desk.backlog.drain(0)

    run(scenario)
