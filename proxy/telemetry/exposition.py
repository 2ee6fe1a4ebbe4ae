"""Totals printed for Prometheus: OpenMetrics with exemplars, or the classic text format.

prometheus-client does the formatting; this module only says which samples there are. Every counter and histogram of
the catalog appears even before it counted anything, where it has no labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.exposition import generate_latest as classic
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST as CONTENT_TYPE_OPENMETRICS
from prometheus_client.openmetrics.exposition import generate_latest as openmetrics
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar

from proxy.telemetry.catalog import CATALOG, PREFIX, Kind, Metric
from proxy.telemetry.tally import Bucket, Histogram, Key, Tally
from proxy.telemetry.tally import Exemplar as Event

T = TypeVar("T")
Gauges = Mapping[Key, float]
PAIR_ID, TRACE_ID = "pair_id", "trace_id"
_TIME = 12  # digits


class _Totals(Collector):
    """A tally and some gauges, as a collector."""

    def __init__(self, tally: Tally, gauges: Gauges) -> None:
        self._tally = tally
        self._gauges = gauges

    def collect(self) -> Iterator[Family]:
        for metric in CATALOG:
            if metric.kind is Kind.COUNTER:
                yield _counter(metric, self._tally)
            elif metric.kind is Kind.HISTOGRAM:
                yield _histogram(metric, self._tally)
            else:
                yield _gauge(metric, self._gauges)


def _counter(metric: Metric, tally: Tally) -> Family:
    family = CounterMetricFamily(PREFIX + metric.name, metric.help, labels=metric.labels)
    for key, total in _of(metric, tally.counters):
        found = tally.exemplars.get(key)
        family.add_sample(
            f"{PREFIX}{metric.name}_total",
            dict(zip(metric.labels, key[1], strict=True)),
            total,
            exemplar=_exemplar(found) if found else None,
        )
    if not metric.labels and not family.samples:
        family.add_metric((), 0)
    return family


def _exemplar(event: Event) -> Exemplar:
    """Under the names by which people and Grafana look an event up, 75 of the 128 characters that OpenMetrics allows.

    Its time is when its request began, which the pair's id begins with: in milliseconds, twelve hexadecimal digits.
    """
    named = {PAIR_ID: event.pair} | ({TRACE_ID: event.trace} if event.trace else {})
    return Exemplar(named, event.value, int(event.pair[:_TIME], 16) / 1000)


def _histogram(metric: Metric, tally: Tally) -> Family:
    family = HistogramMetricFamily(PREFIX + metric.name, metric.help, labels=metric.labels)
    for key, histogram in _of(metric, tally.histograms):
        family.add_metric(key[1], list(_cumulative(key, histogram, tally.observed)), histogram.total)
    return family


def _gauge(metric: Metric, gauges: Gauges) -> Family:
    family = GaugeMetricFamily(PREFIX + metric.name, metric.help, labels=metric.labels)
    for (_, labels), value in _of(metric, gauges):
        family.add_metric(labels, value)
    return family


def _of(metric: Metric, values: Mapping[Key, T]) -> Iterable[tuple[Key, T]]:
    return sorted((item for item in values.items() if item[0][0] == metric.name), key=lambda item: item[0])


def _cumulative(
    key: Key, histogram: Histogram, observed: Mapping[Bucket, Event]
) -> Iterator[tuple[str, float] | tuple[str, float, Exemplar]]:
    running = 0
    for number, (bound, count) in enumerate(zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True)):
        running += count
        event = observed.get((key, number))
        yield (bound, running, _exemplar(event)) if event else (bound, running)


def render(tally: Tally, gauges: Gauges, *, exemplars: bool) -> tuple[bytes, str]:
    """The page of ``/metrics`` and its content type; only OpenMetrics has exemplars."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Totals(tally, gauges))
    if exemplars:
        return openmetrics(registry), CONTENT_TYPE_OPENMETRICS
    return classic(registry), CONTENT_TYPE_LATEST
