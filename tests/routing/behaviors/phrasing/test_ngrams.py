"""Hashed features."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.phrasing.ngrams import CLOSING, OPENING, SIZE, features, hashes
from routing.behaviors.phrasing.words import split


def indices(text: str) -> set[int]:
    """The features of a text, as a set."""
    return set(features(split(text)).indices.tolist())


def test_the_same_words_elsewhere_are_other_features() -> None:
    """A refusal that opens a reply weighs more than one in its middle."""
    filler = " ".join(f"w{number}" for number in range(OPENING + CLOSING))
    opening = indices("I refuse") - indices(f"{filler} I refuse {filler}")
    assert opening


def test_order_matters() -> None:
    """The words "not sure" and "sure not" are two things."""
    assert indices("not sure") != indices("sure not")


def test_marks_count_fully_whatever_the_length() -> None:
    """A cue in a long reply is no less there."""
    plain, marked = features(split("word " * 300)), features(split("word " * 300), ["cue", "cue"])
    assert len(marked.indices) == len(plain.indices) + 1
    assert marked.values[0] == 1


def test_hashes_are_the_same_in_every_process() -> None:
    """Weights are fitted in one process and used in another: a changed hash makes noise of them."""
    found = features(split("I can't. \u65e0\u6cd5"), ["cue"])
    assert (int(found.indices.sum()), len(found.indices)) == (3722805, 51)


def test_words_that_were_forgotten_hash_the_same() -> None:
    """Hashes are kept up to a number of words; traffic has more."""
    before = hashes(["sure"])
    hashes(map(str, range(40_000)))
    assert hashes(["sure"]) == before


@pytest.mark.parametrize("text", ["", "\n", "a", "\ud800", "\u202e\u05d0", "x" * 100_000])
def test_awkward_texts(text: str) -> None:
    """Empty, surrogate, right-to-left, one endless word."""
    found = features(split(text))
    assert len(found.indices) == len(found.values)


@given(st.text())
def test_indices_are_in_the_table(text: str) -> None:
    """An index outside would be an exception in the middle of a comparison."""
    found = features(split(text), ["mark"])
    assert found.indices.min() >= 0
    assert found.indices.max() < SIZE
    assert np.isfinite(found.values).all()
