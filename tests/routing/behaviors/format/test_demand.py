"""Bounds, and how they read."""

from __future__ import annotations

import pytest

from routing.behaviors.format.demand import Bounds


@pytest.mark.parametrize(
    ("bounds", "said", "admitted"),
    [
        (Bounds(3), "at least 3", [3, 4, 5]),
        (Bounds(3, 3), "exactly 3", [3]),
        (Bounds(0, 3), "at most 3", [0, 1, 2, 3]),
        (Bounds(2, 4), "2 to 4", [2, 3, 4]),
    ],
)
def test_bounds(bounds: Bounds, said: str, admitted: list[int]) -> None:
    """Both ends are included; the words go into a label's rule."""
    assert str(bounds) == said
    assert [count for count in range(6) if bounds.admit(count)] == admitted
