"""Where routing's decisions turn: for each number of trials, the count of divergences at which an e-process crosses.

Evidence below a limit only falls with a divergence and only grows with a trial that kept the behavior, so its border
is a staircase: it climbs by one or stays, and one call of routing's own function per number of trials finds it. A look
then costs one comparison of integers, and decides exactly as routing does; tests hold that, and the staircase, on a
grid.

Counterpart: ``alternatives``, the borders of tests that promise less.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from math import log

import numpy as np
import numpy.typing as npt

from routing.evidence import rates
from routing.evidence.rates import Trials

Counts = npt.NDArray[np.int32]
NEVER = np.iinfo(np.int32).max


@lru_cache(maxsize=128)
def below(limit: float, alpha: float, horizon: int) -> Counts:
    """For 0 to ``horizon`` trials, the most divergences at which the rate is certified below ``limit``; -1: none."""
    enough = -log(alpha)
    return climbed(lambda n, k: rates.log_e_below(Trials(n, k), limit) >= enough, horizon)


@lru_cache(maxsize=128)
def above(limit: float, alpha: float, horizon: int) -> Counts:
    """For 0 to ``horizon`` trials, the fewest divergences at which the rate is certified above ``limit``.

    More than the trials where no number is enough.
    """
    enough = -log(alpha)
    return descended(lambda n, k: rates.log_e_above(Trials(n, k), limit) >= enough, horizon)


def climbed(crosses: Callable[[int, int], bool], horizon: int) -> Counts:
    """The most k at which ``crosses(n, k)``, for each n; -1 where none does. It may climb by one with n, or stay."""
    most, found = -1, np.empty(horizon + 1, np.int32)
    for n in range(horizon + 1):
        most += most < n and crosses(n, most + 1)
        found[n] = most
    return found


def descended(crosses: Callable[[int, int], bool], horizon: int) -> Counts:
    """The fewest k at which ``crosses(n, k)``, for each n; n + 1 where none does. It may climb by one with n."""
    fewest, found = 1, np.empty(horizon + 1, np.int32)
    for n in range(horizon + 1):
        fewest += fewest <= n and not crosses(n, fewest)
        found[n] = fewest
    return found


def first(crossed: npt.NDArray[np.bool_]) -> Counts:
    """For each row, the position of its first true value, counted from 1; ``NEVER`` where there is none."""
    found: Counts = crossed.argmax(axis=1).astype(np.int32) + 1
    found[~crossed.any(axis=1)] = NEVER
    return found
