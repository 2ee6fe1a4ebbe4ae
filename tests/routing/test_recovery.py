"""How a student that was ill gets its share back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.assignment import BUCKETS
from routing.circuit import SHORTEST, Circuit, State
from routing.recovery import share
from tests.routing.test_circuit import opened


def test_one_that_was_never_ill_has_all_of_it() -> None:
    """Also at the clock's beginning."""
    assert share(Circuit(), 0.0, 60.0) == BUCKETS


def test_nothing_while_it_rests_or_is_probed() -> None:
    """A probe is one call, and not a percent of all callers."""
    assert share(opened(), SHORTEST * 0.99, 60.0) == 0
    assert share(opened().started(SHORTEST), SHORTEST + 30, 60.0) == 0


@pytest.mark.parametrize(("after", "expected"), [(0, 0), (6, 10_000), (30, 50_000), (59.9999, 99_999), (60, BUCKETS)])
def test_it_grows_linearly_from_the_end_of_the_illness(after: float, expected: int) -> None:
    """Cold caches and one worker of ten that is up: a returning server is not what it was."""
    well = opened().started(SHORTEST).ended(4.0, failed=False)
    assert share(well, 4.0 + after, 60.0) == pytest.approx(expected, abs=1)


def test_callers_probe_it_where_nobody_else_does() -> None:
    """The share grows from the end of the rest on, so that one comes by; it goes on where that one is answered."""
    assert 0 < share(opened(), SHORTEST + 1, 60.0) < 2 * BUCKETS // 60 + 1
    answered = opened().heard(SHORTEST + 1, failed=False)
    assert answered.state is State.CLOSED
    assert share(answered, SHORTEST + 1, 60.0) == share(opened(), SHORTEST + 1, 60.0)
    assert share(opened().heard(SHORTEST + 1, failed=True), SHORTEST + 1, 60.0) == 0


def test_it_can_be_given_all_at_once() -> None:
    """``return_over: 0s``."""
    assert share(opened(), SHORTEST, 0.0) == BUCKETS


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e5))
def test_it_never_shrinks_while_it_goes_well(one: float, other: float, over: float) -> None:
    """Or callers would change models for nothing."""
    well = opened().started(SHORTEST).ended(SHORTEST, failed=False)
    before, after = sorted((SHORTEST + one, SHORTEST + other))
    assert 0 <= share(well, before, over) <= share(well, after, over) <= BUCKETS
