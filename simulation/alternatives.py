"""What others decide by, on the same streams: a window's rate against a threshold, and a test for one look.

Both are modeled at their best. The window is how canary controllers judge a metric (Flagger's analysis, Argo's
``successCondition``): every interval the rate within it is held against the threshold, and some consecutive intervals
on the good side promote, on the bad side roll back. The test is Clopper and Pearson's, exact for one look at a size
fixed beforehand; here it is looked at after every conversation from a minimum on, as dashboards do.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp

import numpy as np
import numpy.typing as npt

from routing.evidence.beta import log_betainc
from simulation.borders import NEVER, Counts, climbed, descended, first

FEWEST = 30  # samples before either says anything
WINDOW = 100  # samples in an interval
CONSECUTIVE = 5


def window_below(diverged: npt.NDArray[np.bool_], limit: float) -> Counts:
    """For each row of conversations, after how many the window first promotes; ``NEVER`` where it does not."""
    return _consecutive(_interval_rates(diverged) < limit)


def window_above(diverged: npt.NDArray[np.bool_], limit: float) -> Counts:
    """For each row of conversations, after how many the window first rolls back; ``NEVER`` where it does not."""
    return _consecutive(_interval_rates(diverged) > limit)


def _interval_rates(diverged: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    intervals = diverged.shape[1] // WINDOW
    rates: npt.NDArray[np.float64] = diverged[:, : intervals * WINDOW].reshape(-1, intervals, WINDOW).mean(axis=2)
    return rates


def _consecutive(good: npt.NDArray[np.bool_]) -> Counts:
    """The number of conversations after which so many consecutive intervals first were good."""
    lagged = np.lib.stride_tricks.sliding_window_view(good, CONSECUTIVE, axis=1)
    at = first(np.logical_and.reduce(lagged, axis=2))
    return np.where(at == NEVER, NEVER, (at + CONSECUTIVE - 1) * WINDOW).astype(np.int32)


@lru_cache(maxsize=64)
def one_look_below(limit: float, alpha: float, horizon: int) -> Counts:
    """For 0 to ``horizon`` trials, the most divergences at which Clopper-Pearson's upper bound is below ``limit``."""
    found = climbed(lambda n, k: tail_at_most(n, k, limit) <= alpha, horizon)
    found[:FEWEST] = -1
    return found


@lru_cache(maxsize=64)
def one_look_above(limit: float, alpha: float, horizon: int) -> Counts:
    """For 0 to ``horizon`` trials, the fewest divergences at which Clopper-Pearson's lower bound is above ``limit``."""
    found = descended(lambda n, k: tail_at_most(n, n - k, 1.0 - limit) <= alpha, horizon)
    found[:FEWEST] = NEVER
    return found


def tail_at_most(n: int, k: int, rate: float) -> float:
    """P(Bin(n, rate) <= k), by the incomplete beta function."""
    return 1.0 if k >= n or rate <= 0.0 else exp(log_betainc(n - k, k + 1, 1.0 - rate))


@lru_cache(maxsize=256)
def fixed_size(limit: float, rate: float, alpha: float, power: float) -> int:
    """The least size at which one look by Clopper and Pearson's test finds ``rate`` to be on its side of ``limit``.

    With a chance of ``power``, at the level ``alpha``: what a test costs that may not be looked at before its end.
    """
    if rate > limit:
        return fixed_size(1.0 - limit, 1.0 - rate, alpha, power)
    n, most = 0, -1
    while most < 0 or tail_at_most(n, most, rate) < power:
        n += 1
        most += tail_at_most(n, most + 1, limit) <= alpha
    return n
