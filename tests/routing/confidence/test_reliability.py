"""Whether confidence is what it says."""

from __future__ import annotations

import numpy as np
import pytest

from routing.confidence.reliability import brier, diagram, expected_error

SAID = np.array([0.9, 0.1, 0.9, 0.1, 0.9, 0.1])
WAS = np.array([True, False, True, True, False, False])


def test_the_brier_score_is_the_mean_squared_error() -> None:
    """By hand: four replies are off by a tenth, two by nine."""
    assert brier(SAID, WAS) == pytest.approx((4 * 0.01 + 2 * 0.81) / 6)


def test_a_diagram_tells_the_least_sure_first() -> None:
    """Two bins of three replies each."""
    low, high = diagram(SAID, WAS, 2)
    assert (low.confidence, low.acceptable, low.units) == pytest.approx((0.1, 1 / 3, 3))
    assert (high.confidence, high.acceptable, high.units) == pytest.approx((0.9, 2 / 3, 3))


def test_the_expected_error_is_the_bins_mean_gap() -> None:
    """Both bins are 7 / 30 off."""
    assert expected_error(SAID, WAS, 2) == pytest.approx(7 / 30)


def test_equal_confidences_are_one_bin_however_they_are_ordered() -> None:
    """Parted, their chance gaps would be told as miscalibration."""
    acceptable = np.arange(1000) < 900
    (only,) = diagram(np.full(1000, 0.9), acceptable)
    assert (only.confidence, only.acceptable, only.units) == pytest.approx((0.9, 0.9, 1000))
    assert expected_error(np.full(1000, 0.9), acceptable) == pytest.approx(0.0)


def test_bins_have_equal_counts_where_nothing_ties() -> None:
    """A good student's replies lie in a corner of the scale: bins of equal width would leave them all in one."""
    confidences = 1.0 - np.random.default_rng(1).random(1000) / 50.0
    assert [one.units for one in diagram(confidences, np.ones(1000, bool))] == [100] * 10


def test_honest_confidence_has_a_small_error_and_boasting_a_large_one() -> None:
    """A hundred thousand units: of ten bins the mean gap is below one percent by chance alone."""
    chance = np.random.default_rng(2)
    truth = chance.random(100_000)
    acceptable = chance.random(100_000) < truth
    assert (expected_error(truth, acceptable) or 0.0) < 0.01
    assert expected_error(np.sqrt(truth), acceptable) == pytest.approx(2 / 3 - 1 / 2, abs=0.01)


def test_without_units_nothing_is_said() -> None:
    """No data is not a perfect score."""
    nothing = np.array([])
    assert brier(nothing, nothing.astype(bool)) is None
    assert expected_error(nothing, nothing.astype(bool)) is None
    assert diagram(nothing, nothing.astype(bool)) == ()
