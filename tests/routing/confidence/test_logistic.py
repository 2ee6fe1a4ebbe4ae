"""The regression that confidence rests on: it finds what is there, and always ends."""

from __future__ import annotations

import numpy as np
import pytest

from routing.confidence.logistic import Floats, Regression, bend, logistic, standardized


def units(count: int) -> tuple[Floats, Floats]:
    """A design with an intercept and two numbers, of which one speaks for a reply: log-odds 0.5 + 1.5 x."""
    chance = np.random.default_rng(5)
    design = np.column_stack([np.ones(count), chance.normal(size=(count, 2))])
    return design, (chance.random(count) < logistic(0.5 + 1.5 * design[:, 1])).astype(np.float64)


def test_what_made_the_units_is_found() -> None:
    """With many units and little ridge."""
    found = Regression(*units(20_000), 1e-3).solved()
    assert found == pytest.approx([0.5, 1.5, 0.0], abs=0.1)


def test_at_the_solution_nothing_is_gained_by_a_step() -> None:
    """The slope is what the loss grows by, so it vanishes where the loss is least."""
    regression = Regression(*units(300), 4.0)
    at = regression.solved()
    assert regression.slope(at) == pytest.approx(np.zeros(3), abs=1e-3)
    apart = np.array([0.3, -0.2, 0.1])
    grown = [(regression.loss(at + apart + h) - regression.loss(at + apart - h)) / 2e-6 for h in 1e-6 * np.eye(3)]
    assert regression.slope(at + apart) == pytest.approx(grown, rel=1e-4)


@pytest.mark.parametrize("good", [0.0, 1.0])
def test_units_that_agree_have_a_finite_answer(good: float) -> None:
    """Without the unit in their midst the intercept would go to infinity."""
    design, _ = units(50)
    found = Regression(design, np.full(50, good), 1.0).solved()
    assert np.isfinite(found).all()
    assert (found[0] > 2.0) == bool(good)


def test_a_unit_that_was_left_out_is_foretold_without_it() -> None:
    """One step from the whole fit comes near to the fit that is made anew without the unit."""
    design, good = units(60)
    regression = Regression(design, good, 4.0)
    foretold = regression.left_out(regression.solved())
    for unit in range(5):
        rest = np.arange(60) != unit
        anew = Regression(design[rest], good[rest], 4.0).solved()
        assert foretold[unit] == pytest.approx(float(design[unit] @ anew), abs=0.1)


def test_a_number_that_does_not_vary_has_no_weight() -> None:
    """Dividing by its spread would make noise of it."""
    center, spread = standardized(np.array([[1.0, 7.0], [3.0, 7.0]]))
    assert (center.tolist(), spread.tolist()) == ([2.0, 7.0], [1.0, np.inf])


def test_the_bend_is_the_growth_of_the_chance() -> None:
    """Newton's steps rest on it."""
    grown = (logistic(np.array([0.7 + 1e-6])) - logistic(np.array([0.7 - 1e-6]))) / 2e-6
    assert bend(np.array([0.7])) == pytest.approx(grown, rel=1e-6)
