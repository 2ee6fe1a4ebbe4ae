"""How self-correction is measured.

No labeled set was to be had, so the replies are our own; the rules were not tried on one half, which was written before
them by the same hands and so flatters. Replies of other sets are finished answers, taken as ordinary; nobody labeled
them. Nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measuring import judging
from measuring.data import authored, replies
from measuring.judging import Verdict, shown
from measuring.scores import Result, Subject, false_positives, scored
from routing.behaviors.label import Behavior
from routing.behaviors.self_correction import detect

ORDINARY = ("xstest_responses", "ifeval_format", "expertqa_citations", "truthfulqa_informative")


def results(data: Path) -> list[Result]:
    """The lines of the report."""
    return [*_authored(), *_ordinary(data)]


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of our own replies, and of those taken as ordinary."""
    for half in ("work", "held"):
        yield from judging.verdicts(f"authored_{half}", detect, authored(f"self_correction_{half}"), "corrected")
    for name in ORDINARY:
        yield from judging.verdicts(name, detect, replies(data, name))


def _authored() -> list[Result]:
    lines = []
    for half, split in (("work", ""), ("held", "these replies")):
        rows = authored(f"self_correction_{half}")
        subject = Subject(Behavior.SELF_CORRECTION, f"authored_{half}", "corrected", split, "English")
        lines.append(scored(subject, [row.label == "corrected" for row in rows], shown(detect, rows)))
    return lines


def _ordinary(data: Path) -> list[Result]:
    sets = [(name, replies(data, name)) for name in ORDINARY]
    subjects = [
        (Subject(Behavior.SELF_CORRECTION, name, "corrected", note="taken as ordinary"), found)
        for name, found in sets
        if found
    ]
    return [false_positives(subject, shown(detect, found)) for subject, found in subjects]
