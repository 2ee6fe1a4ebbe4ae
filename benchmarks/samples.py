"""What was measured: figures of one arm in one round of one scenario; and ratios of two arms within their rounds.

Machines drift, by a factor of two on a shared one. Two arms of one round have drifted alike, so a ratio is taken in
each round, and the median of those ratios is the result. Nothing here is judged; ``goals`` does that.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sample:
    """One arm, one round. Figures are named with their unit."""

    scenario: str
    arm: str
    number: int
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, and the least and most of the rounds behind it."""

    median: float
    least: float
    most: float
    rounds: int

    @classmethod
    def over(cls, values: Iterable[float]) -> Spread | None:
        """None of no values."""
        found = list(values)
        return cls(statistics.median(found), min(found), max(found), len(found)) if found else None


@dataclass(slots=True)
class Samples:
    """All of one run."""

    taken: list[Sample] = field(default_factory=list)

    def arms(self, scenario: str) -> list[str]:
        """The arms of a scenario, as they first came."""
        return list(dict.fromkeys(sample.arm for sample in self.taken if sample.scenario == scenario))

    def scenarios(self) -> list[str]:
        """The scenarios that were run."""
        return list(dict.fromkeys(sample.scenario for sample in self.taken))

    def by_round(self, scenario: str, arm: str, figure: str) -> dict[int, float]:
        """A figure in every round that has it."""
        return {
            sample.number: sample.figures[figure]
            for sample in self.taken
            if sample.scenario == scenario and sample.arm == arm and figure in sample.figures
        }

    def spread(self, scenario: str, arm: str, figure: str) -> Spread | None:
        """A figure over all rounds."""
        return Spread.over(self.by_round(scenario, arm, figure).values())

    def ratio(self, scenario: str, figure: str, arm: str, other: str) -> Spread | None:
        """``arm`` over ``other``, in the rounds that have both."""
        above, below = self.by_round(scenario, arm, figure), self.by_round(scenario, other, figure)
        return Spread.over(above[number] / below[number] for number in above if below.get(number))

    def added(self, scenario: str, figure: str, arm: str, direct: str) -> dict[int, float]:
        """``arm`` less ``direct`` in each round: what a proxy adds."""
        with_it, without = self.by_round(scenario, arm, figure), self.by_round(scenario, direct, figure)
        return {number: with_it[number] - without[number] for number in with_it if number in without}

    def added_ratio(self, scenario: str, figure: str, arm: str, other: str, direct: str) -> Spread | None:
        """What ``arm`` adds over what ``other`` adds."""
        above, below = self.added(scenario, figure, arm, direct), self.added(scenario, figure, other, direct)
        return Spread.over(above[number] / below[number] for number in above if below.get(number, 0.0) > 0)
