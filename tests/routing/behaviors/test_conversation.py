"""What a conversation holds."""

from __future__ import annotations

import pytest

from routing.behaviors.conversation import Conversation, even
from routing.traits import Turn

TURNS = (
    Turn("system", "Rule 2 says: \u201cSeats  are\nfree.\u201d"),
    Turn("user", "I go to Basel, plan 17."),
    Turn("assistant", "Zermatt is nicer."),
    Turn("tool", "\u6771\u4eac\u306b\u884c\u304f"),
)


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("basel", True),
        ("Basel,  plan", True),
        ('"seats are free."', True),
        ("lan", False),
        ("17", True),
        ("1", False),
        ("Zermatt", True),
        ("\u4eac\u306b", True),
        ("Bern", False),
        ("", False),
    ],
)
def test_words_it_holds(words: str, held: bool) -> None:
    """Whole ones, whatever their case and their quotation marks."""
    assert Conversation(TURNS).says(words) is held


def test_what_was_given_leaves_out_what_the_model_said() -> None:
    """A model that quotes itself quotes no source."""
    assert not Conversation(TURNS, given=True).says("Zermatt")
    assert Conversation(TURNS, given=True).says("Basel")


def test_long_conversations_are_read_from_their_end() -> None:
    """That is where a reply takes up."""
    turns = (Turn("user", "Basel"), Turn("user", "word " * 100_000), Turn("user", "Bern"))
    assert [Conversation(turns).says(place) for place in ("Basel", "Bern")] == [False, True]


def test_texts_are_evened_out() -> None:
    """What differs by typography only is the same."""
    assert even("  It\u2019s\u00a0\u201cX\u201d \u2026 ") == 'it\'s "x" ...'
