"""What a speaker says, apart from quotations and code."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.phrasing.spoken import spoken
from routing.behaviors.phrasing.words import split


def said(text: str) -> str:
    """The words that are the speaker's."""
    words = split(text)
    return " ".join(word for word, own in zip(words.tokens, spoken(words), strict=True) if own and word.isalpha())


def test_quotations_are_another_s() -> None:
    """In any kind of marks."""
    assert said('He said "maybe not" and left') == "he said and left"
    assert said("Er sagte \u201evielleicht\u201c und ging") == "er sagte und ging"


def test_a_lone_mark_quotes_its_line_only() -> None:
    """An inch must not hide the rest of a reply."""
    assert said('a 5" pipe\nis probably here') == "a is probably here"


def test_code_is_nobody_s() -> None:
    """A question mark or a word in code says nothing; a block that was never closed goes to the end."""
    assert said("so\n```js\na ? maybe : b\n```\nit runs") == "so it runs"
    assert said("so\n```js\na ? maybe : b") == "so"


@given(st.text(alphabet=st.sampled_from('ab `"\n?\u4e00')))
def test_every_word_is_judged(text: str) -> None:
    """Fences and marks in any order."""
    words = split(text)
    assert len(spoken(words)) == len(words.tokens)
