"""What Practicum's cells say of the student, by behavior and direction, each with a pair that shows it.

It names no behavior of its own: whatever the cells have is told. Its counterpart is ``truth``, which knows what the
world's own judge says of the same pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proxy.examiner.status import Cell
from proxy.store.pair import Pair
from routing.divergence import Direction

_ENOUGH = 5  # trials, below which a rate is an accident


@dataclass(frozen=True, slots=True)
class Finding:
    """Trials and divergences of one behavior in one direction over all slices, and a pair that shows it, or ""."""

    behavior: str
    direction: Direction
    trials: int
    diverged: int
    pair: str = ""


def findings(cells: Iterable[Cell], pairs: Sequence[Pair] = ()) -> list[Finding]:
    """What was found where there were trials at all: lost before gained, the most divergent first.

    ``pairs`` are looked through in their order for one that shows a divergence.
    """
    sums: dict[tuple[str, Direction], tuple[int, int]] = {}
    for cell in cells:
        key = cell.behavior, Direction(cell.direction)
        trials, diverged = sums.get(key, (0, 0))
        sums[key] = trials + cell.trials, diverged + cell.diverged
    found = [Finding(*key, *counts, _example(*key, pairs)) for key, counts in sums.items() if counts[0]]
    return sorted(found, key=lambda f: (f.direction is Direction.GAINED, -f.diverged, f.behavior))


def striking(found: Iterable[Finding]) -> Finding | None:
    """The loss to show first: of those with a pair, the one lost most thoroughly."""
    lost = (f for f in found if f.direction is Direction.LOST and f.pair)
    return max(lost, key=lambda f: (f.trials >= _ENOUGH, f.diverged / f.trials, f.diverged), default=None)


def _example(behavior: str, direction: Direction, pairs: Iterable[Pair]) -> str:
    return next((pair.id for pair in pairs if (behavior, direction) in _divergences(pair)), "")


def _divergences(pair: Pair) -> set[tuple[str, Direction]]:
    return {(trial.behavior, trial.direction) for trial in pair.trials if trial.diverged}
