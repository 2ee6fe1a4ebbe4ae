"""At the limit itself, looked at after every conversation: how often is a student advanced, or taken back, wrongly?

The rate is exactly the limit: the worst student that still must not pass, and the best one that may not fail. What
others do sees the same streams.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from routing.gates import FEWEST_TO_FAIL
from simulation import alternatives, borders
from simulation.borders import NEVER, Counts
from simulation.replication import Run
from simulation.streams import Diverged, counted, independent
from simulation.table import Cell, Percent, Promise, Share, Table

LIMITS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.10)
ALPHA = 0.05
ALPHA_FAIL = 0.05 / 22  # of one of eleven behaviors in one of two directions
LOOKS = 5000
_EARLY = 500
_REPLICATES = 10_000


@dataclass(frozen=True, slots=True)
class Decided:
    """For each rule, after how many conversations each replicate was decided, or ``NEVER``."""

    advance: Counts
    advance_window: Counts
    advance_one_look: Counts
    back: Counts
    back_of_many: Counts
    back_window: Counts
    back_one_look: Counts

    @classmethod
    def joined(cls, batches: list[Decided]) -> Decided:
        """All batches as one."""
        return cls(*(np.concatenate([getattr(one, name) for one in batches]) for name in cls.__slots__))


def decided(limit: float, rate: float, chance: np.random.Generator, rows: int) -> Decided:
    """What every rule does with the same conversations, of which a share of ``rate`` diverges."""
    diverged = independent(chance, rows, LOOKS, rate)
    counts = counted(diverged)
    return Decided(
        borders.first(counts <= borders.below(limit, ALPHA, LOOKS)[1:]),
        alternatives.window_below(diverged, limit),
        borders.first(counts <= alternatives.one_look_below(limit, ALPHA, LOOKS)[1:]),
        _back(counts, limit, ALPHA),
        _back(counts, limit, ALPHA_FAIL),
        alternatives.window_above(diverged, limit),
        borders.first(counts >= alternatives.one_look_above(limit, ALPHA, LOOKS)[1:]),
    )


def _back(counts: Counts, limit: float, alpha: float) -> Counts:
    """As a gate fails: not before its fewest conversations."""
    crossed: Diverged = counts >= borders.above(limit, alpha, LOOKS)[1:]
    crossed[:, : FEWEST_TO_FAIL - 1] = False
    return borders.first(crossed)


def tables(run: Run) -> tuple[Table, ...]:
    """Our error at the boundary, and that of the usual alternatives there and beside it."""
    at = {limit: _simulated(run, limit, limit) for limit in LIMITS}
    return (_ours(at), _theirs(at), _beside(run))


def _simulated(run: Run, limit: float, rate: float) -> Decided:
    work = partial(decided, limit, rate)
    return Decided.joined(run.over(work, f"boundary {limit} {rate}", run.replicates(_REPLICATES)))


def _within(times: Counts, looks: int = NEVER - 1) -> Share:
    return Share(int((times <= looks).sum()), len(times))


def _ours(at: dict[float, Decided]) -> Table:
    rows = tuple(
        (
            Percent(limit),
            Promise(_within(found.advance), ALPHA),
            Promise(_within(found.back), ALPHA),
            Promise(_within(found.back_of_many), ALPHA_FAIL),
        )
        for limit, found in at.items()
    )
    return Table(
        "False advance and false rollback at the boundary",
        f"The true rate is the limit itself, and evidence is looked at after each of {LOOKS:,} conversations. How "
        "often it ever certified the student below the limit (a false advance), or above it (a false rollback, alone "
        "and as one of 22 gates that share the level).",
        ("limit", "false advance", "false rollback", "false rollback, one of 22"),
        rows,
    )


def _theirs(at: dict[float, Decided]) -> Table:
    rows = tuple(
        (
            Percent(limit),
            _within(found.advance),
            _within(found.advance_one_look, _EARLY),
            _within(found.advance_one_look),
            _within(found.advance_window),
            _within(found.back),
            _within(found.back_one_look, _EARLY),
            _within(found.back_one_look),
            _within(found.back_window),
        )
        for limit, found in at.items()
    )
    return Table(
        "The usual alternatives on the same streams",
        "Clopper-Pearson is the exact test for one look, at 5 %, here looked at after every conversation from the "
        f"{alternatives.FEWEST}th on; its error goes on growing. The window promotes after {alternatives.CONSECUTIVE} "
        f"consecutive intervals of {alternatives.WINDOW} conversations whose rate is below the limit, and rolls back "
        "after as many above it; it has no level.",
        (
            "limit",
            "advance: ours",
            f"Clopper-Pearson, by {_EARLY}",
            f"by {LOOKS:,}",
            "window",
            "rollback: ours",
            f"Clopper-Pearson, by {_EARLY}",
            f"by {LOOKS:,}",
            "window",
        ),
        rows,
    )


def _beside(run: Run) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for limit in LIMITS:
        worse, better = _simulated(run, limit, 2 * limit), _simulated(run, limit, limit / 2)
        advanced = (worse.advance, worse.advance_one_look, worse.advance_window)
        back = (better.back, better.back_one_look, better.back_window)
        rows.append((Percent(limit), *map(_within, advanced), *map(_within, back)))
    return Table(
        "The same, far from the boundary",
        f"How often a student that diverges twice as often as the limit is advanced within {LOOKS:,} conversations, "
        "and one that diverges half as often rolled back.",
        (
            "limit",
            "2x advanced: ours",
            "Clopper-Pearson",
            "window",
            "half rolled back: ours",
            "Clopper-Pearson",
            "window",
        ),
        tuple(rows),
    )
