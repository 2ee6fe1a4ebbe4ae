"""Phrases found in one pass."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.phrasing.lexicon import Hit, Lexicon
from routing.behaviors.phrasing.words import split

LEXICON = Lexicon(
    {"no.help": ["i (can't|am not able to) [really] help", "无法(提供|回答)"], "no.deal": ["i refuse ... deal"]}
)


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("I can't help", [Hit("no.help", 0, 3)]),
        ("Well, I am not able to really help you", [Hit("no.help", 2, 9)]),
        ("I, sadly, can't help", []),
        ("I can't, really, help", [Hit("no.help", 0, 6)]),
        ("我无法回答", [Hit("no.help", 1, 5)]),
        ("I refuse this deal", [Hit("no.deal", 0, 4)]),
        ("I refuse deal", [Hit("no.deal", 0, 3)]),
        ("I refuse any and every deal", [Hit("no.deal", 0, 6)]),
        ("I refuse any and every single deal", []),
        ("I refuse. This deal", []),
        ("I can't help. I can't help", [Hit("no.help", 0, 3), Hit("no.help", 4, 7)]),
        ("I", []),
        ("", []),
    ],
)
def test_phrases(text: str, hits: list[Hit]) -> None:
    """Alternatives, what may be missing, gaps within a sentence, and commas anywhere."""
    assert list(LEXICON.find(split(text))) == hits


def test_the_longest_phrase_of_a_cue_counts() -> None:
    """It is what a person wants to see marked."""
    assert Lexicon({"a": ["not sure", "not sure about this"]}).find(split("not sure about this")) == (Hit("a", 0, 4),)


@pytest.mark.parametrize("phrase", ["", "[maybe]", "... this", "this ...", "(one|two", "one]", "(one|) two", "()"])
def test_phrases_that_say_nothing_are_refused(phrase: str) -> None:
    """A phrase that matches nowhere, or everywhere, is a mistake of ours."""
    with pytest.raises(ValueError, match="phrase"):
        Lexicon({"a": [phrase]})


@given(st.lists(st.sampled_from(["i", "can't", "refuse", "deal", "help", ",", ".", "really", "x"]), max_size=40))
def test_hits_lie_in_the_text(tokens: list[str]) -> None:
    """Whatever the words, a hit is a range of them that begins as its phrase does."""
    words = split(" ".join(tokens))
    for hit in LEXICON.find(words):
        assert 0 <= hit.start < hit.stop <= len(words.tokens)
        assert words.tokens[hit.start] == "i"


@pytest.mark.parametrize("unit", ["i ", "i refuse ", "i , , , , ", "i can't , , ", ","])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """What repeats a phrase's beginning must not make looking quadratic."""
    words = split("i " + unit * 200_000)
    LEXICON.find(words)


@given(
    st.lists(
        st.sampled_from(["i", "can't", "am", "not", "able", "to", "refuse", "deal", "help", ",", "."]), max_size=30
    )
)
def test_a_long_text_holds_what_a_short_one_holds(tokens: list[str]) -> None:
    """Where many words are looked at together, the same phrases are found."""
    short, long = split(" ".join(tokens)), split(" ".join([*tokens, ".", *["word"] * 200]))
    assert LEXICON.find(long) == LEXICON.find(short)
