"""Observations."""

from __future__ import annotations

from routing.observation import Arm, Observation, Timing


def test_an_observation_of_nothing_is_whole() -> None:
    """An arm that failed before a byte came has no more than this."""
    seen = Observation(Arm.STUDENT)
    assert (seen.failure, seen.text, seen.tool_calls, seen.timing) == (None, "", (), Timing(None, 0.0))
