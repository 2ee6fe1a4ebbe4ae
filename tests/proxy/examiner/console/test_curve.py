"""The evidence curve: the bounds of now where the gate has them, and ahead where they would pass."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.curve import BOTTOM, LEFT, RIGHT, TOP, Curve, curves
from proxy.examiner.status import DirectionStatus
from routing.divergence import Direction
from tests.console.stage import judged, known
from tests.proxy.rollouts import gate


def drawn(trials: int, diverged: int) -> Curve:
    """The losses of a gate with these counts."""
    return next(one for one in curves(judged("refusal", "hold", (trials, diverged))) if one.direction == Direction.LOST)


def ends(path: str) -> list[float]:
    """The last point of a path."""
    x, y = re.findall(r"([\d.]+) ([\d.]+)", path)[-1]
    return [float(x), float(y)]


def test_the_curve_ends_in_the_bounds_that_the_gate_has() -> None:
    """The level is read off the bound, so drawing with it must come back to the bound."""
    curve = drawn(310, 6)
    assert ends(curve.upper) == pytest.approx([curve.x, curve.high], abs=0.2)
    assert ends(curve.lower) == pytest.approx([curve.x, curve.low], abs=0.2)
    assert curve.high < curve.seen < curve.low  # upwards is less in a drawing


def test_ahead_it_passes_after_as_many_as_the_gate_needs() -> None:
    """The number on the drawing is the one in the sentence."""
    of = judged("refusal", "hold", (310, 6))
    curve = curves(of)[0]
    assert of.needed is not None
    assert curve.passes is not None
    assert curve.passes.text == f"{310 + of.needed:,}"
    assert ends(curve.ahead) == pytest.approx([curve.passes.at, curve.limits[0].at], abs=1.0)


def test_a_gate_that_passed_has_nothing_ahead() -> None:
    """There is nothing to wait for."""
    curve = drawn(4000, 3)
    assert (curve.ahead, curve.passes) == ("", None)


def test_the_direction_that_decides_comes_first() -> None:
    """The one that one came for."""
    both = (known(Direction.LOST, 50, 1), known(Direction.GAINED, 50, 1))
    assert [one.direction for one in curves(gate(directions=both, direction="gained"))] == ["gained", "lost"]


@pytest.mark.parametrize(("trials", "diverged"), [(0, 0), (3, 3)])
def test_what_no_bound_is_known_of_is_not_drawn(trials: int, diverged: int) -> None:
    """No data has no curve; where everything diverged, any rate up to 1 is possible."""
    assert curves(gate(directions=(DirectionStatus("lost", trials, diverged, 0.0, 1.0),))) == ()


@given(st.integers(1, 100_000), st.floats(0, 0.99))
def test_every_curve_stays_inside(trials: int, share: float) -> None:
    """Whatever the counts, and the tightest limits an operator can set."""
    curve = curves(gate(directions=(known(Direction.LOST, trials, int(trials * share)),), success_below=0.0001))[0]
    for path in (curve.band, curve.upper, curve.lower, curve.ahead):
        for x, y in re.findall(r"([\d.]+) ([\d.]+)", path):
            assert LEFT <= float(x) <= RIGHT
            assert TOP <= float(y) <= BOTTOM
