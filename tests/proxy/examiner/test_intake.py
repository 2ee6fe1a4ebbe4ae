"""The examiner's end of the handover, spoken to by sockets that are workers or pretend to be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from proxy.examiner.intake import Intake, Settle
from proxy.handover import (
    Assured,
    Counts,
    Frame,
    Goodbye,
    Hello,
    Record,
    Settled,
    Snapshot,
    Unchanged,
    frame,
    frames,
)
from proxy.telemetry.catalog import HANDED, LOST
from proxy.telemetry.tally import Tally
from routing.confidence.assurance import Assurance
from tests.proxy.examiner.records import record


class Desk:
    """An intake whose records a test settles by hand."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / "handover.sock")
        self.tally = Tally()
        self.taken: list[tuple[Record, Settle]] = []
        self.sequence = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.assured = Assured({})
        self.weights = {"support": {"math": 0}}
        self.intake = Intake(self.path, self.take, self.snapshot, self.tally, lambda: self.assured)

    def take(self, told: Record, settle: Settle) -> None:
        self.taken.append((told, settle))

    def snapshot(self) -> Snapshot:
        self.sequence += 1
        return Snapshot(self.sequence, 5.0, {route: dict(slices) for route, slices in self.weights.items()})

    async def worker(self, name: str = "0", pid: int = 7) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self.path)
        self.writers.append(writer)
        writer.write(frame(Hello(name, pid)))
        return reader, writer

    async def close(self) -> None:
        await self.intake.close()
        for writer in self.writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def handed(self) -> float:
        return Tally().merged(self.intake.totals()).value(HANDED, "accepted")


def counts(handed: int, in_flight: int = 0) -> Counts:
    return Counts([(HANDED.name, ("accepted",), handed)], [], in_flight, "abc", config_ok=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 -- what it waits for happens on the other side of a socket
            await asyncio.sleep(0.005)


def run(folder: Path, test: Callable[[Desk], Awaitable[None]]) -> None:
    async def main() -> None:
        desk = Desk(folder)
        await desk.intake.start()
        try:
            await test(desk)
        finally:
            await desk.close()

    asyncio.run(main())


async def received(reader: asyncio.StreamReader, kind: type[Frame]) -> Frame:
    async with asyncio.timeout(5):
        async for message in frames(reader):
            if isinstance(message, kind):
                return message
    raise AssertionError(f"no {kind.__name__} came")


def test_a_worker_is_greeted_with_a_snapshot(tmp_path: Path) -> None:
    """Until it has one, it serves the teacher: the sooner the better."""

    async def scenario(desk: Desk) -> None:
        reader, _ = await desk.worker()
        greeting = await received(reader, Snapshot)
        assert isinstance(greeting, Snapshot)
        assert greeting.weights == {"support": {"math": 0}}
        desk.intake.publish()
        following = await received(reader, Unchanged)
        assert isinstance(following, Unchanged)
        assert following.sequence > greeting.sequence

    run(tmp_path, scenario)


def test_a_snapshot_is_sent_whole_to_those_alone_who_do_not_know_it(tmp_path: Path) -> None:
    """Ten thousand routes, read once a second, are a standstill of every worker; what has changed must come at once."""

    async def scenario(desk: Desk) -> None:
        (early, _), greeting = await desk.worker("0"), Snapshot(1, 5.0, {"support": {"math": 0}})
        async with asyncio.timeout(5):
            assert await anext(said := frames(early)) == greeting
            desk.weights = {"support": {"math": 1_500}}
            late, _ = await desk.worker("1")
            told = Snapshot(2, 5.0, desk.weights)
            assert await anext(told_late := frames(late)) == told
            desk.intake.publish()
            assert await anext(said) == Snapshot(3, 5.0, desk.weights)
            assert await anext(told_late) == Unchanged(3, 5.0)
            desk.intake.publish()
            assert await anext(said) == await anext(told_late) == Unchanged(4, 5.0)
            desk.weights = {}
            desk.intake.publish()
            assert await anext(said) == await anext(told_late) == Snapshot(5, 5.0, {})

    run(tmp_path, scenario)


def test_what_is_concluded_is_settled_with_the_worker_that_sent_it(tmp_path: Path) -> None:
    """A worker counts as lost what was not settled, so another's settlement would hide a loss."""

    async def scenario(desk: Desk) -> None:
        reader, writer = await desk.worker("0")
        _, other = await desk.worker("1", 8)
        writer.write(frame(record(pair="a")) + frame(record(pair="b")))
        other.write(frame(record(pair="c")))
        await until(lambda: len(desk.taken) == 3)
        for told, settle in desk.taken:
            if told.pair != "c":
                settle()
        desk.intake.settle()
        assert await received(reader, Settled) == Settled(2)

    run(tmp_path, scenario)


def test_totals_of_a_worker_that_is_gone_stay_in_the_sum(tmp_path: Path) -> None:
    """A counter that falls is read as a restart of the whole proxy."""

    async def scenario(desk: Desk) -> None:
        _, first = await desk.worker("0", 7)
        first.write(frame(counts(5)) + frame(Goodbye()))
        await until(lambda: desk.handed() == 5)
        first.close()
        await until(lambda: not desk.intake.peers)
        _, second = await desk.worker("0", 8)
        second.write(frame(counts(2)))
        await until(lambda: desk.handed() == 7)
        assert desk.tally.value(LOST, "worker") == 0

    run(tmp_path, scenario)


def test_a_worker_that_comes_back_repeats_its_totals_and_is_not_counted_twice(tmp_path: Path) -> None:
    """Its connection broke, its process did not."""

    async def scenario(desk: Desk) -> None:
        _, first = await desk.worker("0", 7)
        first.write(frame(counts(5)))
        await until(lambda: desk.handed() == 5)
        first.close()
        await until(lambda: not desk.intake.peers)
        assert desk.handed() == 5
        _, again = await desk.worker("0", 7)
        again.write(frame(counts(6)))
        await until(lambda: desk.handed() == 6)

    run(tmp_path, scenario)


def test_requests_in_flight_in_a_worker_that_died_are_lost_and_counted(tmp_path: Path) -> None:
    """Kill -9 loses what was in flight, and says how much that was."""

    async def scenario(desk: Desk) -> None:
        _, writer = await desk.worker()
        writer.write(frame(counts(5, in_flight=3)))
        await until(lambda: desk.handed() == 5)
        writer.close()
        await until(lambda: desk.tally.value(LOST, "worker") == 3)

    run(tmp_path, scenario)


def test_bytes_that_are_no_frame_cut_off_their_sender_only(tmp_path: Path) -> None:
    """A worker of another version must not take the examiner down."""

    async def scenario(desk: Desk) -> None:
        _, good = await desk.worker("0")
        reader, bad = await desk.worker("1", 8)
        bad.write(b"\x00\x00\x00\x03abc")
        async with asyncio.timeout(5):
            await reader.read()  # to the end: it was cut off
        good.write(frame(record()))
        await until(lambda: len(desk.taken) == 1)
        assert [worker.name for worker in desk.intake.workers()] == ["0"]

    run(tmp_path, scenario)


def test_it_takes_the_place_of_a_dead_examiner(tmp_path: Path) -> None:
    """Kill -9 leaves the socket's file behind."""
    (tmp_path / "handover.sock").touch()

    async def scenario(desk: Desk) -> None:
        await desk.worker()
        await until(lambda: len(desk.intake.workers()) == 1)

    run(tmp_path, scenario)


def test_workers_know_what_to_judge_by_before_they_are_told_to(tmp_path: Path) -> None:
    """A snapshot that names what its worker does not hold yet would cost a second of the student's share."""

    async def test(desk: Desk) -> None:
        desk.assured = Assured({"support": Assurance(version=1), "other": Assurance(version=4)})
        reader, _ = await desk.worker()
        async with asyncio.timeout(5):
            said = frames(reader)
            assert await anext(said) == desk.assured
            assert isinstance(await anext(said), Snapshot)
            changed = Assured({"support": Assurance(version=2)})
            desk.intake.publish(changed)
            assert await anext(said) == changed
            assert isinstance(await anext(said), Snapshot)
            desk.intake.publish()
            assert isinstance(await anext(said), Unchanged)

    run(tmp_path, test)
