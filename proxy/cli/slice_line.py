"""Which slices a stored request is in, as one line of the page of a pair.

The store keeps the one slice that the pair was counted in. The others, and what showed them, are read again from the
request where it was kept, by the classifier of this program; docs/slices.md says why they are not stored.
"""

from __future__ import annotations

from proxy.cli.terminal import one_line
from proxy.examiner.replay import traits_of
from proxy.store.pair import Pair
from routing.slices import classify
from routing.slices.marks import Mark
from routing.traits import Traits

_QUOTED = 40


def slice_line(pair: Pair) -> str:
    """What shows the pair's slices, the surest first; "" where its request was not kept or cannot be read."""
    traits = traits_of(pair)
    if traits is None:
        return ""
    sliced = classify(traits)
    shown = ", ".join(_shown(mark, traits) for mark in sliced.marks)
    if sliced.slice == pair.slice:
        return f"slices: {shown}"
    return (
        f"slice set by the caller, by a rule or by another version: {one_line(pair.slice, _QUOTED)}; it shows {shown}"
    )


def _shown(mark: Mark, traits: Traits) -> str:
    words = one_line(traits.last_said[slice(*mark.span)], _QUOTED) if mark.span else ""
    return f"{mark.slice} {mark.score:.2f} by {mark.reason}" + (f" {words!r}" if words else "")
