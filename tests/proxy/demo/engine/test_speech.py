"""Text is said as soon as it is sure, and never taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.demo.engine.speech import Speech, held


def said(pieces: list[bytes], *stops: str) -> tuple[str, str | None]:
    """The whole text, and what stopped it."""
    speech = Speech(stops)
    text = ""
    for piece in pieces:
        text += speech.add(piece)
        if speech.stopped:
            break
    return text + speech.end(), speech.stopped


@given(st.text(), st.integers(1, 5))
def test_text_survives_being_cut_anywhere(text: str, size: int) -> None:
    """Tokens end in the middle of letters."""
    data = text.encode()
    assert said([data[place : place + size] for place in range(0, len(data), size)]) == (text, None)


@given(st.text("ab", max_size=12), st.lists(st.text("ab", min_size=1, max_size=3), max_size=3))
def test_stops_cut_where_the_first_begins(text: str, stops: list[str]) -> None:
    """Letter by letter: the text ends before the stop that is complete first, and the earliest of those."""
    result, stopped = said([letter.encode() for letter in text], *stops)
    ends = [text[:end] for end in range(len(text) + 1) if any(stop in text[:end] for stop in stops)]
    if not ends:
        assert (result, stopped) == (text, None)
    else:
        assert result == min((ends[0][: ends[0].index(stop)] for stop in stops if stop in ends[0]), key=len)
        assert stopped in stops


def test_nothing_is_said_that_may_be_a_stop() -> None:
    """It could not be taken back."""
    speech = Speech(("END",))
    assert [speech.add(piece) for piece in (b"one E", b"N", b"d", b" EN")] == ["one ", "", "ENd", " "]
    assert speech.end() == "EN"


def test_half_a_letter_at_the_end_is_not_said() -> None:
    """As with vLLM; a broken one in the middle is marked."""
    assert said(["é".encode()[:1], b"a", "é".encode()[:1]]) == ("\N{REPLACEMENT CHARACTER}a", None)


@pytest.mark.parametrize(("text", "length"), [("", 0), ("x", 0), ("a<", 1), ("<to", 3), ("<to<", 1), ("<tox", 0)])
def test_held_is_the_longest_beginning_of_a_mark(text: str, length: int) -> None:
    """Of any of them."""
    assert held(text, ("<tool>", "<t>")) == length
