"""The worst confusions of each behavior: where a detector was surest and wrong, on what it was not fitted on.

They show texts of the labeled sets, so they are printed and never kept: whoever reads them says in a line why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from measuring.judging import Verdict

WORST = 5
_PROMPT, _TEXT, _BEFORE = 100, 240, 60  # characters shown: of the prompt, of the reply, of it before what fired


def worst(verdicts: Iterable[Verdict], count: int = WORST) -> list[Verdict]:
    """The wrong verdicts of which the detector was surest, the surest first; of the same text but one."""
    wrong = sorted((one for one in verdicts if one.wrong), key=lambda one: (one.sureness, one.source, one.text))
    by_text = {one.text: one for one in wrong}
    return sorted(by_text.values(), key=lambda one: (-one.sureness, one.source, one.text))[:count]


def listed(verdicts: Iterable[Verdict]) -> Iterator[str]:
    """Lines for a terminal: each behavior's worst confusions, and how many verdicts and errors there were."""
    ordered = sorted(verdicts, key=lambda one: one.behavior)
    for behavior, group in groupby(ordered, key=lambda one: one.behavior):
        known = list(group)
        yield f"{behavior}: {sum(one.wrong for one in known)} of {len(known)} wrong"
        for place, one in enumerate(worst(known), 1):
            fired = f" by {one.rule}" if one.rule else ""
            yield f"  {place}. {one.truth} taken for {one.found}{fired}, {one.sureness:.2f} sure, {one.source}"
            yield f"     asked: {_short(one.prompt, 0, _PROMPT)}"
            yield f"     reply: {_short(one.text, max(0, one.span[0] - _BEFORE) if one.span else 0, _TEXT)}"


def _short(text: str, start: int, size: int) -> str:
    """So much of a text from there on, in one line."""
    words = " ".join(text[start : start + size].split())
    return f"{'... ' if start else ''}{words}{' ...' if len(text) > start + size else ''}"
