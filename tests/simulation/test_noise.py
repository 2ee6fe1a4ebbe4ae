"""Fickle teachers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.borders import NEVER
from simulation.noise import EVERY, RULE, excesses, gathered, harmful, outcome

PAIRS = 150


def test_counts_add_up() -> None:
    """Twenty trials a pair, every pair is of one of three sorts, and diverged pairs are among the diverged trials."""
    seen = gathered(0.2, 0.3, PAIRS, np.random.default_rng(1), 3)
    assert (seen.count == EVERY * (seen.student_only + seen.teacher_only + seen.alike)).all()
    assert (seen.student_only <= seen.diverged).all()
    assert seen.diverged[:, -1] / seen.count[:, -1] == pytest.approx(0.3, abs=0.05)


def test_an_equal_student_of_a_fickle_teacher_fails_only_without_a_noise_floor() -> None:
    """The reason for it."""
    alone = replace(RULE, over_noise=None)
    with_floor, without = (outcome(rule, 0.2, 0.2, PAIRS, np.random.default_rng(2), 50) for rule in (RULE, alone))
    assert (with_floor.failed == NEVER).all()
    assert (without.failed != NEVER).all()


def test_a_far_worse_student_fails_all_the_same() -> None:
    """Sooner where it loses more than a half."""
    worse, lost = (outcome(RULE, 0.05, rate, PAIRS, np.random.default_rng(3), 50).failed for rate in (0.4, 0.9))
    assert np.median(lost) <= 2 < np.median(worse) < PAIRS


def test_which_verdicts_would_be_wrong() -> None:
    """A pass beyond both limits; a failure within either."""
    alone = replace(RULE, over_noise=None)
    assert [harmful(RULE, 0.2, student) for student in (0.2, 0.21, 0.25)] == [
        (False, True),
        (True, True),
        (True, False),
    ]
    assert [harmful(alone, 0.2, student) for student in (0.02, 0.05, 0.2)] == [
        (False, True),
        (True, True),
        (True, False),
    ]


def test_pairs_treat_student_and_second_reply_alike() -> None:
    """Otherwise an equal student looks a fifth worse than its teacher."""
    student, either = excesses(0.1, np.random.default_rng(4), 60).mean(axis=1)
    assert student > 0.15
    assert abs(either) < 0.02
