"""Conversations that diverge or not, by a die."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simulation.borders import Counts

Diverged = npt.NDArray[np.bool_]


def independent(chance: np.random.Generator, rows: int, length: int, rate: float) -> Diverged:
    """So many rows of so many trials, each of which diverges at this rate whatever the others do."""
    return chance.random((rows, length), np.float32) < rate


def counted(diverged: Diverged) -> Counts:
    """For each row, how many had diverged after each of its trials."""
    return np.cumsum(diverged, axis=1, dtype=np.int32)
