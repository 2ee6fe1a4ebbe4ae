"""What a way to route costs and gives: how much of the teacher's lead is kept with how many calls of the teacher.

A curve has a value for each of ``SHARES``, the shares of requests that go to the teacher: 0 is the quality of the
student alone, 1 that of the teacher alone. It may leave that range, as a student is sometimes better than its teacher.
Routing by chance, and by anything that does not tell one request from another, is the diagonal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Places = NDArray[np.intp]

SHARES: Array = np.linspace(0, 1, 101)
DIAGONAL = SHARES
LEVELS = (0.5, 0.8, 0.95)  # of the teacher's lead
CALLS = (0.25, 0.5, 0.75)  # of all requests


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and the 95 % interval of it that the bootstrap gives."""

    value: float
    low: float
    high: float


def curve(chances: Array, lead: Array) -> Array:
    """What is recovered when requests go to the teacher in the order of their chances, the least first.

    Args:
        chances: Of each request, that the student will do, shape (requests,). Equal ones keep their order.
        lead: By how much the teacher's answer is better, shape (requests,); its sum must not be 0.
    """
    gained = np.append(0.0, np.cumsum(lead[np.argsort(chances, kind="stable")]))
    return np.asarray(np.interp(SHARES * len(lead), np.arange(len(gained)), gained) / gained[-1])


def summary(curve: Array) -> Array:
    """Calls needed for each of ``LEVELS``, what is recovered with each of ``CALLS``, and the area below the curve."""
    level = isotonic(curve)
    needed = [_first(level, wanted) for wanted in LEVELS]
    return np.array([*needed, *np.interp(CALLS, SHARES, curve), np.trapezoid(curve, SHARES)])


def isotonic(curve: Array) -> Array:
    """The ascending curve nearest to one. Else a lucky bump would pass for what a level costs."""
    sums = np.append(0.0, np.cumsum(curve))
    first, last = np.arange(len(curve))[:, None], np.arange(len(curve))[None, :]
    means = np.where(first <= last, (sums[last + 1] - sums[first]) / np.maximum(last - first + 1, 1), np.inf)
    least = np.minimum.accumulate(means[:, ::-1], axis=1)[:, ::-1]  # of all stretches from first to last or beyond
    return np.asarray(np.where(first <= last, least, -np.inf).max(axis=0))


def _first(level: Array, wanted: float) -> float:
    """The least share at which an ascending curve is as high as wanted; all, where it never is."""
    if level[-1] < wanted:
        return 1.0
    after = int(np.searchsorted(level, wanted))
    if after == 0:
        return 0.0
    rise = (wanted - level[after - 1]) / (level[after] - level[after - 1])
    return float(SHARES[after - 1] + rise * (SHARES[after] - SHARES[after - 1]))


def bootstrapped(figures: Callable[[Places], Array], units: int, draws: int, seed: int = 0) -> list[Interval]:
    """Figures of all units, each with the middle 95 % of what it is on as many units drawn with replacement."""
    rng = np.random.default_rng(seed)
    drawn = np.array([figures(rng.integers(units, size=units)) for _ in range(draws)])
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return [Interval(*map(float, each)) for each in zip(figures(np.arange(units)), low, high, strict=True)]
