"""An operator's patterns: what matches where, what is refused, and that no text makes a search explode."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.patterns import MAX_TEXT, Pattern, PatternError, PatternSet


@pytest.mark.parametrize(
    ("pattern", "text", "span"),
    [
        (r"(?i)\bpolicy \d+", "See POLICY 12.", (4, 13)),
        (r"\bpolicy \d+", "See POLICY 12.", None),
        ("ü+", "🎉 grüün", (4, 6)),  # characters, not bytes
        ("a*", "bbb", (0, 0)),
        ("^b", "a\nb", None),
        ("(?m)^b", "a\nb", (2, 3)),
        ("b", "\ud800b", (1, 2)),  # half a character, which JSON can carry
        ("\ufffd", "a\udfff", (1, 2)),
        ("", "", (0, 0)),
    ],
)
def test_what_matches_where(pattern: str, text: str, span: tuple[int, int] | None) -> None:
    """The span marks the reply's own characters."""
    assert Pattern(pattern).search(text) == span


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a", r"missing \)"),
        ("(?<=a)b", "RE2"),
        (r"(a)\1", "RE2"),
        ("(x{1000}){1000}", "RE2"),
        ("a.{0,500}c", "instructions"),
        ("a" * 5000, "limit of 4096"),
        ("\ud800", "half a character"),
    ],
)
def test_what_is_refused(pattern: str, why: str) -> None:
    """What another engine takes and would run for ever, or what takes too much of the machine."""
    with pytest.raises(PatternError, match=why):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"(.*)(.*)(.*)[xyz]$"])
def test_a_search_is_linear(pattern: str) -> None:
    """Patterns on which a backtracking engine needs longer than the universe has been around."""
    assert Pattern(pattern).search("a" * 40_000 + "!") is None


def test_a_long_text_is_searched_up_to_a_bound() -> None:
    """A reply may have megabytes; the lane serves others meanwhile."""
    found = Pattern("needle")
    assert found.search(" " * (MAX_TEXT - 6) + "needle") == (MAX_TEXT - 6, MAX_TEXT)
    assert found.search(" " * (MAX_TEXT - 5) + "needle") is None


@given(st.text(max_size=20), st.text(st.characters(), max_size=50))
def test_no_text_raises(pattern: str, text: str) -> None:
    """Whatever a model says, with any pattern that compiles."""
    try:
        compiled = Pattern(pattern)
    except PatternError:
        return
    span = compiled.search(text)
    assert span is None or 0 <= span[0] <= span[1] <= len(text)


def test_a_set_says_which_of_its_patterns_are_there() -> None:
    """In one pass, in their order; also where half a character stands, for which the library has no bytes."""
    signs = PatternSet(["b+", r"\p{Nd}", "a"])
    assert signs.found("a b 7") == [0, 1, 2]
    assert signs.found("\ud800a") == [2]
    assert signs.found("") == signs.found("xyz") == []
    assert PatternSet([]).found("a") == []


def test_a_set_refuses_what_it_cannot_search() -> None:
    """At once, and naming it: a pattern that never matched would look like a text without findings."""
    with pytest.raises(PatternError, match=r"\(\?=x\)"):
        PatternSet(["a", "(?=x)"])
