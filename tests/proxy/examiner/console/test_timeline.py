"""Weights over time: what was decided, and nothing else, within the drawing whatever was stored."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.timeline import LEFT, RIGHT, timeline
from proxy.examiner.status import Decided, SliceStatus, Weights
from tests.proxy.rollouts import gate, slice_status


def moved(at: float, before: str, after: str, what: str = "raise", where: str = "math") -> Decided:
    """A change of what a slice is served."""
    return Decided(at, "controller", where, what, before, after, "", "{}")


def served(weight: float) -> tuple[SliceStatus, ...]:
    """One slice that is served so much now."""
    return (slice_status("math", (gate(),), weights=Weights(100, 100, 100, weight)),)


def test_a_lane_goes_up_where_it_was_raised_and_down_where_it_was_lowered() -> None:
    """Every step at its time, from what was before the first to what is now."""
    told = [moved(3000, "25 %", "0 %", "lower"), moved(2000, "4 %", "25 %"), moved(1000, "0 %", "4 %")]
    drawn = timeline(told, served(0), 3000)
    assert drawn is not None
    heights = re.findall(r"V([\d.]+)", drawn.lanes[0].line)
    middle = (LEFT + RIGHT) / 2
    assert drawn.lanes[0].line.startswith(f"M{LEFT:g} {drawn.lanes[0].base}H{LEFT}V")
    assert f"H{middle}V" in drawn.lanes[0].line
    assert [float(height) for height in heights] == [48.8, 41.0, 54.0, 54.0]
    assert drawn.lanes[0].told == "math: from 0 % to 0 % in 3 changes"


def test_ceilings_and_phases_are_no_weights() -> None:
    """A ceiling of 20 % was never served."""
    told = [moved(20, "no ceiling", "20 %", "set-weight"), moved(10, "shadow", "canary", "phase", "")]
    drawn = timeline(told, served(0), 30)
    assert drawn is not None
    assert drawn.lanes[0].told == "math: from 0 % to 0 % in 0 changes"
    assert [turn.text for turn in drawn.turns] == ["canary"]


def test_nothing_is_drawn_of_nothing() -> None:
    """An empty drawing would look like a rollout that stands still."""
    assert timeline([], served(5), 10) is None
    assert timeline([moved(1, "0 %", "1 %")], (), 10) is None


def test_times_stand_below_in_order() -> None:
    """A few of them, whatever the span."""
    for span in (90, 7_000, 400_000, 90_000_000):
        drawn = timeline([moved(1_700_000_000, "0 %", "1 %")], served(1), 1_700_000_000 + span)
        assert drawn is not None
        places = [tick.x for tick in drawn.ticks]
        assert 1 <= len(places) <= 7
        assert places == sorted(places)


@given(
    st.lists(
        st.builds(
            moved,
            st.floats(0, 4e9),
            st.sampled_from(["0 %", "5 %", "", "nan %", "1e999 %", "-3 %", "many"]),
            st.sampled_from(["0 %", "400 %", "x", "inf %", "12.5 %"]),
        ),
        min_size=1,
    )
)
def test_whatever_is_stored_stays_inside(told: list[Decided]) -> None:
    """A row that nobody understands must not take the page with it."""
    drawn = timeline(told, served(5), 4e9)
    assert drawn is not None
    for lane in drawn.lanes:
        across = [float(x) for x in re.findall(r"[MH]([\d.]+)", lane.line)]
        assert all(LEFT <= x <= RIGHT for x in across)
        assert not re.search("nan|inf", lane.line)
