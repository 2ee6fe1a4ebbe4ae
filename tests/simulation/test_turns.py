"""Turns are alike, and what that does."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.turns import ALIKE, LIMIT, any_of_ten, errors, grouped


@pytest.mark.parametrize("alike", ALIKE)
def test_groups_are_as_frequent_and_as_alike_as_said(alike: float) -> None:
    """The limit for conversations is computed from it, so an error here would pass for one of the method."""
    diverged = grouped(np.random.default_rng(1), 100, 500, LIMIT, alike)
    assert diverged.shape == (100, 500, 10)
    assert diverged.mean() == pytest.approx(LIMIT, rel=0.04)
    assert diverged.any(axis=2).mean() == pytest.approx(any_of_ten(LIMIT, alike), rel=0.04)
    both = (diverged[..., 0] & diverged[..., 1]).mean()
    assert both == pytest.approx(LIMIT**2 + alike * LIMIT * (1 - LIMIT), rel=0.2, abs=5e-4)


def test_counting_turns_errs_and_counting_conversations_does_not() -> None:
    """Two hundred replicates; four standard errors beyond the level are eleven percent."""
    turns_low, whole_low, turns_high, whole_high = errors(0.3, np.random.default_rng(2), 200)
    assert min(turns_low, turns_high) > 40
    assert max(whole_low, whole_high) <= 22
