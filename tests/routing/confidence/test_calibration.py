"""What a student's certainty is worth."""

from __future__ import annotations

import math

import pytest

from routing.confidence.calibration import Calibration

LINE = Calibration(0.0, (1.0,), (-2.0,), (2.0,), (-1.0, 1.0), (0.2, 0.8))


@pytest.mark.parametrize(
    ("value", "confidence"),
    [(-5.0, 0.2), (-1.0, 0.2), (0.0, 0.5), (0.5, 0.65), (1.0, 0.8), (math.inf, 0.8), (-math.inf, 0.2)],
)
def test_between_known_scores_the_chance_is_interpolated_and_beyond_them_it_is_flat(
    value: float, confidence: float
) -> None:
    """What the fit never saw makes no reply surer than any that it saw."""
    assert LINE.confidence((value,)) == pytest.approx(confidence)


def test_a_number_that_is_none_makes_no_reply_sure() -> None:
    """Doubt means teacher."""
    assert LINE.confidence((math.nan,)) == 0.0


def test_a_vector_of_another_function_is_refused() -> None:
    """Silently cut or padded, it would be judged by the wrong weights."""
    with pytest.raises(ValueError, match="argument"):
        LINE.confidence((0.0, 0.0))
