"""Restarts."""

from __future__ import annotations

import numpy as np

from simulation.epochs import EPOCHS, certified_by


def test_free_resets_add_up_and_a_shared_level_does_not() -> None:
    """A hundred and fifty students at the limit, tried twelve times."""
    shared, free = certified_by(np.random.default_rng(1), 150)
    assert (np.diff(shared) >= 0).all()
    assert len(free) == EPOCHS
    assert shared[-1] <= 150 * (0.05 + 4 * (0.05 * 0.95 / 150) ** 0.5)
    assert free[-1] > 30
