"""What others decide by, modeled as it is."""

from __future__ import annotations

from math import comb, isclose

import numpy as np
import pytest

from simulation import alternatives
from simulation.alternatives import CONSECUTIVE, FEWEST, WINDOW, fixed_size, tail_at_most
from simulation.borders import NEVER


def exact(n: int, k: int, rate: float) -> float:
    """P(Bin(n, rate) <= k), summed."""
    return sum(comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(k + 1))


def test_tails_are_binomial() -> None:
    """Also at the ends."""
    for n, k, rate in ((30, 0, 0.1), (30, 7, 0.1), (200, 3, 0.02), (50, 49, 0.9), (20, 20, 0.5), (20, 3, 0.0)):
        assert isclose(tail_at_most(n, k, rate), exact(n, k, rate), rel_tol=1e-9)


@pytest.mark.parametrize("limit", [0.02, 0.1])
def test_one_look_errs_within_its_level_if_it_is_one(limit: float) -> None:
    """It is a good test, wrongly used."""
    low, high = (one(limit, 0.05, 300) for one in (alternatives.one_look_below, alternatives.one_look_above))
    for n in (FEWEST, 100, 299):
        assert low[n] < 0 or exact(n, low[n], limit) <= 0.05 < exact(n, low[n] + 1, limit)
        assert 1 - exact(n, high[n] - 1, limit) <= 0.05 < 1 - exact(n, high[n] - 2, limit)
    assert low[FEWEST - 1] == -1
    assert high[FEWEST - 1] == NEVER


def test_a_window_wants_consecutive_intervals() -> None:
    """One bad interval starts the count anew."""
    length = 12 * WINDOW
    clean, bad_early = np.zeros((2, length), bool)
    bad_early[2 * WINDOW : 3 * WINDOW] = True
    found = alternatives.window_below(np.stack([clean, bad_early, ~clean]), 0.05)
    assert found.tolist() == [CONSECUTIVE * WINDOW, (3 + CONSECUTIVE) * WINDOW, NEVER]
    assert alternatives.window_above(np.stack([clean, ~clean]), 0.05).tolist() == [NEVER, CONSECUTIVE * WINDOW]


def test_sizes_that_are_fixed_beforehand() -> None:
    """Known: 59 clean conversations show less than 5 %, and sizes grow with the power."""
    assert fixed_size(0.05, 0.0, 0.05, 0.8) == 59
    for rate in (0.025, 0.1):
        half, most = (fixed_size(0.05, rate, 0.05, power) for power in (0.5, 0.8))
        assert 30 < half < most < 500
