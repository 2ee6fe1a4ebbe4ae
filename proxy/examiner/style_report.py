"""Style drift as the status tells it and the metrics show it: the store's sums made into bounds, and an alarm's words.

Nothing here measures a reply (``manners`` does) or knows a formula (``routing.style`` does).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping

from proxy.examiner.status import SliceStyle, StyleMeasure
from proxy.telemetry import catalog as metric
from proxy.telemetry.catalog import Metric
from proxy.telemetry.tally import Key
from routing.observation import Arm
from routing.style import Bound, Measure, StyleDrift

_BY_ARM: Mapping[str, Metric] = {
    Measure.HEDGES: metric.STYLE_HEDGES,
    Measure.CORRECTIONS: metric.STYLE_CORRECTIONS,
    Measure.UNSURE: metric.STYLE_UNSURE,
}


def style_status(drifts: Mapping[str, StyleDrift]) -> tuple[SliceStyle, ...]:
    """What there is to tell of each slice, in the slices' order; measures without a pair are left out."""
    return tuple(_slice_style(slice_, drift) for slice_, drift in sorted(drifts.items()))


def style_gauges(route: str, styles: Iterable[SliceStyle]) -> Iterator[tuple[Key, float]]:
    """The gauges of a route's slices."""
    for style in styles:
        yield (metric.STYLE_ALARM.name, (route, style.slice)), float(bool(style.alarm))
        for measure in style.measures:
            yield from _measure_gauges((route, style.slice), measure)


def _measure_gauges(labels: tuple[str, str], measure: StyleMeasure) -> Iterator[tuple[Key, float]]:
    if measure.measure == Measure.LENGTH:
        yield (metric.STYLE_LENGTH.name, labels), math.inf if measure.change is None else measure.change
        return
    name = _BY_ARM[measure.measure].name
    yield (name, (*labels, Arm.TEACHER)), measure.teacher
    if measure.student is not None:
        yield (name, (*labels, Arm.STUDENT)), measure.student


def _slice_style(slice_: str, drift: StyleDrift) -> SliceStyle:
    alarm = drift.alarm()
    measures = tuple(_measure(bound) for bound in drift.bounds() if bound.count)
    return SliceStyle(slice_, measures, f"the student is {alarm}" if alarm else "")


def _measure(bound: Bound) -> StyleMeasure:
    student, change, high = (x if math.isfinite(x) else None for x in (bound.student, bound.change, bound.high))
    return StyleMeasure(bound.measure, bound.count, bound.teacher, student, change, bound.low, high)
