"""What is known of a slice's four weights over time: of what was served everything, of the others what decisions say.

A change of what is served is a decision, and decisions are never deleted. What it is the least of is kept beside each
decision, as it was known then; in between it may have moved unseen: what was earned with every conversation, a ceiling
with an edit of the file. So a weight that nothing tells is None here, and never 0. ``timeline`` draws it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from proxy.examiner.orders import Verb
from proxy.examiner.status import Decided

MOVES = frozenset({"raise", "lower"})
_FULL = 100.0


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known of a slice's weights from a moment on, percent; None is not known.

    ``at`` is Unix seconds, ``told`` what was decided then and by whom, "" for what was before the first decision.
    """

    at: float
    told: str = ""
    served: float | None = None
    ceiling: float | None = None
    step: float | None = None
    earned: float | None = None

    @property
    def weights(self) -> tuple[float | None, ...]:
        """The four of them."""
        return self.served, self.ceiling, self.step, self.earned


class Known(msgspec.Struct, frozen=True):
    """What a decision's inputs tell of a slice, percent."""

    ceiling: float | None = None
    step: float | None = None
    earned: float | None = None


Entry = tuple[Decided, Mapping[str, Known]]
_decode = msgspec.json.Decoder(dict[str, Known]).decode
_NOTHING = Known()


def entries(decisions: Iterable[Decided]) -> list[Entry]:
    """Decisions, each with what its inputs tell by slice: read once for all slices."""
    return [(one, _inputs(one)) for one in decisions]


def moments(past: Sequence[Entry], name: str) -> tuple[Moment, ...]:
    """A slice's, the oldest first, from entries in the same order: those from which on something else is known."""
    mine = [one for one, _ in past if one.slice == name]
    served = next((both[0] for one in mine if one.what in MOVES and (both := _both(one))), None)
    limited = next((_percent(one.before) for one in mine if one.what == Verb.SET_WEIGHT), None)
    last = Moment(past[0][0].at if past else 0.0, served=served, ceiling=limited)
    found = [last]
    own = limited is not None  # whether the slice has an operator's ceiling of its own, which the route's leaves alone
    for one, inputs in past:
        if one.what == Verb.SET_WEIGHT and one.slice == name:
            own = _percent(one.after) is not None
        last = _after(last, one, inputs.get(name, _NOTHING), name, own)
        if found[-1].weights != last.weights:
            found.append(last)
    return tuple(found)


def changes(known: Iterable[Moment]) -> int:
    """How often what is served was changed."""
    served = [one.served for one in known if one.served is not None]
    return sum(after != before for before, after in pairwise(served))


def _after(last: Moment, one: Decided, known: Known, name: str, own: bool) -> Moment:
    """What is known once something was decided."""
    served, ceiling = last.served, last.ceiling
    if one.slice == name and one.what in MOVES and (both := _both(one)):
        served = both[1]
    if one.what == Verb.SET_WEIGHT and (one.slice == name or not (one.slice or own)):
        ceiling = _ceiling(one.after)
    return Moment(
        at=one.at,
        told=_told(one),
        served=served,
        ceiling=ceiling if known.ceiling is None else known.ceiling,
        step=last.step if known.step is None else known.step,
        earned=last.earned if known.earned is None else min(_FULL, known.earned),
    )


def _inputs(one: Decided) -> Mapping[str, Known]:
    """What was known, by slice; nothing where it cannot be read: rows of other releases are told all the same."""
    try:
        return _decode(one.inputs)
    except (msgspec.MsgspecError, RecursionError):
        return {}


def _both(one: Decided) -> tuple[float, float] | None:
    before, after = _percent(one.before), _percent(one.after)
    return None if before is None or after is None else (before, after)


def _ceiling(text: str) -> float:
    """An operator's ceiling; where there is none the file's holds, and the next decision names it."""
    found = _percent(text)
    return _FULL if found is None else found


def _percent(text: str) -> float | None:
    try:
        found = float(text.removesuffix("%"))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _told(one: Decided) -> str:
    change = f" {one.before} \N{RIGHTWARDS ARROW} {one.after}" if one.before != one.after else ""
    return f"{one.what}{change} by {one.who}"
