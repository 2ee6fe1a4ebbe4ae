"""What is guessed of the student's answer before it is asked."""

from __future__ import annotations

import pytest

from routing.confidence.prompt import PromptHead


def test_a_head_gives_a_chance_of_any_features() -> None:
    """Whatever a prompt is like, the answer is a probability and no overflow."""
    head = PromptHead(0.0, (1.0, -1.0))
    assert head.chance((0.0, 0.0)) == 0.5
    assert 0 < head.chance((0.0, 1e300)) < 1e-12
    assert 1 - 1e-12 < head.chance((1e300, 0.0)) < 1


def test_features_of_another_function_are_refused() -> None:
    """Weights of one list of features mean nothing to another."""
    with pytest.raises(ValueError, match="zip"):
        PromptHead(0.0, (1.0, -1.0)).chance((1.0,))
