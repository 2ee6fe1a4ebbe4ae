"""benchmarks.risk_coverage: what a ranking is worth, against definitions slow enough to be obvious."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from benchmarks.risk_coverage import Floats, area, areas, curve, differences, oracle, resampled, with_interval


def numbers(*values: float) -> Floats:
    return np.array(values, np.float64)


def walked(sureness: Floats, diverged: Floats, steps: int = 200) -> float:
    """The area in thin slices: replies are poured in, the surest first, equals evenly mixed."""
    groups = [diverged[sureness == value] for value in sorted(set(sureness), reverse=True)]
    rates = np.concatenate([np.full(steps * len(group), group.mean()) for group in groups])
    return float((np.cumsum(rates) / np.arange(1, len(rates) + 1)).mean())


@pytest.mark.parametrize("seed", range(5))
def test_the_area_is_the_mean_risk_over_all_coverages(seed: int) -> None:
    """The integral in closed form is what pouring says, with ties and without."""
    rng = np.random.default_rng(seed)
    sureness, diverged = rng.integers(0, 12, 60).astype(float), (rng.random(60) < 0.3).astype(float)
    assert area(sureness, diverged) == pytest.approx(walked(sureness, diverged), abs=2e-4)


def test_what_cannot_be_told_apart_costs_the_rate_of_divergence() -> None:
    """Or a ranking would look better, or worse, for the order in which replies happen to be stored."""
    diverged = numbers(0, 0, 1, 0, 1)
    assert area(np.zeros(5), diverged) == pytest.approx(0.4)
    assert area(np.zeros(5), diverged[::-1]) == pytest.approx(0.4)


def test_no_order_is_better_than_the_oracle() -> None:
    """What a ranking is held against must be the least there is."""
    diverged = numbers(0, 1, 0, 1, 0)
    every = [area(numbers(*order), diverged) for order in permutations(range(5))]
    assert min(every) == pytest.approx(area(numbers(5, 2, 4, 1, 3), diverged))
    assert oracle(diverged) <= min(every)


def test_a_draw_weighs_replies_as_often_as_it_has_them() -> None:
    """A resampling is the same as a longer list, and a reply that was not drawn is not there."""
    sureness, diverged = numbers(3, 2, 1), numbers(0, 1, 0)
    twice = area(numbers(3, 3, 1), numbers(0, 0, 0)), area(numbers(3, 2, 2, 2), numbers(0, 1, 1, 1))
    drawn = areas(sureness, diverged, np.array([[2.0, 0.0, 1.0], [1.0, 3.0, 0.0]]))
    assert drawn.tolist() == pytest.approx(twice)


def test_the_curve_ends_with_all_replies() -> None:
    """Its last point is the student serving everything."""
    coverage, risk = curve(numbers(1, 2, 2, 0), numbers(1, 0, 1, 1))
    assert coverage.tolist() == [0.5, 0.75, 1.0]
    assert risk.tolist() == pytest.approx([0.5, 2 / 3, 0.75])


def test_a_difference_is_taken_within_each_resampling() -> None:
    """A ranking differs from itself by exactly nothing, though its area varies from one resampling to the next."""
    rng = np.random.default_rng(1)
    sureness, diverged = rng.random(200), (rng.random(200) < 0.2).astype(float)
    draws = resampled(200, 50, 2)
    found = differences({"one": sureness, "two": sureness.copy(), "best": 1 - diverged}, "one", diverged, draws)
    assert (found["two"].area, found["two"].low, found["two"].high) == (0.0, 0.0, 0.0)
    assert found["best"].high < 0.0
    spread = with_interval(sureness, diverged, draws)
    assert spread.low < spread.area < spread.high
