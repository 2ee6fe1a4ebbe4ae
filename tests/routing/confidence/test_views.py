"""Which part of a reply decides, for every length of a prefix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence.views import WHOLE, label, reached, rungs


def test_a_prefix_has_rungs_at_its_quarter_and_its_half() -> None:
    """A slow student is judged by what came in time, not sent away for being slow."""
    assert rungs(24) == (6, 12, 24)


@pytest.mark.parametrize(("hold", "expected"), [(0, ()), (1, (1,)), (2, (1, 2)), (3, (1, 3)), (4, (1, 2, 4))])
def test_rungs_of_a_short_prefix_are_not_repeated(hold: int, expected: tuple[int, ...]) -> None:
    """A rung of no tokens would judge nothing, and two alike would be certified twice."""
    assert rungs(hold) == expected


@given(st.integers(0, 500), st.integers(0, 1000))
def test_the_longest_complete_rung_decides(hold: int, tokens: int) -> None:
    """Nothing is judged by tokens that have not come."""
    rung = reached(hold, tokens)
    longer = [one for one in rungs(hold) if one <= tokens]
    assert rung == (longer[-1] if longer else None)


def test_views_have_names() -> None:
    """They label a gauge and stand in reports."""
    assert [label(view) for view in (WHOLE, 24)] == ["whole", "first_24"]
