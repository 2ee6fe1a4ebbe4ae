"""How hedging is measured.

No labeled set was to be had. The pairs are our own: hedged and confident versions of the same replies in the manner of
several models, and confident ones full of words that hedge elsewhere. The rules were tried on one half; the other was
written before them by the same hands and held back, so even that half flatters; the two replies that it missed have
since been looked at. Nothing is fitted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from measuring import judging
from measuring.data import Authored, authored
from measuring.judging import Verdict, shown
from measuring.scores import Result, Subject, scored
from routing.behaviors.hedging import detect
from routing.behaviors.label import Behavior


def results(_: Path) -> list[Result]:
    """The lines of the report."""
    lines = []
    for half, split in (("work", ""), ("held", "these replies")):
        rows = authored(f"hedging_{half}")
        for note, part in (
            ("eight languages", rows),
            ("without English", [row for row in rows if row.language != "en"]),
        ):
            lines.append(_scored(Subject(Behavior.HEDGING, f"authored_{half}", "hedged", split, note), part))
    return lines


def verdicts(_: Path) -> Iterator[Verdict]:
    """Of our own replies: the half held back, and the half that was not."""
    for half in ("work", "held"):
        name = f"authored_{half}"
        yield from judging.verdicts(name, detect, authored(f"hedging_{half}"), "hedged")


def _scored(subject: Subject, rows: list[Authored]) -> Result:
    return scored(subject, [row.label == "hedged" for row in rows], shown(detect, rows))
