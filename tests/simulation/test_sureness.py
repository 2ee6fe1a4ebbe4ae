"""Worlds of confidence, and what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from routing.confidence.calibration import fit
from routing.confidence.threshold import Promise, Target
from simulation.sureness import NUMBERS, TURNS, WORLDS, Truth, World, log_odds, pool


@pytest.mark.parametrize("name", WORLDS)
def test_units_diverge_as_often_as_the_pool_says(name: str) -> None:
    """A promise is held against the pool's chances: drawn units have to keep to them."""
    traffic = pool(WORLDS[name])
    vectors, diverged = traffic.units(50_000, np.random.default_rng(1))
    assert vectors.shape == (50_000, NUMBERS)
    assert diverged.mean() == pytest.approx(traffic.chances.mean(), rel=0.08)


@pytest.mark.parametrize("alike", [0.0, 0.5, 1.0])
def test_turns_share_their_luck_and_keep_their_chances(alike: float) -> None:
    """Two turns of equal chances both go by the common luck with the probability of the square."""
    traffic = pool(World(log_odds(0.2), 0.0))
    _, diverged = traffic.drawn(100_000, np.random.default_rng(2), alike)
    assert diverged.shape == (100_000, TURNS)
    assert diverged.mean() == pytest.approx(0.2, abs=0.005)
    both = (diverged[:, 0] & diverged[:, 1]).mean()
    assert both == pytest.approx(0.04 + alike**2 * 0.16, abs=0.005)


def test_the_surest_tenth_diverges_as_often_as_it_is_said_to() -> None:
    """And nobody else."""
    flawed, sound = (pool(World(-4.0, 1.5, flaw)).chances for flaw in (0.1, None))
    changed = flawed != sound
    assert changed.mean() == pytest.approx(0.1, abs=0.001)
    assert set(flawed[changed]) == {0.1}
    assert sound[changed].max() <= sound[~changed].min()


def test_what_a_threshold_does_to_all_traffic_is_the_sum_over_it() -> None:
    """Against a loop, at thresholds below, between, on and above what there is."""
    traffic = pool(WORLDS["the surer the better"])
    vectors, diverged = traffic.units(300, np.random.default_rng(3))
    calibration = fit(vectors, ~diverged)
    truth = Truth.of(traffic, calibration)
    confidences = calibration.confidences(traffic.vectors.reshape(-1, NUMBERS))
    for threshold in (0.0, 0.9, float(confidences[0]), float(np.median(confidences)), 1.1):
        served = confidences >= threshold
        bad = traffic.chances.ravel()[served].sum()
        at = np.array([threshold])
        assert truth.coverage(at)[0] == pytest.approx(served.mean())
        assert truth.risk(at, Promise.SELECTIVE)[0] == pytest.approx(bad / max(served.sum(), 1))
        assert truth.risk(at, Promise.MARGINAL)[0] == pytest.approx(bad / len(confidences))


def test_the_best_threshold_keeps_the_promise_and_the_next_one_does_not() -> None:
    """What the student could serve at most is what its share is told against."""
    traffic = pool(WORLDS["the surer the better"])
    vectors, diverged = traffic.units(300, np.random.default_rng(4))
    truth = Truth.of(traffic, fit(vectors, ~diverged))
    best = truth.best(Target(0.05, 0.05))
    place = len(truth.confidences) - round(best * len(truth.confidences))
    assert 0.5 < best < 1.0
    assert truth.risk(truth.confidences[place : place + 1], Promise.SELECTIVE)[0] <= 0.05
    assert (truth.risk(np.unique(truth.confidences[:place]), Promise.SELECTIVE) > 0.05).all()
