"""Weights over time: what was decided, and nothing else, within the drawing whatever was stored."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.timeline import LEFT, MOST_ROWS, RIGHT, height, timeline
from proxy.examiner.status import Decided, SliceStatus, Weights
from tests.proxy.rollouts import gate, slice_status


def moved(at: float, before: str, after: str, what: str = "raise", where: str = "math", inputs: str = "{}") -> Decided:
    """A change of what a slice is served."""
    return Decided(at, "controller", where, what, before, after, "", inputs)


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
    base = drawn.lanes[0].base
    assert drawn.lanes[0].line.startswith(f"M{LEFT:g} {base:g}H{LEFT:g}V")
    assert f"H{middle:g}V" in drawn.lanes[0].line
    assert [round(base - float(found), 1) for found in heights] == [height(4), height(25), 0.0, 0.0]
    assert drawn.lanes[0].told.startswith("math: from 0 % to 0 % in 3 changes; now the ceiling is 100 %")


def test_ceilings_and_phases_are_no_weights() -> None:
    """A ceiling of 20 % was never served."""
    told = [moved(20, "no ceiling", "20 %", "set-weight"), moved(10, "shadow", "canary", "phase", "")]
    drawn = timeline(told, served(0), 30)
    assert drawn is not None
    assert drawn.lanes[0].told.startswith("math: from 0 % to 0 % in 0 changes;")
    assert (drawn.lanes[0].step, drawn.lanes[0].earned) == ("", "")  # nobody said what they were
    assert [turn.text for turn in drawn.turns] == ["canary"]


def test_each_of_the_four_weights_has_its_line() -> None:
    """What is served is the least of the others: without them one sees that it stopped, and not at what."""
    inputs = '{"math": {"ceiling": 50, "step": 25, "earned": 4.0}, "code": {"earned": 90}}'
    told = [moved(2000, "no ceiling", "9 %", "set-weight"), moved(1000, "0 %", "4 %", inputs=inputs)]
    drawn = timeline(told, served(4), 3000)
    assert drawn is not None
    (lane,) = drawn.lanes
    middle = (LEFT + RIGHT) / 2
    down, low = f"{lane.base - height(50):g}", f"{lane.base - height(9):g}"
    assert lane.ceiling == f"M{LEFT:g} {down}H{middle:g}V{low}H{RIGHT:g}V{lane.base - height(100):g}"
    assert lane.step.startswith(f"M{LEFT:g} {lane.base - height(25):g}H{RIGHT:g}V")
    assert lane.earned == f"M{LEFT:g} {lane.base - height(4):g}L{RIGHT:g} {lane.base - height(100):g}"
    assert [dot.x for dot in lane.dots] == [LEFT]  # the ceiling's decision says nothing of it


def test_the_table_says_the_same_newest_first_and_ends() -> None:
    """Whoever cannot see the drawing must not read a thousand rows for it either."""
    told = [moved(float(number), f"{number} %", f"{number + 1} %") for number in reversed(range(90))]
    told += [moved(float(number), f"{number} %", f"{number + 1} %", where="code") for number in reversed(range(90))]
    slices = (*served(90), slice_status("code", (gate(),)))
    drawn = timeline(told, slices, 200)
    assert drawn is not None
    assert len(drawn.rows) == MOST_ROWS
    times = [moment.at for _, moment in drawn.rows]
    assert times == sorted(times, reverse=True)
    assert drawn.rows[0][1].told == "raise 89 % → 90 % by controller"


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
