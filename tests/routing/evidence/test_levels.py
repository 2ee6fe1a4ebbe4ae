"""Sharing an error level out."""

from __future__ import annotations

import pytest

from routing.evidence.levels import share


def test_all_shares_together_are_the_level() -> None:
    """However many behaviors appear, and however often a gate starts anew."""
    assert sum(share(0.05, j) for j in range(1, 20_000)) == pytest.approx(0.05, rel=1e-3)
    assert share(0.05, 1) == 0.025


def test_positions_count_from_one() -> None:
    """Position 0 would divide by zero."""
    with pytest.raises(ValueError, match="count from 1"):
        share(0.05, 0)
