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
from proxy.telemetry.tally import Exemplar as Event
from proxy.telemetry.tally import Histogram, Key, Tally

T = TypeVar("T")
Gauges = Mapping[Key, float]


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
            exemplar=Exemplar(_named(found), 1.0) if found else None,
        )
    if not metric.labels and not family.samples:
        family.add_metric((), 0)
    return family


def _named(event: Event) -> dict[str, str]:
    """The names by which people and Grafana look an event up; OpenMetrics allows 128 characters."""
    return {"pair": event.pair} | ({"trace_id": event.trace} if event.trace else {})


def _histogram(metric: Metric, tally: Tally) -> Family:
    family = HistogramMetricFamily(PREFIX + metric.name, metric.help, labels=metric.labels)
    for (_, labels), histogram in _of(metric, tally.histograms):
        family.add_metric(labels, list(_cumulative(histogram)), histogram.total)
    return family


def _gauge(metric: Metric, gauges: Gauges) -> Family:
    family = GaugeMetricFamily(PREFIX + metric.name, metric.help, labels=metric.labels)
    for (_, labels), value in _of(metric, gauges):
        family.add_metric(labels, value)
    return family


def _of(metric: Metric, values: Mapping[Key, T]) -> Iterable[tuple[Key, T]]:
    return sorted((item for item in values.items() if item[0][0] == metric.name), key=lambda item: item[0])


def _cumulative(histogram: Histogram) -> Iterator[tuple[str, float]]:
    running = 0
    for bound, count in zip((*map(str, histogram.bounds), "+Inf"), histogram.counts, strict=True):
        running += count
        yield bound, running


def render(tally: Tally, gauges: Gauges, *, exemplars: bool) -> tuple[bytes, str]:
    """The page of ``/metrics`` and its content type; only OpenMetrics has exemplars."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Totals(tally, gauges))
    if exemplars:
        return openmetrics(registry), CONTENT_TYPE_OPENMETRICS
    return classic(registry), CONTENT_TYPE_LATEST
