"""Hashed features of prompts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.slices.ngrams import BUCKETS, HEAD, TAIL, features


def pointed_at(text: str) -> set[str]:
    """What the features' spans point at."""
    found = features(text)
    return {text[slice(*found.span(position))] for position in range(len(found.ids))} - {""}


def test_words_pairs_and_the_ends_of_long_words_are_features() -> None:
    """Each with its own place in the text."""
    assert pointed_at("Solve equations!") >= {"Solve", "equations", "!", "Solve equations", "equations!", "equa", "ons"}


def test_words_hash_alike_wherever_they_stand() -> None:
    """The position is divided out of a running sum; were it not, no weight would ever be found again."""
    early, late = set(features("prime numbers").ids.tolist()), set(features("tell of prime numbers").ids.tolist())
    assert len(early & late) > len(early) // 2


def test_upper_case_and_the_value_of_digits_make_no_difference() -> None:
    """A price of 12 and one of 97 are the same question; one of three digits is another."""
    assert set(features("COSTS 12").ids) == set(features("costs 97").ids)
    assert set(features("costs 12").ids) != set(features("costs 123").ids)


def test_every_feature_comes_once() -> None:
    """A word repeated a hundred times says no more than said once."""
    found = features("ha " * 100)
    assert len(set(found.ids.tolist())) == len(found.ids)
    assert found.ids.max() < BUCKETS


def test_ideographs_are_words() -> None:
    """Chinese and Japanese write none apart."""
    assert {"三", "句", "三句"} <= pointed_at("请用三句话")


def test_the_share_of_foreign_letters_is_told() -> None:
    """Signs, digits and pictures are no letters."""
    assert features("Привет, 12!").foreign == 1
    assert features("ab вг").foreign == 0.5
    assert features("naïve café 12 \U0001f600").foreign == 0
    assert features("").foreign == 0


def test_of_a_long_prompt_the_beginning_and_the_end_are_read() -> None:
    """Instructions stand at either; spans count the characters in between."""
    text = "first " + "x" * (HEAD + TAIL) + " last"
    assert {"first", "last"} <= pointed_at(text)
    assert "middle" not in pointed_at("a" * HEAD + " middle " + "b" * TAIL)


@given(st.text(st.characters()))
def test_any_text_has_features_within_it(text: str) -> None:
    """Also one whose lower case is longer than itself."""
    found = features(text)
    for start, end in map(found.span, range(len(found.ids))):
        assert 0 <= start <= end <= len(text)
    assert 0 <= found.foreign <= 1
