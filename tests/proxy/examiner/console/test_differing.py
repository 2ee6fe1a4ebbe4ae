"""Word by word: what is left after taking out what differs is the same on both sides, and no text is too hostile."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.differing import MOST, Range, difference, inside

WORDS = st.lists(st.sampled_from(["the", "parcel", "left", "Ulm", "on", "Monday", ".", ",", "7", "é", "日本"])).map(
    " ".join
)


def said(text: str, ranges: tuple[Range, ...]) -> list[str]:
    """The words in these ranges."""
    return [text[start:end] for start, end in ranges]


def without(text: str, ranges: tuple[Range, ...]) -> list[str]:
    """The words outside of them."""
    for start, end in reversed(ranges):
        text = text[:start] + " " + text[end:]
    return re.findall(r"\w+|[^\w\s]", text)


@pytest.mark.parametrize(
    ("left", "right", "ours", "theirs"),
    [
        ("It takes three days.", "It takes five days.", ["three"], ["five"]),
        ("It takes three days.", "It takes three days.", [], []),
        ("Yes.", "Yes, of course.", [], [", of course"]),
        ("Call a, then b", "Call a", [", then b"], []),
        ("", "anything", [], ["anything"]),
        ("one  two\nthree", "one two three", [], []),  # white space is no word
    ],
)
def test_what_differs(left: str, right: str, ours: list[str], theirs: list[str]) -> None:
    """As a person would underline it."""
    found = difference(left, right)
    assert found is not None
    assert (said(left, found.left), said(right, found.right)) == (ours, theirs)


def test_a_lone_word_between_differences_is_chance() -> None:
    """Two texts about other things share articles; to leave those unmarked would look like agreement."""
    found = difference("so he took the red car of his aunt home", "so she ate the pie with a fork home")
    assert found is not None
    assert said("so he took the red car of his aunt home", found.left) == ["he took the red car of his aunt"]


@given(WORDS, WORDS)
def test_what_is_not_marked_is_the_same(left: str, right: str) -> None:
    """The one promise of a difference."""
    found = difference(left, right)
    assert found is not None
    assert without(left, found.left) == without(right, found.right)
    assert 0.0 <= found.shared <= 1.0


def test_equal_texts_of_any_length_are_equal() -> None:
    """What both begin and end with costs nothing."""
    text = "the same again and again " * 5000
    found = difference(text, text + "but")
    assert found is not None
    assert (said(text, found.left), said(text + "but", found.right)) == ([], ["but"])


def test_texts_that_are_too_long_are_not_compared() -> None:
    """The work is a product of lengths: it ends before it hurts."""
    assert difference("a b " * MOST, "b c " * MOST) is None
    assert difference("a b " * (MOST // 2), "b c " * (MOST // 2)) is not None


def test_ranges_are_cut_where_the_text_is() -> None:
    """A page shows the beginning of a long reply."""
    assert inside(((0, 3), (5, 9), (12, 14)), 7) == ((0, 3), (5, 7))
