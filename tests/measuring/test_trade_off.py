"""Curves of quality over calls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import isotonic_regression

from measuring.trade_off import CALLS, DIAGONAL, LEVELS, SHARES, Array, Places, bootstrapped, curve, isotonic, summary

LEAD = np.array([1.0, 0.0, 0.0, 1.0, -1.0, 0.0, 1.0, 0.0])


def test_the_diagonal_is_chance() -> None:
    """It is what every other way to route is held against."""
    assert summary(DIAGONAL) == pytest.approx([*LEVELS, *CALLS, 0.5])


def test_whoever_knows_both_answers_keeps_more_than_all() -> None:
    """Three requests of eight need the teacher, and one is better without it: 3 of a lead of 2."""
    oracle = curve(-LEAD, LEAD)
    assert oracle[0] == 0
    assert np.interp(3 / 8, SHARES, oracle) == pytest.approx(1.5, abs=0.02)
    assert oracle[-1] == 1
    assert summary(oracle)[0] == pytest.approx(1 / 8)  # half of the lead is one request


def test_the_least_promising_go_first() -> None:
    """Were the order turned round, a good head would look worse than chance."""
    assert curve(np.arange(8.0), np.arange(8.0)[::-1])[50] > 0.5 > curve(np.arange(8.0), np.arange(8.0))[50]


@given(st.lists(st.floats(-2, 2), min_size=2, max_size=40))
def test_the_nearest_ascending_curve(values: list[float]) -> None:
    """Held against another's regression."""
    assert isotonic(np.array(values)) == pytest.approx(isotonic_regression(values), abs=1e-9)


def test_a_lucky_bump_is_no_level() -> None:
    """The curve touches 80 % early and falls back: so few calls did not buy that."""
    bumpy = DIAGONAL.copy()
    bumpy[20] = 0.85
    assert summary(bumpy)[1] == pytest.approx(0.8)


def test_an_interval_holds_what_it_is_of() -> None:
    """Of a thousand throws of a coin, the mean and about three hundredths to each side."""
    throws = (np.arange(1_000) % 2).astype(float)

    def mean(places: Places) -> Array:
        return np.array([throws[places].mean()])

    (found,) = bootstrapped(mean, 1_000, 300)
    assert found.value == 0.5
    assert found.low == pytest.approx(0.469, abs=0.01)
    assert found.high == pytest.approx(0.531, abs=0.01)
