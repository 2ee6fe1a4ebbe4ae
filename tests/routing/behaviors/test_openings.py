"""Patterns tried where their openings stand: they must find what a search finds."""

from __future__ import annotations

import random
import re

import pytest

from routing.behaviors.openings import matches, places

OPENINGS = ("rule ", "per ", "article ")
PATTERN = re.compile(r"\b(?:rule |per |article )(?:no )?\d{1,3}\b")
PIECES = ("rule ", "per ", "article ", "no ", "7", "12", "l'", "super ", " ", "rule", "_", "\n", "é", "1234")


@pytest.mark.parametrize("seed", range(200))
def test_what_a_search_finds_is_found(seed: int) -> None:
    """It stands in for a search, so any difference would change a verdict."""
    rng = random.Random(seed)  # noqa: S311 -- a draw, not a secret
    text = "".join(rng.choices(PIECES, k=60))
    found = [match.span() for match in matches(PATTERN, text, OPENINGS)]
    assert found == [match.span() for match in PATTERN.finditer(text)]


def test_a_match_that_begins_inside_another_is_passed_over() -> None:
    """As a search does, which goes on where the last match ended."""
    pattern = re.compile(r"per (?:per )?\d")
    assert [match[0] for match in matches(pattern, "per per 1 per 2", ("per ",))] == ["per per 1", "per 2"]


def test_places_come_in_the_texts_order() -> None:
    """The first finding is what a detector shows; it may not hang on the order of the openings."""
    assert places("per rule per", ("rule", "per")) == [0, 4, 9]
    assert places("nothing", ("rule", "per")) == []


def test_a_text_full_of_openings_takes_time_in_proportion() -> None:
    """Replies are anybody's: if each opening cost a look at the rest, this would not end."""
    assert next(matches(PATTERN, "rule " * 400_000, OPENINGS), None) is None
