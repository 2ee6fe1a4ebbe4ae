"""What was measured of a detector, and the table in which it is kept.

A result is one label of one behavior on one set: how many rows there were, and precision, recall and F1 in [0, 1].
Where a set has no positive rows, or no detection could be right, what cannot be said is NaN and shown as a dash.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("behavior", "source", "held out", "label", "rows", "precision", "recall", "F1", "note")


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report. ``split`` says what the detector had not seen: a model, a source, or "" for nothing."""

    behavior: str
    source: str
    split: str
    label: str
    count: int
    precision: float
    recall: float
    f1: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a line of the report is about: everything of a result but its numbers."""

    behavior: str
    source: str
    label: str
    split: str = ""
    note: str = ""


def scored(subject: Subject, truth: Sequence[bool], found: Sequence[bool]) -> Result:
    """Precision, recall and F1 of what was found against what is true; both of one length."""
    both = sum(real and seen for real, seen in zip(truth, found, strict=True))
    precision, recall = _share(both, sum(found)), _share(both, sum(truth))
    f1 = _share(2 * both, sum(truth) + sum(found))
    return _result(subject, len(truth), precision, recall, f1)


def false_positives(subject: Subject, found: Sequence[bool]) -> Result:
    """How often something was found where there is nothing: the share goes into the note."""
    wrong = sum(found)
    note = f"false positives {100 * _share(wrong, len(found)):.1f} %" + (f"; {subject.note}" if subject.note else "")
    shown = Subject(subject.behavior, subject.source, subject.label, subject.split, note)
    return _result(shown, len(found), math.nan, math.nan, math.nan)


def macro(subject: Subject, parts: Sequence[Result]) -> Result:
    """The plain mean of the labels' numbers, whatever each label's frequency."""
    means = [sum(values) / len(parts) for values in zip(*((p.precision, p.recall, p.f1) for p in parts), strict=True)]
    return _result(subject, max(part.count for part in parts), *means)


def table(results: Iterable[Result]) -> str:
    """The results as a Markdown table, a line each."""
    lines = [_line(HEADINGS), _line("---" for _ in HEADINGS)]
    for result in results:
        shares = (_shown(share) for share in (result.precision, result.recall, result.f1))
        said = (result.behavior, result.source, result.split or "-", result.label)
        lines.append(_line((*said, str(result.count), *shares, result.note)))
    return "\n".join(lines) + "\n"


def _result(subject: Subject, count: int, precision: float, recall: float, f1: float) -> Result:
    said = (subject.behavior, subject.source, subject.split, subject.label)
    return Result(*said, count, precision, recall, f1, subject.note)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan


def _shown(share: float) -> str:
    return "-" if math.isnan(share) else f"{share:.3f}".replace("0.", ".", 1)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
