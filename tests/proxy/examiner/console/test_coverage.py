"""The curve of risk over coverage: a point for each threshold, and the one in force."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.coverage import BOTTOM, LEFT, RIGHT, TOP, coverage
from proxy.examiner.status import Tried
from routing.evidence import rates
from routing.evidence.rates import Trials
from tests.proxy.confidences import WHOLE

ALPHA, TARGET = 0.05, 0.02
TRIED = (Tried(0.98, 100, 0), Tried(0.9312, 300, 2), Tried(0.8, 400, 30))
VIEW = dataclasses.replace(WHOLE, tried=TRIED)


def test_every_threshold_is_a_point_and_the_one_in_force_is_marked() -> None:
    """With what it would serve, what of it diverges, and at most how much."""
    drawn = coverage(VIEW, "selective", TARGET, ALPHA)
    assert drawn is not None
    assert [(point.coverage, point.risk) for point in drawn.points] == [(0.25, 0.0), (0.75, 2 / 300), (1.0, 30 / 400)]
    assert [point.most for point in drawn.points] == [
        rates.upper(Trials(*counts), ALPHA) for counts in ((100, 0), (300, 2), (400, 30))
    ]
    assert drawn.mark == drawn.points[1]
    assert drawn.told.endswith("in force is 0.9312: 75 % of the replies, 0.67 % diverged")


def test_under_a_marginal_promise_the_risk_is_of_all_replies() -> None:
    """Those that the teacher serves count as kept."""
    drawn = coverage(VIEW, "marginal", TARGET, ALPHA)
    assert drawn is not None
    assert [point.risk for point in drawn.points] == [0.0, 2 / 400, 30 / 400]


def test_without_a_certificate_nothing_is_marked() -> None:
    """And the words say so."""
    drawn = coverage(dataclasses.replace(VIEW, threshold=None), "selective", TARGET, ALPHA)
    assert drawn is not None
    assert drawn.mark is None
    assert drawn.told.endswith("none is certified")


def test_nothing_is_drawn_of_nothing() -> None:
    """No threshold, or none that any reply reaches."""
    assert coverage(WHOLE, "selective", TARGET, ALPHA) is None
    assert coverage(dataclasses.replace(WHOLE, tried=(Tried(0.9, 0, 0),)), "selective", TARGET, ALPHA) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=60))
def test_every_point_stays_inside(found: list[tuple[float, int, int]]) -> None:
    """Whatever the counts; so does the promise."""
    tried = tuple(Tried(threshold, answers, min(answers, diverged)) for threshold, answers, diverged in found)
    drawn = coverage(dataclasses.replace(VIEW, tried=tried), "selective", TARGET, ALPHA)
    assert (drawn is None) == (not any(one.answers for one in tried))
    for point in drawn.points if drawn else ():
        assert LEFT <= point.x <= RIGHT
        assert TOP <= point.y <= BOTTOM
    for line in drawn.rows if drawn else ():
        assert TOP <= line.at <= BOTTOM
    assert drawn is None or TOP <= drawn.target.at <= BOTTOM
