"""What a part of the simulation found, as values: tables, shares with their Monte-Carlo error, and waits.

They carry numbers, not text: ``report`` alone decides how a number looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from simulation.borders import NEVER, Counts

_SIGMAS = 3.0  # how far beyond what was stated chance may carry an observed share


@dataclass(frozen=True, slots=True)
class Share:
    """How many of so many replicates it happened in."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1."""
        return self.hits / self.of

    @property
    def error(self) -> float:
        """The Monte-Carlo standard error of ``value``, that of one hit where there is none or nothing else."""
        inner = min(max(self.hits, 1), max(self.of - 1, 1)) / self.of
        return sqrt(inner * max(1.0 - inner, 0.0) / self.of)


@dataclass(frozen=True, slots=True)
class Promise:
    """A share that was stated to be at most ``stated``, and what was observed."""

    observed: Share
    stated: float

    @property
    def kept(self) -> bool:
        """Whether the observed share is below the stated one, but for what chance explains (three standard errors)."""
        chance = sqrt(self.stated * (1.0 - self.stated) / self.observed.of)
        return self.observed.value <= self.stated + _SIGMAS * chance


@dataclass(frozen=True, slots=True)
class Waits:
    """How long replicates took: the median and the 90th percentile of all; None where that many never arrived."""

    median: int | None
    late: int | None

    @classmethod
    def of(cls, times: Counts | Sequence[int]) -> Waits:
        """Of times, in which ``NEVER`` stands for a replicate that did not arrive."""
        if not len(times):
            return cls(None, None)
        ordered = np.sort(np.asarray(times))
        median, late = (int(ordered[int(share * (len(ordered) - 1))]) for share in (0.5, 0.9))
        return cls(None if median == NEVER else median, None if late == NEVER else late)


@dataclass(frozen=True, slots=True)
class Percent:
    """A share that is known, not observed: a limit, a rate that was chosen, a mean."""

    value: float


Cell = str | int | float | Share | Promise | Waits | Percent | None  # None: not applicable


@dataclass(frozen=True, slots=True)
class Table:
    """One question answered.

    Attributes:
        title: The question.
        says: What was simulated and how to read it; paragraphs.
        columns: Their headings.
        rows: As many cells as columns, each.
    """

    title: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.title}: a row has another number of cells than there are columns; give one each")

    @property
    def broken(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows in which a promise was not kept."""
        return tuple(row for row in self.rows if any(isinstance(cell, Promise) and not cell.kept for cell in row))
