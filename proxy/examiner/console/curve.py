"""A gate's evidence as a curve: how the bounds on its rate closed in, and where they pass if nothing diverges any more.

The store keeps counts, not when they came. So the past is drawn as if the divergences had come evenly, and says so; the
bounds of now are exact, and so is what lies ahead, as long as no conversation diverges. The level at which the gate
judges is read off its own bound: there the evidence against any higher rate is exactly one to that level.

Values in, coordinates out, both axes logarithmic; ``gate.html`` draws. The bounds are ``routing.evidence.rates``'.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proxy.examiner.status import DirectionStatus, GateStatus
from proxy.examiner.wording import percent
from routing.evidence import rates
from routing.evidence.rates import Trials

WIDTH, HEIGHT = 560.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 56.0, 544.0, 12.0, 206.0
_POINTS = 40
_LONGEST = 1_000_000  # conversations ahead that are drawn
_FURTHER = 1.25  # than the end of what is drawn


@dataclass(frozen=True, slots=True)
class Line:
    """A limit, or a tick: where it lies and what it says."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Curve:
    """One direction's drawing.

    ``band`` is the path between both bounds up to now, ``upper`` and ``lower`` its edges, ``ahead`` the upper bound
    from now on, "" where none is drawn. ``x``, ``high``, ``low`` and ``seen`` are those of now: its place, both bounds,
    the observed rate. ``passes`` is where the bound ahead passes, and after how many conversations in all.
    """

    direction: str
    trials: int
    diverged: int
    band: str
    upper: str
    lower: str
    ahead: str
    x: float
    high: float
    low: float
    seen: float
    passes: Line | None
    limits: tuple[Line, ...]
    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    told: str


def curves(gate: GateStatus) -> tuple[Curve, ...]:
    """A gate's directions that have any evidence, drawn; the one that decides first."""
    known = [one for one in gate.directions if _level(one) is not None]
    known.sort(key=lambda one: (one.direction != gate.direction, one.direction))
    return tuple(_curve(gate, one, level) for one in known if (level := _level(one)) is not None)


def _level(known: DirectionStatus) -> float | None:
    """The level of a direction's bounds; None where nothing was tried, or nothing but divergences."""
    if not 0 <= known.diverged < known.trials or not 0.0 < known.upper < 1.0:
        return None
    return math.exp(-rates.log_e_below(Trials(known.trials, known.diverged), known.upper))


def _curve(gate: GateStatus, known: DirectionStatus, level: float) -> Curve:
    needed = rates.clean_needed(Trials(known.trials, known.diverged), gate.success_below, level)
    more = needed if needed is not None and needed <= _LONGEST else None
    axes = _Axes(_FURTHER * (known.trials + (more or 0)), min(gate.success_below, known.upper) / 4)
    past = [(n, Trials(n, min(n - 1, round(known.diverged * n / known.trials)))) for n in _spread(1, known.trials)]
    edge = [(n, _bound(trials, level)) for n, trials in past]
    floor = [(n, rates.lower(trials, level)) for n, trials in past]
    further = [(n, _bound(Trials(n, known.diverged), level)) for n in _spread(known.trials, known.trials + (more or 0))]
    at = axes.x(known.trials + more) if more else 0.0
    return Curve(
        direction=known.direction,
        trials=known.trials,
        diverged=known.diverged,
        band=f"{axes.path(edge)}L{axes.path(floor[::-1])[1:]}Z",
        upper=axes.path(edge),
        lower=axes.path(floor),
        ahead=axes.path(further) if more else "",
        x=axes.x(known.trials),
        high=axes.y(known.upper),
        low=axes.y(known.lower),
        seen=axes.y(known.diverged / known.trials),
        passes=Line(at, f"{known.trials + more:,}") if more else None,
        limits=tuple(
            Line(axes.y(limit), f"{word} {percent(limit)}")
            for word, limit in (("passes below", gate.success_below), ("fails above", gate.failure_above))
        ),
        columns=tuple(axes.columns()),
        rows=tuple(axes.rows()),
        told=_told(known, more),
    )


def _bound(trials: Trials, level: float) -> float:
    return rates.upper(trials, level)


@dataclass(frozen=True, slots=True)
class _Axes:
    """Conversations from 1 to ``most`` across, rates from ``least`` to 1 up."""

    most: float
    least: float

    def x(self, count: float) -> float:
        share = math.log(max(1.0, count)) / math.log(max(2.0, self.most))
        return round(LEFT + (RIGHT - LEFT) * min(1.0, share), 1)

    def y(self, rate: float) -> float:
        share = math.log(max(rate, self.least)) / math.log(self.least)
        return round(TOP + (BOTTOM - TOP) * share, 1)

    def path(self, points: Iterable[tuple[int, float]]) -> str:
        return "M" + "L".join(f"{self.x(count)} {self.y(rate)}" for count, rate in points)

    def columns(self) -> Iterable[Line]:
        for power in range(math.floor(math.log10(max(2.0, self.most))) + 1):
            yield Line(self.x(10**power), f"{10**power:,}")

    def rows(self) -> Iterable[Line]:
        for power in range(math.floor(-math.log10(self.least)) + 1):
            yield Line(self.y(10.0**-power), percent(10.0**-power))


def _spread(first: int, last: int) -> Sequence[int]:
    """Numbers from the first to the last, evenly on a logarithm."""
    if last <= first:
        return [first]
    growth = (last / first) ** (1 / _POINTS)
    return sorted({first, last, *(round(first * growth**step) for step in range(_POINTS))})


def _told(known: DirectionStatus, more: int | None) -> str:
    """The drawing in words."""
    now = (
        f"{known.direction} in {known.diverged:,} of {known.trials:,} conversations; the rate lies between "
        f"{percent(known.lower)} and {percent(known.upper)}"
    )
    return f"{now}; it passes after {more:,} more without one" if more else now
