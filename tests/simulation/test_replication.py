"""Replicates, the same however they are spread."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np

from simulation.power import certified
from simulation.replication import Run


def test_processes_change_nothing() -> None:
    """A seed names a result, on any machine."""
    work = partial(certified, 0.1, 0.05, 300)
    alone = Run(5).over(work, "power", 30, batch=10)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        spread = Run(5, pool=pool).over(work, "power", 30, batch=10)
    assert np.array_equal(alone, spread)


def draw(chance: np.random.Generator, rows: int) -> list[float]:
    """So many numbers."""
    return [float(number) for number in chance.random(rows)]


def test_every_batch_and_every_question_has_numbers_of_its_own() -> None:
    """Two rows of a table would otherwise err together."""
    run = Run(5)
    batches = [*run.over(draw, "one", 25, batch=10), *run.over(draw, "other", 25, batch=10)]
    assert [len(batch) for batch in batches] == [10, 10, 5, 10, 10, 5]
    assert len({number for batch in batches for number in batch}) == 50
    assert Run(6).over(draw, "one", 10) != run.over(draw, "one", 10)


def test_a_run_may_be_smaller() -> None:
    """But never so small that a share means nothing."""
    assert [Run(1, scale).replicates(2000) for scale in (1.0, 0.1, 0.001)] == [2000, 200, 10]
