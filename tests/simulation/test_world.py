"""Made-up traffic is as it says."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.world import BEHAVIORS, SHOWN, World

WORLD = World(0.02, {"refusal": 0.5}, within=("code",), since=1000, noise=0.1)


def test_a_behavior_is_lost_where_and_from_when_on_it_is() -> None:
    """And nowhere else."""
    at = list(BEHAVIORS).index("refusal")
    assert WORLD.rates("code", 1000)[at] == 0.5
    assert WORLD.rates("code", 999)[at] == WORLD.rates("math", 1000)[at] == 0.02
    assert WORLD.rates("code", 1000).sum() == pytest.approx(0.5 + 0.02 * (len(BEHAVIORS) - 1))


def test_replies_lose_and_gain_at_their_rates() -> None:
    """Of what the teacher shows, and of what the other shows."""
    replies = WORLD.replies("code", 1000, 200_000, np.random.default_rng(1))
    assert replies.teacher.mean(axis=0) == pytest.approx(SHOWN, rel=0.05)
    for other, lost, gained in ((replies.student, WORLD.rates("code", 1000), 0.02), (replies.again, 0.1, 0.1)):
        both = (other & replies.teacher).sum(axis=0)
        assert 1 - both / replies.teacher.sum(axis=0) == pytest.approx(np.broadcast_to(lost, 6), abs=0.02)
        assert 1 - both / other.sum(axis=0) == pytest.approx(np.full(6, gained), abs=0.02)


def test_risk_is_the_share_of_conversations_that_diverge() -> None:
    """It is what the risk budget is held against."""
    replies = WORLD.replies("code", 1000, 200_000, np.random.default_rng(2))
    diverged = (replies.teacher ^ replies.student).any(axis=1).mean()
    assert WORLD.risk("code", 1000) == pytest.approx(diverged, rel=0.03)
    assert WORLD.risk("code", 0) < WORLD.risk("code", 1000)
