"""How traffic moves: the defaults that an operator relies on without writing them."""

from __future__ import annotations

from proxy.config.moving import Gates, OverNoise, Rollout


def test_a_route_without_steps_moves_nothing() -> None:
    """Safe defaults: the weight is 0 until somebody writes a step."""
    assert Rollout().steps == ()
    assert Rollout().ceiling == {"default": 100.0}


def test_every_threshold_has_a_default() -> None:
    """A gate that holds nothing back because nobody configured it would be the worst of gates."""
    rule = Gates().defaults
    assert (rule.success_below, rule.failure_above, rule.over_noise) == (3.0, 6.0, OverNoise(1.0, 3.0))
    assert (rule.on_failure, rule.on_insufficient) == ("rollback", "hold")
