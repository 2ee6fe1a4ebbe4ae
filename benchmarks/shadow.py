"""Scenarios of what becomes of a request behind the worker: pairs compared and kept, and evidence that grows.

Nobody else does this, so nothing stands beside it: ``benchmarks.examiner`` takes a pair's cost apart, ``cells`` tells
what is measured of evidence.
"""

from __future__ import annotations

import asyncio
import statistics
from contextlib import ExitStack

from benchmarks import cells
from benchmarks.bench import Bench, Figures
from benchmarks.examiner import ARMS, drawn_pairs, measure, running
from benchmarks.machine import Cores

_RECORDS = 2000
_FULL = next(arm for arm in ARMS if arm.name == "full")
_WRITES = 5  # batches, of which the median counts


def examiner(bench: Bench) -> None:
    """Pairs that an examiner on one core compares and keeps, with all behaviors and replies of 2 kB."""
    for number in bench.few():
        bench.take("examiner", "practicum", number, lambda: _examined(bench.stage.cores))


def _examined(cores: Cores) -> Figures:
    drawn = drawn_pairs(_RECORDS)
    with running([_FULL], drawn, cores) as examiners:
        (cost,) = asyncio.run(measure(examiners, drawn, rounds=1))[_FULL.name]
    return {
        "pairs_per_cpu_second": cost.rate,
        "main_us": cost.main * 1e6 / cost.records,
        "others_us": cost.others * 1e6 / cost.records,
        "pairs_per_second": cost.records / cost.wall,
    }


def evidence(bench: Bench) -> None:
    """Storing pairs of ten routes beside the evidence of so many."""
    with ExitStack() as stack:
        worlds = [stack.enter_context(cells.World.of(size)) for size in cells.SIZES]
        for world in worlds:
            _stored(world)  # warm-up
        for number in bench.few():
            for world in worlds:
                bench.take("evidence", f"{world.size} routes", number, lambda world=world: _stored(world))  # type: ignore[misc]


def _stored(world: cells.World) -> Figures:
    return {"store_us": statistics.median(world.write(world.batch(cells.FEW)) for _ in range(_WRITES))}
