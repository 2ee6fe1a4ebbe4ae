"""Replicates in batches over processes, the same whatever the number of processes.

A batch has a generator of its own, seeded by the run's seed, the name of what is simulated and the batch's number; so
a row of a table comes out the same alone and among all others, on one core and on eight.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

import numpy as np

Found = TypeVar("Found")
Work = Callable[[np.random.Generator, int], Found]  # a generator and how many replicates -> what they gave
BATCH = 100


@dataclass(frozen=True, slots=True)
class Run:
    """How much is simulated: ``scale`` multiplies every part's number of replicates."""

    seed: int
    scale: float = 1.0
    pool: ProcessPoolExecutor | None = None

    def replicates(self, wanted: int) -> int:
        """How many of a part's replicates this run makes; at least ten."""
        return max(10, round(wanted * self.scale))

    def over(self, work: Work[Found], name: str, replicates: int, batch: int = BATCH) -> list[Found]:
        """What ``work`` gives for each batch, in order; a function of a module, so that a process can be sent it."""
        sizes = [min(batch, replicates - start) for start in range(0, replicates, batch)]
        tasks = [(work, (self.seed, crc32(name.encode()), number), size) for number, size in enumerate(sizes)]
        return [_one(task) for task in tasks] if self.pool is None else list(self.pool.map(_one, tasks))


def _one(task: tuple[Work[Found], tuple[int, int, int], int]) -> Found:
    work, seed, size = task
    return work(np.random.default_rng(seed), size)
