"""At the limit itself: ours errs as seldom as it says, and the usual alternatives do not."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.borders import NEVER, Counts
from simulation.boundary import ALPHA, Decided, decided

REPLICATES = 300
BEYOND = ALPHA + 4 * (ALPHA * (1 - ALPHA) / REPLICATES) ** 0.5


@pytest.fixture(scope="module", params=[0.02, 0.05])
def at_the_limit(request: pytest.FixtureRequest) -> Decided:
    """Five thousand looks at each of three hundred students."""
    return decided(request.param, request.param, np.random.default_rng(7), REPLICATES)


def ever(times: Counts) -> float:
    """In what share of the replicates."""
    return float(np.mean(times != NEVER))


def test_looking_all_the_time_errs_no_more_than_stated(at_the_limit: Decided) -> None:
    """Four standard errors beyond the level would be no chance."""
    assert ever(at_the_limit.advance) <= BEYOND
    assert ever(at_the_limit.back) <= BEYOND
    assert ever(at_the_limit.back_of_many) <= 0.02


def test_the_alternatives_err_far_more(at_the_limit: Decided) -> None:
    """On the same conversations; otherwise the streams would be to blame."""
    assert ever(at_the_limit.advance_one_look) > BEYOND
    assert ever(at_the_limit.advance_window) > BEYOND
    assert ever(at_the_limit.back_one_look) > BEYOND


def test_errors_do_not_go_unseen() -> None:
    """Far beyond the limit everybody is right, so a simulation that sees no errors is one that sees them."""
    worse = decided(0.05, 0.15, np.random.default_rng(7), 50)
    assert (ever(worse.advance), ever(worse.back)) == (0.0, 1.0)
