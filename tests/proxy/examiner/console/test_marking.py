"""Marks put into a text: nothing of it is lost, and spans may lie anywhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.console.marking import LONGEST, Piece, pieces
from routing.behaviors.label import Label, Presence


def label(behavior: str, *span: int, presence: Presence = Presence.PRESENT) -> Label:
    """A label with a span."""
    return Label(behavior, presence, 1.0, "rule", (span[0], span[1]))


def test_spans_and_differences_cross() -> None:
    """Each piece says what is true of all of it."""
    found = pieces("abcdefgh", [label("refusal", 1, 5), label("hedging", 3, 6)], [(2, 4)])
    assert found == (
        Piece("a"),
        Piece("b", ("refusal",), ("refusal",)),
        Piece("c", ("refusal",), (), only=True),
        Piece("d", ("refusal", "hedging"), ("hedging",), only=True),
        Piece("e", ("refusal", "hedging")),
        Piece("f", ("hedging",)),
        Piece("gh"),
    )


def test_what_is_not_applicable_marks_nothing() -> None:
    """It has no words in this text."""
    assert pieces("abc", [label("format", 0, 2, presence=Presence.NOT_APPLICABLE)], ()) == (Piece("abc"),)


def test_a_long_text_is_cut() -> None:
    """A page is read by a person."""
    found = pieces("x" * (2 * LONGEST), [label("refusal", LONGEST - 1, 2 * LONGEST)], [(LONGEST + 5, LONGEST + 9)])
    assert sum(len(piece.text) for piece in found) == LONGEST
    assert found[-1] == Piece("x", ("refusal",), ("refusal",))


SPANS = st.tuples(st.integers(-5, 40), st.integers(-5, 40))


@given(st.text(max_size=30), st.lists(SPANS, max_size=5), st.lists(st.integers(0, 30), max_size=6, unique=True))
def test_the_text_comes_through_whole(text: str, spans: list[tuple[int, int]], cuts: list[int]) -> None:
    """Whatever a store says of it."""
    cuts = sorted(cuts)
    apart = list(zip(cuts[::2], cuts[1::2], strict=False))
    found = pieces(text, [label("refusal", *span) for span in spans], apart)
    assert "".join(piece.text for piece in found) == text
