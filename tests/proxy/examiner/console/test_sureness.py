"""The reliability diagram: its bounds are the evidence's own, and whatever comes in stays inside."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.sureness import BOTTOM, LEFT, RIGHT, TOP, sureness
from proxy.examiner.status import Bin
from routing.evidence import rates
from routing.evidence.rates import Trials

ALPHA = 0.05


def test_a_bin_lies_where_it_said_and_was() -> None:
    """On the diagonal where both agree, below it where confidence said too much; between its bounds."""
    drawn = sureness([Bin(0.5, 0.5, 40), Bin(0.9, 0.7, 200)], ALPHA)
    assert drawn is not None
    even, boastful = drawn.spots
    assert round(even.x - LEFT, 1) == round(BOTTOM - even.y, 1)
    assert boastful.x - LEFT > BOTTOM - boastful.y
    assert boastful.high_y < boastful.y < boastful.low_y
    wrong = Trials(200, 60)
    assert (boastful.low, boastful.high) == (1 - rates.upper(wrong, ALPHA), 1 - rates.lower(wrong, ALPHA))
    assert even.radius < boastful.radius


def test_a_good_students_bins_are_told_apart() -> None:
    """From 0 to 1 they would be one dot."""
    drawn = sureness([Bin(0.97, 0.96, 4000), Bin(0.99, 0.995, 4000)], ALPHA)
    assert drawn is not None
    assert drawn.spots[1].x - drawn.spots[0].x > 0.25 * (RIGHT - LEFT)
    assert drawn.columns[0].text == "1.00"
    assert len(drawn.columns) <= 6


def test_it_is_told_in_words() -> None:
    """For whoever does not see it."""
    drawn = sureness([Bin(0.5, 0.25, 40)], ALPHA)
    assert drawn is not None
    assert drawn.told == "Of 40 replies with a confidence of 0.50, 25 % were acceptable"


def test_nothing_is_drawn_of_nothing() -> None:
    """An empty diagram would look like a student that is never sure."""
    assert sureness((), ALPHA) is None
    assert sureness([Bin(0.5, 0.5, 0)], ALPHA) is None


_SHARE = st.floats(0, 1)


@given(st.lists(st.builds(Bin, _SHARE, _SHARE, st.integers(1, 100_000)), min_size=1, max_size=10))
def test_every_spot_stays_inside(bins: list[Bin]) -> None:
    """And so does its bar, which has the spot between its ends."""
    drawn = sureness(bins, ALPHA)
    assert drawn is not None
    for spot in drawn.spots:
        assert LEFT <= spot.x <= RIGHT
        assert TOP <= spot.high_y <= spot.low_y <= BOTTOM
        assert 0 <= spot.low <= spot.high <= 1
