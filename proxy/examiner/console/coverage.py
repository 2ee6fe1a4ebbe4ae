"""What every threshold that was tried would serve, and what of it diverges: a curve of risk over coverage.

Each threshold is a point: across, the share of replies at least so sure; up, the share of them that diverged, or under
a marginal promise that share of all replies. Thresholds are certified in a fixed order, the surest first, and the one
in force is the last that was certified without a gap; it is marked. The bound drawn is that of each point alone: a
certificate is stricter, because it holds over all versions of the calibration.

Values in, coordinates out; ``confidence.html`` draws, and shows the same as a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from proxy.examiner.console.curve import Line
from proxy.examiner.status import ViewConfidence
from proxy.examiner.wording import percent
from routing.evidence import rates
from routing.evidence.rates import Trials

WIDTH, HEIGHT = 470.0, 320.0
_ROUNDING = 1e-9
LEFT, RIGHT, TOP, BOTTOM = 60.0, 444.0, 12.0, 268.0
MARGINAL = "marginal"
_ABOVE = 3.0  # times the target: how far up the drawing goes at least
_STEPS = 5  # of the risk's scale, at most


@dataclass(frozen=True, slots=True)
class Point:
    """A threshold: its place, and what it says; ``coverage``, ``risk`` and its bound ``most`` are shares."""

    x: float
    y: float
    threshold: float
    answers: int
    diverged: int
    coverage: float
    risk: float
    most: float
    in_force: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """The drawing: ``line`` is the path of what was seen, ``band`` its area up to the bound, ``told`` it in words.

    ``mark`` is the threshold in force, None where none is certified.
    """

    points: tuple[Point, ...]
    line: str
    band: str
    target: Line
    mark: Point | None
    columns: tuple[Line, ...]
    rows: tuple[Line, ...]
    told: str


def coverage(view: ViewConfidence, promise: str, target: float, alpha: float) -> Coverage | None:
    """The drawing of the thresholds tried by one view, each bound at the level ``alpha``; None without any."""
    tried = [one for one in view.tried if 0 < one.answers <= view.of]
    if not tried:
        return None
    bearing = [Trials(view.of if promise == MARGINAL else one.answers, one.diverged) for one in tried]
    risks = [one.diverged / one.count for one in bearing]
    top = min(1.0, max(_ABOVE * target, 1.25 * max(risks)))
    points = tuple(
        Point(
            x=_x(one.answers / view.of),
            y=_y(risk, top),
            threshold=one.threshold,
            answers=one.answers,
            diverged=one.diverged,
            coverage=one.answers / view.of,
            risk=risk,
            most=rates.upper(trials, alpha),
            in_force=one.threshold == view.threshold,
        )
        for one, trials, risk in zip(tried, bearing, risks, strict=True)
    )
    mark = next((point for point in points if point.in_force), None)
    bound = [(point.x, _y(point.most, top)) for point in points]
    seen = [(point.x, point.y) for point in points]
    return Coverage(
        points=points,
        line=_path(seen),
        band=f"{_path(bound)}L{_path(seen[::-1])[1:]}Z",
        target=Line(_y(target, top), f"promised: at most {percent(target)}"),
        mark=mark,
        columns=tuple(Line(_x(tenths / 10), f"{10 * tenths} %") for tenths in range(0, 11, 2)),
        rows=tuple(_rows(top)),
        told=_told(points, mark),
    )


def _rows(top: float) -> Iterable[Line]:
    """Lines at round risks."""
    size = 10.0 ** math.floor(math.log10(top))
    step = next(one for one in (size / 10, size / 5, size / 2, size, 2 * size) if top / one <= _STEPS)
    for number in range(math.floor(top / step + _ROUNDING) + 1):
        yield Line(_y(number * step, top), percent(number * step))


def _x(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * share, 1)


def _y(risk: float, top: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * min(1.0, risk / top), 1)


def _path(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in places)


def _told(points: Sequence[Point], mark: Point | None) -> str:
    ends = f"from {percent(points[0].coverage)} to {percent(points[-1].coverage)} of the replies"
    seen = f"{len(points)} threshold{'' if len(points) == 1 else 's'} {ends}"
    if mark is None:
        return f"{seen}; none is certified"
    serves = f"{percent(mark.coverage)} of the replies, {percent(mark.risk)} diverged"
    return f"{seen}; in force is {mark.threshold:.4g}: {serves}"
