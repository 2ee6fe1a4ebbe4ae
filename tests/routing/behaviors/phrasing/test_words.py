"""A text as words, and where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.phrasing.words import HEAD, TAIL, split


def test_words_are_lower_cased_with_their_punctuation() -> None:
    """Curly apostrophes are apostrophes: models mix them."""
    assert split("I can\u2019t, Sir!\nNo.").tokens == ("i", "can't", ",", "sir", "!", "\n", "no", ".")


def test_a_chinese_or_japanese_character_is_a_word() -> None:
    """There are no spaces to go by; Latin words among them stay whole."""
    assert split("AI\u65e0\u6cd5\u3002").tokens == ("ai", "\u65e0", "\u6cd5", ".")


@given(st.text())
def test_spans_lead_back_to_the_text(text: str) -> None:
    """A person who looks at the evidence must see the words that fired."""
    words = split(text)
    for place, token in enumerate(words.tokens[:20]):
        start, stop = words.span(place, place + 1)
        assert split(text[start:stop]).tokens == (token,)


def test_of_a_long_text_the_head_and_the_tail_are_read() -> None:
    """And the tail's words are found where they are in the whole text."""
    text = "begin " + "x " * (HEAD + TAIL) + "end"
    words = split(text)
    assert words.tokens[0] == "begin"
    assert words.tokens[-1] == "end"
    assert len(words.read) == HEAD + TAIL + 1
    assert words.span(len(words.tokens) - 1, len(words.tokens)) == (len(text) - 3, len(text))


def test_case_never_moves_characters() -> None:
    """Some letters have a lower case of two: a span counted in those would point beside the word."""
    text = "\u0130\u0130 no"
    assert text[slice(*split(text).span(1, 2))] == "no"


@given(st.text("aB1' .,?!\n:;\"-_\t\x00", max_size=60))
def test_plain_text_is_split_as_any_other(text: str) -> None:
    """ASCII takes a faster way; beside a letter that does not, the same words must come out."""
    assert split(f"{text}\n\u00e9").tokens == (*split(text).tokens, "\n", "\u00e9")


@given(st.text() | st.text("aB1' .,?!\n:;\"\u2026\u30fb\u00e9", max_size=60))
def test_punctuation_is_no_word_proper(text: str) -> None:
    """It is counted apart, without looking at each token where the text is ASCII."""
    words = split(text)
    assert words.proper == sum(token[0].isalnum() for token in words.tokens)
