"""How far confidence is what it says: a reliability diagram, from the bins of a route's confidence.

Across is what the student's confidence said, up is the share of those replies that was acceptable; on the diagonal both
agree. Bins hold about equally many replies, so both axes begin where the least sure of them lies, or a good student's
would all be one dot. The bars are bounds that hold however often one looks. No threshold rests on any of this.

Values in, coordinates out; ``confidence.html`` draws, and shows the same as a table.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from proxy.examiner.console.curve import Line
from proxy.examiner.status import Bin
from proxy.examiner.wording import percent
from routing.evidence import rates
from routing.evidence.rates import Trials

SIZE = 320.0
LEFT, RIGHT, TOP, BOTTOM = 52.0, 308.0, 12.0, 268.0
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2)  # of the axes' scale
_MOST_STEPS = 5
_LARGEST, _SMALLEST = 8.0, 3.0  # radii


@dataclass(frozen=True, slots=True)
class Spot:
    """A bin: its place and radius, the ends of its bar, and what it says as numbers, all of them shares."""

    x: float
    y: float
    radius: float
    low_y: float
    high_y: float
    said: float
    was: float
    low: float
    high: float
    units: int


@dataclass(frozen=True, slots=True)
class Sureness:
    """The drawing; ``told`` is it in words."""

    spots: tuple[Spot, ...]
    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    told: str


def sureness(bins: Sequence[Bin], alpha: float) -> Sureness | None:
    """The drawing of these bins, each bound at the level ``alpha``; None without any."""
    known = [(one, *_bounds(one, alpha)) for one in bins if one.units > 0]
    if not known:
        return None
    least = min(min(one.confidence, one.acceptable, low) for one, low, _ in known)
    step = next(one for one in _STEPS if (1.0 - least) / one <= _MOST_STEPS)
    count = max(1, math.ceil((1.0 - least) / step))
    begin = max(0.0, 1.0 - step * count)
    most = max(one.units for one, _, _ in known)
    marks = [1.0 - step * place for place in range(count + 1)]
    return Sureness(
        tuple(_spot(begin, most, one, low, high) for one, low, high in known),
        tuple(Line(_x(begin, mark), f"{mark:.2f}") for mark in marks),
        tuple(Line(_y(begin, mark), f"{100 * mark:.3g} %") for mark in marks),
        _told([one for one, _, _ in known]),
    )


def _bounds(one: Bin, alpha: float) -> tuple[float, float]:
    """The least and the most that may be acceptable."""
    wrong = Trials(one.units, min(one.units, round(one.units * (1.0 - one.acceptable))))
    return 1.0 - rates.upper(wrong, alpha), 1.0 - rates.lower(wrong, alpha)


def _spot(begin: float, most: int, one: Bin, low: float, high: float) -> Spot:
    return Spot(
        x=_x(begin, one.confidence),
        y=_y(begin, one.acceptable),
        radius=round(max(_SMALLEST, _LARGEST * math.sqrt(one.units / most)), 1),
        low_y=_y(begin, low),
        high_y=_y(begin, high),
        said=one.confidence,
        was=one.acceptable,
        low=low,
        high=high,
        units=one.units,
    )


def _x(begin: float, share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * _within(begin, share), 1)


def _y(begin: float, share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * _within(begin, share), 1)


def _within(begin: float, share: float) -> float:
    return min(1.0, max(0.0, (share - begin) / (1.0 - begin)))


def _told(bins: Sequence[Bin]) -> str:
    said = "; ".join(
        f"of {one.units:,} replies with a confidence of {one.confidence:.2f}, {percent(one.acceptable)} were acceptable"
        for one in bins
    )
    return said[:1].upper() + said[1:]
