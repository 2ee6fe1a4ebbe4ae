"""Prompts that ask for a number to be worked out."""

from __future__ import annotations

import pytest

from routing.slices import is_math


@pytest.mark.parametrize(
    "prompt",
    [
        "What is 17 * 23?",
        "Tom has 3 boxes of 12 pencils. How many pencils does he have?",
        "Solve 3x + 4 = 19.",
        "A coat costs $80 and is reduced by 25%. What does it cost now?",
    ],
)
def test_questions_for_a_number(prompt: str) -> None:
    """The last number of a reply is its answer here."""
    assert is_math(prompt)


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "Who won the World Cup in 1998?",
        "Prove that the square root of 2 is irrational.",
        "Today is 3/4/2021. What is the date a week from today in MM/DD/YYYY?",
        "Write a Python function that adds 2 numbers.",
        "How many people live in Berlin?",
        "3" * 100_000,
    ],
)
def test_questions_for_something_else(prompt: str) -> None:
    """Comparing the last numbers of two replies would call every rewording a divergence."""
    assert not is_math(prompt)
