"""How many conversations it takes to certify a good student, and to take back a bad one.

The price of looking all the time, beside a test whose size is fixed beforehand for a rate that somebody must know.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from routing.gates import FEWEST_TO_FAIL
from simulation import borders
from simulation.alternatives import fixed_size
from simulation.borders import Counts
from simulation.boundary import ALPHA, LIMITS
from simulation.replication import Run
from simulation.streams import counted, independent
from simulation.table import Percent, Table, Waits

BETTER = (0.0, 0.25, 0.5)
WORSE = (2.0, 3.0, 5.0)
_REPLICATES = 2000


def certified(limit: float, rate: float, horizon: int, chance: np.random.Generator, rows: int) -> Counts:
    """After how many conversations each replicate was certified below the limit."""
    counts = counted(independent(chance, rows, horizon, rate))
    return borders.first(counts <= borders.below(limit, ALPHA, horizon)[1:])


def taken_back(limit: float, rate: float, horizon: int, chance: np.random.Generator, rows: int) -> Counts:
    """After how many conversations each replicate was certified above the limit, as a gate fails."""
    counts = counted(independent(chance, rows, horizon, rate))
    return np.maximum(borders.first(counts >= borders.above(limit, ALPHA, horizon)[1:]), FEWEST_TO_FAIL)


def tables(run: Run) -> tuple[Table, ...]:
    """To certify, and to roll back."""
    good = tuple(_row(run, limit, times, horizon=_certain(limit)) for limit in LIMITS for times in BETTER)
    bad = tuple(_row(run, limit, times, horizon=_certain(limit)) for limit in LIMITS for times in WORSE)
    heads = ("limit", "true rate", "conversations", "fixed size, 50 % power", "fixed size, 80 % power")
    says = f"Median and 90th percentile of {run.replicates(_REPLICATES):,} replicates, at a level of 5 %, beside "
    says += "the size of one look by Clopper and Pearson's test that would find the same rate."
    return (Table("Conversations to certify", says, heads, good), Table("Conversations to roll back", says, heads, bad))


def _certain(limit: float) -> int:
    """By when nearly every replicate has arrived."""
    return round(100 / limit)


def _row(run: Run, limit: float, times: float, horizon: int) -> tuple[Percent, Percent, Waits, int, int]:
    rate = limit * times
    work = partial(certified if times < 1.0 else taken_back, limit, rate, horizon)
    found = run.over(work, f"power {limit} {times}", run.replicates(_REPLICATES))
    sizes = [fixed_size(limit, rate, ALPHA, power) for power in (0.5, 0.8)]
    return (Percent(limit), Percent(rate), Waits.of(np.concatenate(found)), sizes[0], sizes[1])
