"""Counts with their relation, as people write them."""

from __future__ import annotations

import pytest

from routing.behaviors.format.counts import counts, number, times
from routing.behaviors.format.demand import Bounds


@pytest.mark.parametrize(
    ("sentence", "bounds"),
    [
        ("Use at least 300 words.", Bounds(300)),
        ("Keep it under 50 words.", Bounds(0, 49)),
        ("No more than one hundred words, please.", Bounds(0, 100)),
        ("Write 300+ words.", Bounds(300)),
        ("A 300+ word summary.", Bounds(300)),
        ("In 100 words or less.", Bounds(0, 100)),
        ("With 400 or more words.", Bounds(400)),
        ("Between 40 and 60 words.", Bounds(40, 60)),
        ("In 40-60 words.", Bounds(40, 60)),
        ("Exactly twelve words.", Bounds(12, 12)),
        ("More than 1,000 words.", Bounds(1001)),
        ("Limit your answer to 80 words.", Bounds(0, 80)),
        ("50 words max.", Bounds(0, 50)),
        ("A maximum of 20 words.", Bounds(0, 20)),
        ("Fewer than five short, plain words.", None),  # a comma between: another phrase
    ],
)
def test_relations(sentence: str, bounds: Bounds | None) -> None:
    """Each relation's end belongs to it or not, and off by one is a wrong verdict at the limit."""
    assert next((found.bounds for found in counts(sentence.lower(), "words?")), None) == bounds


@pytest.mark.parametrize(
    "sentence", ["About 200 words.", "Version 2.5 words", "approximately 30 words", "no words at all"]
)
def test_vague_counts_bound_nothing(sentence: str) -> None:
    """Nobody can say whether 213 words are about 200."""
    assert list(counts(sentence.lower(), "words?")) == []


@pytest.mark.parametrize(
    ("sentence", "bounds"),
    [
        ("at least twice", Bounds(2)),
        ("once or less", Bounds(0, 1)),
        ("less than 3 times", Bounds(0, 2)),
        ("3 to 5 times", Bounds(3, 5)),
        ("only once", Bounds(1, 1)),
        ("often", None),
    ],
)
def test_how_often(sentence: str, bounds: Bounds | None) -> None:
    """Frequencies have words of their own."""
    assert times(sentence) == bounds


def test_numbers_by_name() -> None:
    """As far as people write numbers out."""
    assert [number(text) for text in ("seventeen", "a  dozen", "1,200", "twice")] == [17, 12, 1200, 2]
