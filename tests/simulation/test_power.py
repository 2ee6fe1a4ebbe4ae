"""What looking all the time costs."""

from __future__ import annotations

import numpy as np

from simulation.alternatives import fixed_size
from simulation.borders import NEVER
from simulation.power import certified, taken_back


def test_clean_students_are_certified_at_the_known_count() -> None:
    """74 clean conversations where the limit is 5 %; one look at the end would need 59."""
    assert certified(0.05, 0.0, 200, np.random.default_rng(1), 5).tolist() == [74] * 5


def test_the_price_is_about_a_factor_of_two() -> None:
    """At half the limit: beside the size at which one look finds it half of the time."""
    times = certified(0.05, 0.025, 3000, np.random.default_rng(1), 100)
    assert 1.2 < np.median(times) / fixed_size(0.05, 0.025, 0.05, 0.5) < 3.0


def test_nobody_is_taken_back_for_one_slip() -> None:
    """Not before five conversations, however bad."""
    times = taken_back(0.005, 1.0, 50, np.random.default_rng(1), 5)
    assert times.tolist() == [5] * 5
    assert (taken_back(0.05, 0.0, 50, np.random.default_rng(1), 5) == NEVER).all()
