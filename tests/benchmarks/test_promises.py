"""benchmarks.promises: what a threshold would really do, and that a broken promise would be seen."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.labeled import Sample
from benchmarks.promises import NOTHING, Ranked, draws
from routing.confidence.threshold import Promise, Target
from routing.confidence.views import WHOLE

CONFIDENCES = np.array([0.9, 0.8, 0.8, 0.6, 0.1])
RANKED = Ranked(CONFIDENCES, np.array([0.0, 0.0, 1.0, 1.0, 2.0]))
SELECTIVE, MARGINAL = (Target(0.3, 0.05, promise) for promise in Promise)


def population(count: int, rate: float, *, telling: bool) -> Sample:
    """Conversations, of which some diverge; two numbers say which, or say nothing."""
    rng = np.random.default_rng(count)
    diverged = (rng.random(count) < rate).astype(float)
    noise = rng.normal(size=(count, 2))
    vectors = noise - 2.0 * diverged[:, None] if telling else noise
    return Sample(WHOLE, np.full(count, "general"), diverged, vectors, vectors[:, 0], vectors[:, 1], np.ones(count))


def test_a_threshold_serves_all_that_are_at_least_so_sure() -> None:
    """Replies of exactly the threshold are served, too: that is what ``acceptance`` does."""
    served = RANKED.at(0.8, SELECTIVE)
    assert (served.coverage, served.broken) == (0.6, True)
    assert served.risk == pytest.approx(1 / 3)
    assert RANKED.at(0.8, MARGINAL).risk == pytest.approx(0.2)
    assert RANKED.at(0.95, SELECTIVE) == NOTHING


def test_the_best_threshold_is_the_lowest_that_keeps_the_promise() -> None:
    """A threshold between equals is none: 0.8 would serve both, and two of five is more than was promised."""
    assert RANKED.best(SELECTIVE).coverage == 0.8
    assert RANKED.best(Target(0.2, 0.05)).coverage == 0.2
    assert RANKED.best(MARGINAL).coverage == 0.8


@pytest.mark.parametrize("telling", [True, False])
def test_certified_thresholds_keep_the_promise_and_naive_ones_do_not(*, telling: bool) -> None:
    """The comparison must be able to fail: in the same draws, naive thresholds break the promise often."""
    target = Target(0.1, 0.05)
    found = [one for (one,) in draws(population(4000, 0.12, telling=telling), [target], 600, 60, 3)]
    assert np.mean([one.batch.broken for one in found]) < 0.2
    assert np.mean([one.live.broken for one in found]) < 0.2
    assert np.mean([one.naive.broken for one in found]) > 0.3
    if telling:
        assert np.mean([one.batch.coverage for one in found]) > 0.5
        assert all(one.batch.coverage <= one.best.coverage or one.batch.broken for one in found)
