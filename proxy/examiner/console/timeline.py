"""Weights over time, drawn from what was decided: a lane for each slice, a step for each change of what it is served.

Decisions are never deleted, so what is drawn is what was; where more were made than were asked for, it begins with the
oldest of these. Heights are square roots of weights, or a first step of 1 % would not be seen.
Values in, coordinates out, in the units of a drawing ``WIDTH`` wide; ``route.html`` draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.examiner.status import Decided, SliceStatus

WIDTH = 720.0
LEFT, RIGHT = 96.0, 660.0  # of the lanes: their names stand before, their weights of now behind
LANE, FULL = 40.0, 26.0  # heights of a lane, and of 100 % in it
TOP = 22.0
_MOVES = frozenset({"raise", "lower"})
_TURNS = frozenset({"phase"})
_MOST_TURNS = 12
_SPANS = (60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000)  # seconds
_DAY = 86_400
_TICKS = 6


@dataclass(frozen=True, slots=True)
class Lane:
    """One slice's: ``line`` and ``area`` are paths, ``base`` the height of 0 %, ``told`` the same in words."""

    slice: str
    base: float
    line: str
    area: str
    now: float
    told: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a moment: a tick's time, or the phase that began."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing."""

    height: float
    lanes: tuple[Lane, ...]
    ticks: tuple[Mark, ...]
    turns: tuple[Mark, ...]


def timeline(decisions: Sequence[Decided], slices: Iterable[SliceStatus], now: float) -> Timeline | None:
    """The drawing of decisions (the newest first) up to ``now``, Unix seconds; None where nothing was decided yet."""
    known = [one for one in reversed(decisions) if math.isfinite(one.at)]
    shown = sorted(slices, key=lambda one: one.slice)
    if not known or not shown:
        return None
    begin = min(one.at for one in known)
    axis = _Axis(begin, max(now, begin + 60.0))
    lanes = tuple(_lane(axis, one, known, TOP + LANE * place) for place, one in enumerate(shown))
    turns = [Mark(axis.x(one.at), one.after, _anchor(axis.x(one.at))) for one in known if one.what in _TURNS]
    return Timeline(TOP + LANE * len(lanes) + 22.0, lanes, tuple(axis.ticks()), tuple(turns[-_MOST_TURNS:]))


@dataclass(frozen=True, slots=True)
class _Axis:
    begin: float
    end: float

    def x(self, at: float) -> float:
        share = (at - self.begin) / (self.end - self.begin)
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, share)), 1)

    def ticks(self) -> Iterable[Mark]:
        length = self.end - self.begin
        span = next((one for one in _SPANS if length / one <= _TICKS), 10 * _SPANS[-1])
        form = "%m-%d" if span >= _DAY else "%m-%d %H:%M" if length > _DAY else "%H:%M"
        for number in range(math.ceil(self.begin / span), math.floor(self.end / span) + 1):
            x = self.x(number * span)
            yield Mark(x, f"{datetime.fromtimestamp(number * span, UTC):{form}}")


def _lane(axis: _Axis, one: SliceStatus, known: Iterable[Decided], top: float) -> Lane:
    base = top + LANE - 8.0
    changes = [(at.at, *both) for at in known if at.slice == one.slice and at.what in _MOVES if (both := _weights(at))]
    now = one.weights.effective
    first = changes[0][1] if changes else now
    line = [f"M{LEFT:g} {_y(base, first)}"]
    for at, _, after in changes:
        line.append(f"H{axis.x(at)}V{_y(base, after)}")
    line.append(f"V{_y(base, now)}H{RIGHT:g}")  # the status is the later word
    path = "".join(line)
    return Lane(one.slice, base, path, f"{path}V{base:g}H{LEFT:g}Z", now, _told(one.slice, first, changes, now))


def _weights(one: Decided) -> tuple[float, float] | None:
    try:
        before, after = (float(text.removesuffix("%")) for text in (one.before, one.after))
    except ValueError:
        return None
    return (before, after) if math.isfinite(before) and math.isfinite(after) else None


def _y(base: float, weight: float) -> float:
    return round(base - FULL * math.sqrt(min(100.0, max(0.0, weight)) / 100.0), 1)


def _anchor(x: float) -> str:
    return "end" if x > (LEFT + 2 * RIGHT) / 3 else "start"


def _told(name: str, first: float, changes: Sequence[tuple[float, float, float]], now: float) -> str:
    count = len(changes)
    return f"{name}: from {first:g} % to {now:g} % in {count} change{'' if count == 1 else 's'}"
