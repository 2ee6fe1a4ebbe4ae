"""The words that fired a detector, marked in the reply in which they stand.

On a terminal with colors each behavior has a style; anywhere else its words stand between ``⟦1:`` and ``:1⟧``, where
the number is the behavior's. Spans may overlap and may lie anywhere, for they come out of a store: what lies outside
the text marks nothing. The text is made harmless piece by piece on the way; ``side_by_side`` makes the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from proxy.cli.terminal import one_line, plain
from routing.behaviors.label import Label, Presence

_COLORS = ("red", "cyan", "yellow", "magenta", "green", "blue")
_SEVERAL = "reverse"
_NAME = 40


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of a text's characters that belongs to a mark."""

    start: int
    end: int
    mark: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a page: a number for each behavior, from 1. ``styled``: by style rather than by bracket."""

    numbers: Mapping[str, int]
    styled: bool

    @classmethod
    def of(cls, labels: Iterable[Label], console: Console) -> Marks:
        """Marks for the behaviors that have a span among these labels, in their order."""
        names = dict.fromkeys(label.behavior for label in labels if has_span(label))
        return cls({name: number for number, name in enumerate(names, 1)}, shows_styles(console))

    def marked(self, text: str, labels: Iterable[Label], longest: int) -> Text:
        """The text's first ``longest`` characters, with these labels' spans marked; it says what it leaves out."""
        found = self._spans(labels, len(text))
        shown = [Span(s.start, min(s.end, longest), s.mark) for s in found if s.start < longest]
        page = self._page(text[:longest], shown)
        if len(text) > longest:
            hidden = len(found) - len(shown)
            marks = f" with {hidden} of the marks" if hidden else ""
            page.append(f"… ({len(text) - longest} more characters{marks}; --json has them)")
        return page

    def legend(self) -> Text:
        """What the marks stand for; empty where there are none."""
        if not self.numbers:
            return Text()
        line = Text("marked: ")
        for name, number in self.numbers.items():
            shown = one_line(name, _NAME)
            line.append(shown, _style(number)) if self.styled else line.append(f"⟦{number}: {shown} :{number}⟧")
            line.append("  ")
        if self.styled and len(self.numbers) > 1:
            line.append("several of them", _SEVERAL)
        line.rstrip()
        return line

    def _spans(self, labels: Iterable[Label], length: int) -> list[Span]:
        """The spans within a text of this length, those that begin first and reach furthest first."""
        found = []
        for label in labels:
            if label.span is not None and has_span(label):
                start, end = (min(max(0, at), length) for at in label.span)
                if start < end:
                    found.append(Span(start, end, self.numbers[label.behavior]))
        return sorted(found, key=lambda span: (span.start, -span.end, span.mark))

    def _page(self, text: str, spans: list[Span]) -> Text:
        page = Text()
        for start, end in _pieces(len(text), spans):
            here = [span for span in spans if span.start <= start < span.end]
            opening = "" if self.styled else "".join(f"⟦{s.mark}:" for s in here if s.start == start)
            closing = "" if self.styled else "".join(f":{s.mark}⟧" for s in reversed(here) if s.end == end)
            style = self._style({span.mark for span in here})
            page.append(f"{opening}{plain(text[start:end])}{closing}", style)
        return page

    def _style(self, here: set[int]) -> str:
        if not self.styled or not here:
            return ""
        return _style(here.pop()) if len(here) == 1 else _SEVERAL


def has_span(label: Label) -> bool:
    """Whether the label points at words."""
    return label.span is not None and label.presence is not Presence.NOT_APPLICABLE


def shows_styles(console: Console) -> bool:
    """Whether who reads this sees colors."""
    return console.is_terminal and console.color_system is not None and not console.no_color


def _style(number: int) -> str:
    bold = "bold " if (number - 1) // len(_COLORS) % 2 else ""
    return f"{bold}underline {_COLORS[(number - 1) % len(_COLORS)]}"


def _pieces(length: int, spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """The text cut wherever a span begins or ends."""
    cuts = sorted({0, length, *(at for span in spans for at in (span.start, span.end))})
    return pairwise(cuts)
