"""How well a number ranks replies: what is served wrongly if only the surest are served, for every share of them.

*Coverage* is the share of replies served, the surest first; *risk* is the share of those that diverged. The area under
risk over coverage is what a ranking costs on average: a random one costs the rate of divergence, and the best there
can be (``oracle``) is not free either, because beyond the acceptable replies it has to serve the others. Replies that
a ranking cannot tell apart are served in random order, exactly, not by luck. Pure arithmetic on arrays; units are
conversations, which makes resampling them honest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Area:
    """An area under risk over coverage, with the middle 95 % of it over resamplings of the conversations."""

    area: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Ties:
    """Replies in groups that a ranking cannot tell apart, the surest first.

    ``order`` sorts replies into them, ``starts`` is where in that order each begins.
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, sureness: Floats) -> Ties:
        """The groups of these replies: equal numbers are one."""
        order = np.argsort(-sureness, kind="stable")
        ranked = sureness[order]
        return cls(order, np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]))

    def sums(self, values: Floats) -> Floats:
        """What ``values`` (..., n) sum to in each group: (..., groups)."""
        return np.add.reduceat(values[..., self.order], self.starts, axis=-1)


def curve(sureness: Floats, diverged: Floats) -> tuple[Floats, Floats]:
    """Coverage and risk after each group of equals."""
    ties = Ties.of(sureness)
    served = np.cumsum(ties.sums(np.ones_like(diverged)))
    return served / served[-1], np.cumsum(ties.sums(diverged)) / served


def areas(sureness: Floats, diverged: Floats, weights: Floats) -> Floats:
    """The area for each row of ``weights`` (resamplings, n): how often each reply was drawn.

    Within a group risk follows from its expectation: after x of w replies, e of which diverged, it is
    (E + e x / w) / (W + x), with W and E what came before. Its integral is exact.
    """
    ties = Ties.of(sureness)
    count, wrong = ties.sums(weights), ties.sums(weights * diverged)
    after = np.cumsum(count, axis=-1)
    before, errors = after - count, np.cumsum(wrong, axis=-1) - wrong
    rate = wrong / np.maximum(count, 1e-300)
    grown = np.log(np.maximum(after, 1e-300) / np.maximum(before, 1e-300))
    curved = np.where((before > 0) & (count > 0), (errors - rate * before) * grown, 0.0)
    total: Floats = (rate * count + curved).sum(axis=-1) / after[..., -1]
    return total


def area(sureness: Floats, diverged: Floats) -> float:
    """The area under risk over coverage."""
    return float(areas(sureness, diverged, np.ones((1, len(diverged))))[0])


def oracle(diverged: Floats) -> float:
    """The least area that any ranking of these replies can have."""
    return area(1.0 - diverged, diverged)


def resampled(count: int, times: int, seed: int) -> Floats:
    """How often each of so many conversations is drawn, with replacement: (times, count)."""
    rng = np.random.default_rng(seed)
    drawn: Floats = rng.multinomial(count, np.full(count, 1.0 / count), size=times).astype(np.float64)
    return drawn


def with_interval(sureness: Floats, diverged: Floats, draws: Floats) -> Area:
    """The area, and where it lies in 95 % of the resamplings ``draws``."""
    low, high = np.quantile(areas(sureness, diverged, draws), (0.025, 0.975))
    return Area(area(sureness, diverged), float(low), float(high))


def differences(by: Mapping[str, Floats], base: str, diverged: Floats, draws: Floats) -> dict[str, Area]:
    """By how much each ranking's area is above that of ``base``, in the same resamplings: below 0 is better."""
    reference = areas(by[base], diverged, draws)
    least = area(by[base], diverged)
    found = {}
    for name, sureness in by.items():
        low, high = np.quantile(areas(sureness, diverged, draws) - reference, (0.025, 0.975))
        found[name] = Area(area(sureness, diverged) - least, float(low), float(high))
    return found
