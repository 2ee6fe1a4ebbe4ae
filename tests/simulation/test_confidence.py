"""Thresholds on confidence, lived through."""

from __future__ import annotations

import numpy as np
import pytest

from routing.confidence import threshold
from routing.confidence.threshold import Promise, Target
from simulation import confidence
from simulation.alternatives import FEWEST
from simulation.borders import NEVER
from simulation.confidence import in_force, lives, naively, turns, versions


@pytest.mark.parametrize("promise", Promise)
def test_what_is_in_force_after_each_unit_is_what_routing_gives_then(promise: Promise) -> None:
    """The simulation judges routing only as far as it is routing that it simulates."""
    chance = np.random.default_rng(1)
    confidences = chance.random(400)
    diverged = chance.random(400) < np.where(confidences < 0.4, 0.3, 0.02)
    grid, target = (0.7, 0.5, 0.3, 0.2, 0.0001), Target(0.1, 0.05, promise)
    places = in_force(grid, confidences, diverged, target)
    for looked in range(1, 401):
        counts = threshold.counted(grid, confidences[:looked], ~diverged[:looked])
        certificate = threshold.live(counts, target)
        assert places[looked - 1] == (grid.index(certificate.threshold) if certificate else -1)
    assert len(set(places.tolist())) > 2


def test_the_usual_way_takes_the_lowest_threshold_that_looks_well() -> None:
    """By a loop over the units so far."""
    chance = np.random.default_rng(2)
    confidences, diverged = chance.random(200), chance.random(200) < 0.08
    grid, target = (0.9, 0.6, 0.3, 0.0), Target(0.08, 0.05)
    places = naively(grid, confidences, diverged, target)
    for looked in range(1, 201):
        so_far, bad = confidences[:looked], diverged[:looked]
        well = [
            place
            for place, limit in enumerate(grid)
            if (so_far >= limit).sum() >= FEWEST and bad[so_far >= limit].mean() <= 0.08
        ]
        assert places[looked - 1] == max(well, default=-1)


def test_a_good_world_is_served_and_a_bad_one_is_not() -> None:
    """Ten replicates of each; the promise itself is in the results, with its error."""
    good = [selective for selective, _ in lives("sureness says nothing, 2 % diverge", np.random.default_rng(3), 10)]
    bad = [selective for selective, _ in lives("sureness says nothing, 5.1 % diverge", np.random.default_rng(3), 10)]
    assert np.mean([one.coverage[2] for one in good]) > 0.6
    assert not any(any(one.broken) for one in good)
    assert sum(one.broken[0] for one in bad) <= 3
    assert sum(one.broken[2] for one in bad) >= 8, "the usual way should break it, or the test of ours shows nothing"
    assert sum(one.first == NEVER for one in bad) >= 7


def test_turns_that_share_their_luck_are_no_units() -> None:
    """Sixty replicates; at 5 % nine or more would come by chance once in three hundred times."""
    found = turns(1.0, np.random.default_rng(1), 60)
    assert sum(every for every, _ in found) >= 9
    assert sum(units for _, units in found) <= 8


def test_versions_follow_one_another_at_levels_that_add_up() -> None:
    """What is served with the level shared out is never more than with all of it for each version."""
    for shared, whole in versions("the surer the better", np.random.default_rng(5), 3):
        assert len(shared.coverage) == len(confidence.SIZES) - 1
        assert all(less <= more for less, more in zip(shared.coverage, whole.coverage, strict=True))
        assert max(whole.coverage) > 0.0
        assert not shared.broken or whole.broken
