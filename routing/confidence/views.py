"""By how much of a student's reply it is judged: its *view*.

A view is a number of tokens, ``WHOLE`` for all of them. A whole reply is looked at where nothing has to be sent before
it is complete: replies that are not streamed, and streams that are held back for the whole turn. Of other streams a
prefix is held, at most ``hold.tokens`` long. Where time runs out before that many tokens came, the longest *rung* that
is complete decides: a half of the prefix or a quarter. A reply that ends within a view is looked at whole, as part of
that view. Every view has a calibration and thresholds of its own, from the pairs whose requests would be judged by it.
"""

from __future__ import annotations

View = int
WHOLE: View = 0


def rungs(hold: int) -> tuple[View, ...]:
    """The views of a prefix of ``hold`` tokens, the shortest first; none where nothing is held."""
    return tuple(sorted({hold // 4, hold // 2, hold} - {0}))


def reached(hold: int, tokens: int) -> View | None:
    """The longest rung that ``tokens`` tokens complete, None if they complete none."""
    return max((rung for rung in rungs(hold) if rung <= tokens), default=None)


def label(view: View) -> str:
    """What a view is called: ``whole``, or ``first_24``."""
    return f"first_{view}" if view else "whole"
