"""A reply's text cut into pieces, each with the behaviors whose detectors it fired, and whether the other arm has it.

Spans come out of a store: they may overlap, and may lie anywhere; what lies outside the text marks nothing. Pieces hold
the text as it is, and whoever shows it makes it harmless. The counterpart on a terminal is ``proxy.cli.marks``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from proxy.examiner.console.differing import Range, inside
from routing.behaviors.label import Label, Presence

LONGEST = 40_000
"""Characters of a reply on a page."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters that belong together. ``begins`` are the behaviors among ``fired`` whose span begins here."""

    text: str
    fired: tuple[str, ...] = ()
    begins: tuple[str, ...] = ()
    only: bool = False


def pieces(text: str, labels: Iterable[Label], only: Sequence[Range]) -> tuple[Piece, ...]:
    """The text's first ``LONGEST`` characters in pieces; ``only`` are the ranges that the other arm has not."""
    length = min(len(text), LONGEST)
    spans = [(start, end, name) for name, (start, end) in _spans(labels, length)]
    apart = inside(only, length)
    bounds = [*((start, end) for start, end, _ in spans), *apart]
    cuts = sorted({0, length, *(at for both in bounds for at in both)})
    found, place = [], 0
    for start, end in pairwise(cuts):
        while place < len(apart) and apart[place][1] <= start:
            place += 1
        here = [(begin, name) for begin, stop, name in spans if begin <= start < stop]
        fired = tuple(dict.fromkeys(name for _, name in here))
        begins = tuple(dict.fromkeys(name for begin, name in here if begin == start))
        found.append(Piece(text[start:end], fired, begins, place < len(apart) and apart[place][0] <= start))
    return tuple(found)


def _spans(labels: Iterable[Label], length: int) -> Iterable[tuple[str, Range]]:
    for label in labels:
        if label.span is not None and label.presence is not Presence.NOT_APPLICABLE:
            start, end = (min(max(0, at), length) for at in label.span)
            if start < end:
                yield label.behavior, (start, end)
