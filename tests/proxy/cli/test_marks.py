"""Fired words are found again in the reply, however their spans lie."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from proxy.cli.marks import Marks, has_span, shows_styles
from proxy.cli.terminal import is_plain, plain
from routing.behaviors.label import Label, Presence

TEXT = "I think I cannot say."
BRACKETS = Console(file=io.StringIO())
COLORS = Console(file=io.StringIO(), force_terminal=True, color_system="standard", no_color=False)


def fired(behavior: str, start: int, end: int, presence: Presence = Presence.PRESENT) -> Label:
    """A label that points at these characters."""
    return Label(behavior, presence, 1.0, "rule", (start, end))


def marked(*labels: Label, text: str = TEXT, longest: int = 100) -> str:
    """The text as a pipe shows it."""
    return Marks.of(labels, BRACKETS).marked(text, labels, longest).plain


def test_words_stand_between_marks() -> None:
    """Where no color reaches, in a pipe or a log, one still sees them."""
    assert marked(fired("hedging", 2, 7)) == "I ⟦1:think:1⟧ I cannot say."


def test_overlapping_spans_keep_their_ends_apart() -> None:
    """One phrase may be a hedge and half of a refusal."""
    crossing = (fired("hedging", 2, 16), fired("abstention", 8, 20))
    assert marked(*crossing) == "I ⟦1:think ⟦2:I cannot:1⟧ say:2⟧."
    inside = (fired("abstention", 8, 20), fired("refusal", 10, 16))
    assert marked(*inside) == "I think ⟦1:I ⟦2:cannot:2⟧ say:1⟧."
    same = (fired("abstention", 8, 20), fired("refusal", 8, 20))
    assert marked(*same) == "I think ⟦1:⟦2:I cannot say:2⟧:1⟧."


def test_what_lies_outside_marks_nothing() -> None:
    """Spans come out of a store, and a text may have been cut since."""
    assert marked(fired("a", 30, 40), fired("b", 5, 5), fired("c", 9, 3)) == TEXT
    assert marked(fired("a", -9, 1)) == "⟦1:I:1⟧ think I cannot say."


def test_a_behavior_that_does_not_apply_marks_nothing() -> None:
    """There is nothing to look at."""
    label = fired("hedging", 2, 7, Presence.NOT_APPLICABLE)
    assert not has_span(label)
    assert Marks.of([label], BRACKETS).legend().plain == ""


def test_the_legend_names_every_mark() -> None:
    """A number alone says nothing."""
    marks = Marks.of([fired("hedging", 0, 1), fired("refusal", 1, 2), fired("hedging", 2, 3)], BRACKETS)
    assert marks.legend().plain == "marked: ⟦1: hedging :1⟧  ⟦2: refusal :2⟧"


def test_a_cut_text_says_how_many_marks_it_hides() -> None:
    """Or the page would contradict the findings below it."""
    shown = marked(fired("hedging", 2, 7), fired("refusal", 10, 16), longest=4)
    assert shown == "I ⟦1:th:1⟧… (17 more characters with 1 of the marks; --json has them)"


def test_on_a_terminal_the_words_have_the_style_of_the_legend() -> None:
    """And no brackets that could be taken for the reply's own."""
    labels = (fired("hedging", 2, 16), fired("abstention", 8, 20))
    marks = Marks.of(labels, COLORS)
    shown = marks.marked(TEXT, labels, 100)
    assert shown.plain == TEXT
    styles = {TEXT[s.start : s.end]: str(s.style) for s in shown.spans}
    assert styles == {"think ": "underline red", "I cannot": "reverse", " say": "underline cyan"}
    legend = marks.legend()
    assert [str(s.style) for s in legend.spans] == ["underline red", "underline cyan", "reverse"]


def test_styles_are_for_terminals_with_colors() -> None:
    """NO_COLOR and dumb terminals get marks that they can show."""
    assert shows_styles(COLORS)
    assert not shows_styles(BRACKETS)
    assert not shows_styles(Console(file=io.StringIO(), force_terminal=True, color_system="standard", no_color=True))
    assert not shows_styles(Console(file=io.StringIO(), force_terminal=True, color_system=None))


def test_more_behaviors_than_colors_still_differ() -> None:
    """Operators add their own."""
    marks = Marks.of([fired(str(n), n, n + 1) for n in range(12)], COLORS)
    assert len({str(span.style) for span in marks.legend().spans}) == 13


@given(
    st.text(alphabet=st.characters(exclude_characters="\r")),  # a span may part it from its newline
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(-3, 60), st.integers(-3, 60)), max_size=6),
)
def test_marks_change_nothing_but_add_themselves(text: str, spans: list[tuple[str, int, int]]) -> None:
    """Whatever the spans: the reply's own characters all come, in order, harmless."""
    labels = [fired(*span) for span in spans]
    shown = Marks.of(labels, BRACKETS).marked(text, labels, 1000).plain
    assert is_plain(shown)
    styled = Marks.of(labels, COLORS).marked(text, labels, 1000).plain
    assert styled == plain(text)
    assert len(shown) == len(styled) + 2 * 3 * sum(min(e, len(text)) > max(s, 0) for _, s, e in spans)
