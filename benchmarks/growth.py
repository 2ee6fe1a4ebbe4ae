"""What a request and a second cost as routes grow: the second part of ``python -m benchmarks.decision``.

A worker knows of every route what each slice is served, an examiner has a lane for each. Here are 10, 1 000 and 10 000
routes of eight slices, and requests to as many different ones as a round has. *Each request* must not notice: a
decision where the route has a weight and where it has none, and the taking of its record, from the frame's bytes to
what was drawn of it. *Each second* is what the news costs that keeps workers serving: one line where nothing changed,
the whole snapshot where anything did, read and worked out by a worker, compared and written by the examiner (who has
gathered it before, which is not timed here).

CPU time; rounds are interleaved, a number is the median with the least and the most, and a ratio the median of those
within the rounds. The goal is that a request costs within 20 % of what it does at 10 routes: the whole request, of
which a decision is a twentieth, so what a decision grows by is to be read in microseconds. It refuses to judge; it
prints.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec
from rich.console import Console
from rich.table import Table

from proxy.config.settings import Route, Sticky
from proxy.examiner.backlog import Ended
from proxy.examiner.intake import Peer
from proxy.examiner.lane import Lane
from proxy.examiner.sampling import Sample, sample
from proxy.handover import Assured, Counts, Frame, Record, Snapshot, Unchanged, frame
from proxy.telemetry.tally import Tally
from proxy.upstream import Headers
from proxy.worker.link import Link
from proxy.worker.units import RequestFacts
from routing.assignment import BUCKETS
from routing.confidence.assurance import Assurance
from routing.decision import Standing, decide
from routing.traits import Endpoint, Slice
from tests.proxy.examiner.records import chat, record, route

SIZES, REQUESTS = (10, 1_000, 10_000), 400
_LENGTH = 4  # bytes before a frame's own
_PERCENT = 25
_BY_HEADER = Sticky(("header:x-user-id",))
_DECODER = msgspec.msgpack.Decoder(Frame)
Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class World:
    """So many routes, as a worker and an examiner hold them. Every other route has a weight."""

    size: int
    routes: Sequence[Route]
    snapshot: Snapshot
    link: Link
    lanes: Mapping[str, Lane]
    records: Sequence[bytes]
    requests: Sequence[Headers]
    body: bytes = field(default_factory=chat)

    @classmethod
    def of(cls, size: int) -> World:
        """The routes, what is said of them, and the records of requests to as many of them as a round has."""
        routes = [replace(route(sticky=_BY_HEADER), name=f"route-{n}", models=(f"m-{n}",)) for n in range(size)]
        shares = dict.fromkeys(map(str, Slice), _PERCENT * BUCKETS // 100)
        weights = {one.name: dict(shares) for one in routes[::2]}
        snapshot = Snapshot(1, 5.0, weights, {}, {one.name: 1 for one in routes})
        link = Link("", "0", Tally(), lambda: Counts([], [], 0, "", config_ok=True))
        link._take(Assured({one.name: Assurance(1) for one in routes}))  # as a frame that came
        link._take(snapshot)
        lanes = {one.name: Lane(one, _draw, _never, lambda: True, Tally()) for one in routes}
        records = [frame(record(route=one.name))[_LENGTH:] for one in _spread(routes)]
        return cls(size, routes, snapshot, link, lanes, records, [((b"x-user-id", b"u-%d" % n),) for n in range(97)])

    def decided(self, weighted: bool) -> None:
        """A round's decisions on routes that have a weight, or on such as have none."""
        standing, headers = self._standing(), itertools.cycle(self.requests)
        for one in _spread(self.routes[0 if weighted else 1 :: 2]):
            decide(standing, RequestFacts(one, Endpoint.CHAT, next(headers), self.body, None), 0.0)

    def taken(self) -> None:
        """A round's records, each read, given to its lane, sliced and drawn."""
        for data in self.records:
            told = _DECODER.decode(data)
            assert isinstance(told, Record)  # noqa: S101 -- for the type checker
            self.lanes[told.route].offer(told, _nothing)

    def heard(self, data: bytes) -> None:
        """What a worker does with a frame."""
        self.link._take(_DECODER.decode(data))

    def compared(self) -> bytes:
        """What the examiner does for a worker that knows everything."""
        weights = {name: dict(slices) for name, slices in self.snapshot.weights.items()}
        told = msgspec.structs.replace(self.snapshot, weights=weights)  # as new as each second's is
        assert Peer(None, told).knows(self.snapshot)  # type: ignore[arg-type]  # noqa: S101 -- else it is not timed
        return frame(Unchanged(2, 5.0))

    def _standing(self) -> Standing:
        assert self.link.standing is not None  # noqa: S101 -- it was told
        return self.link.standing


def _spread(routes: Sequence[Route]) -> Iterable[Route]:
    """As many requests as a round has, to as many different routes, in no order that a cache could like."""
    return [routes[n * 7919 % len(routes)] for n in range(REQUESTS)]


def _draw(one: Route, told: Record) -> Sample | None:
    sample(one, told)
    return None  # what becomes of a sample is a pair's cost: benchmarks.examiner


async def _never(*_: object) -> Ended:
    raise AssertionError("nothing is examined here")


def _nothing() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Figure:
    """What is timed of a world: ``per`` is how many of it a call does."""

    name: str
    work: Callable[[World], Work]
    per: int = 1


EACH_REQUEST = (
    Figure("decision, with a weight", lambda world: lambda: world.decided(weighted=True), REQUESTS),
    Figure("decision, without one", lambda world: lambda: world.decided(weighted=False), REQUESTS),
    Figure("record read, its lane found, sliced, drawn", lambda world: world.taken, REQUESTS),
)
EACH_SECOND = (
    Figure("worker: nothing changed", lambda world: _hears(world, frame(Unchanged(2, 5.0)))),
    Figure("worker: something changed", lambda world: _hears(world, frame(world.snapshot))),
    Figure("examiner: nothing changed", lambda world: world.compared),
    Figure("examiner: something changed", lambda world: lambda: frame(world.snapshot)),
)
Costs = Mapping[tuple[str, int], Sequence[float]]


def report(console: Console, rounds: int) -> None:
    """Measure and print both tables, in some ten seconds."""
    costs = asyncio.run(_measure(rounds))
    console.print(_table("us of CPU each request", EACH_REQUEST, costs, 1e3))
    console.print(_table("ms of CPU each second", EACH_SECOND, costs, 1e6))


async def _measure(rounds: int) -> Costs:
    """On a loop, where lanes live."""
    worlds = [World.of(size) for size in SIZES]
    figures = [(figure, world, figure.work(world)) for figure in (*EACH_REQUEST, *EACH_SECOND) for world in worlds]
    gc.freeze()  # a collection of three worlds at once would fall on whoever's turn it is
    found: dict[tuple[str, int], list[float]] = {(figure.name, world.size): [] for figure, world, _ in figures}
    for turn in range(rounds + 1):
        for figure, world, work in figures:
            began = time.process_time_ns()
            work()
            if turn:  # the first warms
                found[figure.name, world.size].append((time.process_time_ns() - began) / figure.per)
    return found


def _hears(world: World, data: bytes) -> Work:
    return lambda: world.heard(data[_LENGTH:])


def _table(title: str, figures: Sequence[Figure], costs: Costs, unit: float) -> Table:
    table = Table("", *(f"{size:,} routes" for size in SIZES), "ratio", title=title)
    for figure in figures:
        found = [[ns / unit for ns in costs[figure.name, size]] for size in SIZES]
        shown = [f"{statistics.median(one):.3g} ({min(one):.3g}-{max(one):.3g})" for one in found]
        ratio = statistics.median(last / first for first, last in zip(found[0], found[-1], strict=True))
        table.add_row(figure.name, *shown, f"{ratio:.2f}")
    return table
