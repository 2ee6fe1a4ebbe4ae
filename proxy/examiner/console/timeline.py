"""Weights over time, drawn from what was decided: in a lane for each slice, what it was served, and the bounds of that.

Decisions are never deleted, so what is drawn is what was; where more were made than were asked for, it begins with the
oldest of these. Heights are square roots of weights, or a first step of 1 % would not be seen. What is known only at
decisions (``weights_past``) holds until the next one, but for what was earned, which grows in between.
Values in, coordinates out, in the units of a drawing ``WIDTH`` wide; ``route.html`` draws, and shows the same as a
table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from proxy.examiner.console.weights_past import Moment, changes, entries, moments
from proxy.examiner.status import Decided, SliceStatus, Weights

WIDTH = 720.0
LEFT, RIGHT = 118.0, 660.0  # of the lanes: their names and scales stand before, what is served now behind
LANE, FULL = 78.0, 58.0  # heights of a lane, and of 100 % in it
TOP, FOOT = 22.0, 22.0
SCALE = (100.0, 25.0, 5.0)  # percent: the lines of a lane's scale
MOST_ROWS = 100  # of the table
_TURNS = frozenset({"phase"})
_MOST_TURNS = 12
_SPANS = (60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 31_536_000)  # seconds
_DAY = 86_400
_TICKS = 6
_Known = Sequence[tuple[float, float]]  # where across, and how much


@dataclass(frozen=True, slots=True)
class Dot:
    """A place in the drawing."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One slice's. ``line``, ``area``, ``ceiling``, ``step`` and ``earned`` are paths, the latter three "" if unknown.

    ``base`` is the height of 0 %, ``dots`` where it is known what was earned, ``told`` the drawing in words.
    """

    slice: str
    base: float
    line: str
    area: str
    ceiling: str
    step: str
    earned: str
    dots: tuple[Dot, ...]
    now: Weights
    told: str


@dataclass(frozen=True, slots=True)
class Level:
    """A weight on a lane's scale: how far above 0 % it lies."""

    above: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a moment: a tick's time, or the phase that began."""

    x: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing, and the ``rows`` of its table, the newest first: a slice, and what was known of it from then on.

    ``scale`` are the lines of every lane.
    """

    height: float
    scale: tuple[Level, ...]
    lanes: tuple[Lane, ...]
    ticks: tuple[Mark, ...]
    turns: tuple[Mark, ...]
    rows: tuple[tuple[str, Moment], ...]


def timeline(decisions: Sequence[Decided], slices: Iterable[SliceStatus], now: float) -> Timeline | None:
    """The drawing of decisions (the newest first) up to ``now``, Unix seconds; None where nothing was decided yet."""
    known = [one for one in reversed(decisions) if math.isfinite(one.at)]
    shown = sorted(slices, key=lambda one: one.slice)
    if not known or not shown:
        return None
    begin = min(one.at for one in known)
    axis, past = _Axis(begin, max(now, begin + 60.0)), entries(known)
    found = [(one, moments(past, one.slice)) for one in shown]
    turns = [Mark(axis.x(one.at), one.after, _anchor(axis.x(one.at))) for one in known if one.what in _TURNS]
    rows = [(one.slice, moment) for one, known_ in found for moment in known_ if moment.told]
    return Timeline(
        TOP + LANE * len(shown) + FOOT,
        tuple(Level(height(weight), f"{weight:g} %") for weight in SCALE),
        tuple(_lane(axis, one, known_, TOP + LANE * place) for place, (one, known_) in enumerate(found)),
        tuple(axis.ticks()),
        tuple(turns[-_MOST_TURNS:]),
        tuple(sorted(rows, key=lambda row: -row[1].at)[:MOST_ROWS]),
    )


def height(weight: float) -> float:
    """How far above 0 % a weight lies, percent in, within ``FULL``."""
    return round(FULL * math.sqrt(min(100.0, max(0.0, weight)) / 100.0), 1)


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

    def known(self, past: Iterable[tuple[float, float | None]]) -> _Known:
        """Where it became known how much, if that was not known before."""
        found: list[tuple[float, float]] = []
        for at, weight in past:
            if weight is not None and (not found or found[-1][1] != weight):
                found.append((self.x(at), weight))
        return found


def _lane(axis: _Axis, one: SliceStatus, past: Sequence[Moment], top: float) -> Lane:
    base, now = top + LANE - 8.0, one.weights
    served = axis.known((each.at, each.served) for each in past) or [(LEFT, now.effective)]
    line = _stairs(base, served, now.effective)
    earned = axis.known((each.at, each.earned) for each in past)
    return Lane(
        slice=one.slice,
        base=base,
        line=line,
        area=f"{line}V{base:g}H{served[0][0]:g}Z",
        ceiling=_stairs(base, axis.known((each.at, each.ceiling) for each in past), now.ceiling),
        step=_stairs(base, axis.known((each.at, each.step) for each in past), now.step),
        earned=_slopes(base, [*earned, (RIGHT, now.earned)]) if earned else "",
        dots=tuple(Dot(x, round(base - height(weight), 1)) for x, weight in dict(earned).items()),
        now=now,
        told=_told(one, served[0][1], past),
    )


def _stairs(base: float, known: _Known, now: float) -> str:
    """A path that holds each weight until the next, and the last one until now; "" where nothing is known."""
    if not known:
        return ""
    (begin, first), *rest = known
    path = [f"M{begin:g} {_y(base, first)}"]
    path += [f"H{x:g}V{_y(base, weight)}" for x, weight in rest]
    return "".join(path) + f"H{RIGHT:g}V{_y(base, now)}"  # the status is the later word


def _slopes(base: float, known: _Known) -> str:
    return "M" + "L".join(f"{x:g} {_y(base, weight)}" for x, weight in known)


def _y(base: float, weight: float) -> str:
    return f"{base - height(weight):g}"


def _anchor(x: float) -> str:
    return "end" if x > (LEFT + 2 * RIGHT) / 3 else "start"


def _told(one: SliceStatus, first: float, past: Iterable[Moment]) -> str:
    count, now = changes(past), one.weights
    return (
        f"{one.slice}: from {first:g} % to {now.effective:g} % in {count} change{'' if count == 1 else 's'}; "
        f"now the ceiling is {now.ceiling:g} %, the step {now.step:g} %, and {now.earned:.3g} % is earned"
    )
