"""What the world's judge says of recorded replies."""

from __future__ import annotations

import dataclasses

import pytest

from proxy.demo.railway.example import SCRUBBED, Situation
from proxy.demo.truth import CLEAN, TITLES, Mark, Tally, marks, tallies, telling_first
from tests.proxy.demo.pairs import asked, railway_pair

GUESS = "The Heron leaves at 07:35."


def test_every_scrubbed_situation_has_its_line() -> None:
    """Or what was lost in it would be told nowhere."""
    assert TITLES.keys() == SCRUBBED
    assert len(set(TITLES.values()) | {CLEAN}) == len(SCRUBBED) + 1


@pytest.mark.parametrize("kind", list(Situation))
def test_a_perfect_reply_is_right_as_it_was_recorded(kind: Situation) -> None:
    """The judge must read off the wire what it would read in the world: texts, JSON and calls of tools."""
    example = asked(kind)
    same, other = railway_pair(1, example), railway_pair(2, example, GUESS, "answer")
    told = {same.id: example, other.id: example}
    assert marks([same, other], told) == [
        Mark(same.id, kind, teacher=True, student=True, diverged=False),
        Mark(other.id, kind, teacher=True, student=False, diverged=True),
    ]


def test_what_cannot_be_judged_is_left_out() -> None:
    """A reply that failed is an outcome of its own; a call of somebody else's has no known answer."""
    example = asked(Situation.FARE)
    whole, foreign = railway_pair(1, example), railway_pair(2, example)
    failed = railway_pair(3, example)
    failed = dataclasses.replace(failed, student=dataclasses.replace(failed.student, failure="connect"))
    found = marks([whole, foreign, failed], {whole.id: example, failed.id: example})
    assert [mark.pair for mark in found] == [whole.id]


def test_clean_situations_are_one_line_and_scrubbed_ones_one_each() -> None:
    """The eval's kind folded together, what it leaves out spread."""
    found = [
        Mark("1", Situation.FARE, teacher=True, student=True, diverged=True),
        Mark("2", Situation.SEAT, teacher=False, student=True, diverged=False),
        Mark("3", Situation.UNKNOWABLE, teacher=True, student=False, diverged=True),
        Mark("4", Situation.UNKNOWABLE, teacher=True, student=False, diverged=False),
        Mark("5", Situation.UNKNOWABLE, teacher=False, student=False, diverged=True),
    ]
    assert tallies(found) == [Tally(CLEAN, 2, 1, 2, 0, 0), Tally("nobody can know", 3, 2, 0, 2, 1)]


def test_pairs_that_show_a_loss_come_first() -> None:
    """An example of a lost behavior is to be one where the teacher was right."""
    example = asked(Situation.UNKNOWABLE)
    pairs = [railway_pair(1, example), railway_pair(2, example, GUESS), railway_pair(3, example)]
    found = marks(pairs, {pair.id: example for pair in pairs})
    assert [pair.id for pair in telling_first(pairs, found)] == ["pair-000002", "pair-000001", "pair-000003"]
