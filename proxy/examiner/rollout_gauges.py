"""A rollout as the metrics show it: the same values that ``practicum status`` and ``practicum explain`` tell.

What has no trials has no rate: its series is absent, and never 0. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy.examiner.status import DirectionStatus, RouteStatus, SliceStatus, Weights
from proxy.telemetry import catalog as metric
from proxy.telemetry.catalog import Metric
from proxy.telemetry.tally import Key
from routing.gates import Verdict

WHOLE_ROUTE = "default"  # the slice under which a route's own weights are shown, as the configuration calls it
_VERDICTS = {verdict.name.lower(): float(verdict) for verdict in Verdict}


def rollout_gauges(route: RouteStatus) -> Iterator[tuple[Key, float]]:
    """The gauges of a route's phase, and of its slices' weights, verdicts and rates."""
    yield _gauge(metric.PHASE, 1, route.name, route.phase)
    yield from _weights(route.weights, route.name, WHOLE_ROUTE)
    for found in route.slices:
        yield from _weights(found.weights, route.name, found.slice)
        yield from _gates(found, route.name)


def _weights(weights: Weights, *labels: str) -> Iterator[tuple[Key, float]]:
    yield _gauge(metric.WEIGHT, weights.ceiling, *labels, "ceiling")
    yield _gauge(metric.WEIGHT, weights.step, *labels, "step")
    yield _gauge(metric.WEIGHT, weights.earned, *labels, "earned")
    yield _gauge(metric.WEIGHT, weights.effective, *labels, "effective")


def _gates(found: SliceStatus, route: str) -> Iterator[tuple[Key, float]]:
    for gate in found.gates:
        yield _gauge(metric.GATE_VERDICT, _VERDICTS[gate.verdict], route, found.slice, gate.behavior)
        yield _gauge(metric.GATE_ACTS, not gate.idle, route, found.slice, gate.behavior)
        if gate.needed is not None:
            yield _gauge(metric.GATE_NEEDED, gate.needed, route, found.slice, gate.behavior)
        for way in gate.directions:
            yield from _rates(way, route, found.slice, gate.behavior, way.direction)


def _rates(way: DirectionStatus, *labels: str) -> Iterator[tuple[Key, float]]:
    if way.trials:
        yield _gauge(metric.RATE_LOWER, way.lower, *labels)
        yield _gauge(metric.RATE_UPPER, way.upper, *labels)


def _gauge(of: Metric, value: float, *labels: str) -> tuple[Key, float]:
    return (of.name, labels), float(value)
