"""What storing a pair costs as evidence grows: the third part of ``python -m benchmarks.decision``.

A pair adds to sums: a row for each behavior and direction, slice and route. Here are SQLite databases that hold those
of 10, 1 000 and 10 000 routes of eight slices, every cell at both stages, and batches of pairs written to them as the
examiner's writer does. *Of ten routes* is a batch whose pairs are of ten routes, other ones each time: what the number
of cells costs. *Of any* is one whose pairs are each of another route, as far as there are so many: what spreading
costs, since two pairs of one slice share their sums. CPU time; rounds are interleaved. It refuses to judge; it prints.
"""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import text

from benchmarks.samples import Spread
from proxy.store.entry import Entry
from proxy.store.store import Store
from routing.behaviors.table import TABLE
from routing.divergence import Direction, Trial
from routing.ledger import History, Stage
from routing.traits import Slice
from tests.proxy.store.samples import pair

SIZES, BATCH, FEW, WARM = (10, 1_000, 10_000), 200, 10, 3
_EPOCH, _SEED = "epoch", 20_261_123
_TRIALS = tuple(Trial(row.behavior, way, diverged=False) for row in TABLE for way in Direction)
_FILL = """
WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :routes)
INSERT INTO evidence
SELECT 'route-' || n, :epoch, slices.value, :history, stages.value, behaviors.value, ways.value, 100 + n, n % 3, 0, 0, 0
FROM numbers, json_each(:slices) slices, json_each(:stages) stages,
    json_each(:behaviors) behaviors, json_each(:ways) ways
ORDER BY 1, 3, 5, 6, 7
"""


@dataclass(slots=True)
class World:
    """A database with the evidence of so many routes."""

    size: int
    store: Store
    chance: random.Random = field(default_factory=lambda: random.Random(_SEED))  # noqa: S311 -- repeatable
    written: int = 0

    @classmethod
    @contextmanager
    def of(cls, size: int) -> Iterator[World]:
        """Filled, in a folder of its own: 352 rows for each route."""
        with tempfile.TemporaryDirectory(prefix="practicum-bench-") as folder, ExitStack() as stack:
            store = Store.open(f"sqlite:///{Path(folder) / 'pairs.db'}")
            stack.callback(store.close)
            with store.engine.begin() as connection:
                connection.execute(text(_FILL), {"routes": size, "epoch": _EPOCH, **_cells()})
            yield cls(size, store)

    def batch(self, routes: int) -> list[Entry]:
        """Pairs of so many routes, each the first turn of its conversation, with a trial of every behavior."""
        drawn = self.chance.sample(range(self.size), min(routes, self.size))
        return [self._entry(drawn[number % len(drawn)]) for number in range(BATCH)]

    def write(self, batch: Sequence[Entry]) -> float:
        """Microseconds of CPU for each pair."""
        began = time.process_time_ns()
        self.store.write(batch, f"batch-{self.written}")
        return (time.process_time_ns() - began) / len(batch) / 1e3

    def _entry(self, route: int) -> Entry:
        self.written += 1
        told = {"id": f"p{self.written:08}", "conversation": f"c{self.written}", "route": f"route-{route}"}
        slice_ = self.chance.choice(tuple(Slice)).value
        return Entry(pair(0, _TRIALS, **told, epoch=_EPOCH, slice=slice_, served=History.TEACHER.value), kept=True)


def report(console: Console, rounds: int) -> None:
    """Fill, measure and print, in half a minute."""
    with ExitStack() as stack:
        worlds = [stack.enter_context(World.of(size)) for size in SIZES]
        costs = {routes: _measure(worlds, routes, rounds) for routes in (FEW, BATCH)}
    table = Table("", *(f"{size:,} routes" for size in SIZES), "ratio", title="us of CPU to store each pair")
    for routes, name in ((FEW, "of ten routes"), (BATCH, "of any")):
        table.add_row(name, *_row(costs[routes]))
    console.print(table)


def _measure(worlds: Sequence[World], routes: int, rounds: int) -> Mapping[int, list[float]]:
    """The costs by size, a number a round."""
    found: dict[int, list[float]] = {world.size: [] for world in worlds}
    for number in range(rounds + WARM):
        for world in worlds:
            cost = world.write(world.batch(routes))
            if number >= WARM:
                found[world.size].append(cost)
    return found


def _row(costs: Mapping[int, list[float]]) -> Iterator[str]:
    for size in SIZES:
        spread = Spread.over(costs[size])
        yield f"{spread.median:.0f} ({spread.least:.0f}-{spread.most:.0f})" if spread else "-"
    ratio = Spread.over(last / first for first, last in zip(costs[SIZES[0]], costs[SIZES[-1]], strict=True))
    yield f"{ratio.median:.2f}" if ratio else "-"


def _cells() -> dict[str, str]:
    """What a route's cells are told apart by, as the statement takes it: lists are JSON."""
    return {
        "slices": _listed(Slice),
        "stages": _listed(Stage),
        "behaviors": _listed(row.behavior for row in TABLE),
        "ways": _listed(Direction),
        "history": History.TEACHER.value,
    }


def _listed(values: Iterable[str]) -> str:
    return json.dumps([str(value) for value in values])
