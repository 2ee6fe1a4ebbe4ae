"""Counting in plain integers: what workers and the examiner do on every request.

A tally knows totals since its start and nothing of Prometheus, so that a worker pays for an addition and not for a
client library. Totals travel whole in a ``Counts`` frame and add up by metric and label values. It refuses to expose
anything: ``exposition`` does.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

from proxy.handover import Counts
from proxy.telemetry.catalog import BY_NAME, Metric

T = TypeVar("T")
Key = tuple[str, tuple[str, ...]]
Bucket = tuple[Key, int]
"""A bucket of a histogram, by its number."""


class Histogram:
    """Counts per bucket (the last is beyond all bounds) and the sum of what was observed."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def observe_all(self, values: Collection[float]) -> None:
        """Count each of these."""
        bounds, counts = self.bounds, self.counts
        for value in values:
            counts[bisect_left(bounds, value)] += 1
        self.total += sum(values)

    def add(self, counts: Iterable[int], total: float) -> None:
        """Merge another histogram of the same bounds."""
        self.counts = [a + b for a, b in zip(self.counts, counts, strict=True)]
        self.total += total


def key(metric: Metric, *labels: str) -> Key:
    """What a total is kept under; on a hot path, made once, to ``increment``."""
    return metric.name, labels


class Exemplar(NamedTuple):
    """One event among those that were counted: its pair, its trace where it has one, and what was observed of it."""

    pair: str
    trace: str = ""
    value: float = 1.0


class Tally:
    """Totals by metric and label values, with an event for each counter and each bucket that one was told of.

    Of two events the one with the newer pair stays, so that what is exposed of a series only ever becomes newer.
    """

    def __init__(self) -> None:
        self.counters: dict[Key, float] = {}
        self.histograms: dict[Key, Histogram] = {}
        self.exemplars: dict[Key, Exemplar] = {}
        self.observed: dict[Bucket, Exemplar] = {}

    def count(self, metric: Metric, *labels: str, by: float = 1, pair: str = "", trace: str = "") -> None:
        """Add to a counter; ``pair``, with its ``trace`` if it has one, may become its exemplar."""
        key = (metric.name, labels)
        self.counters[key] = self.counters.get(key, 0) + by
        if pair:
            _keep_newer(self.exemplars, key, Exemplar(pair, trace))

    def exemplify(self, metric: Metric, *labels: str, event: Exemplar) -> None:
        """Name an event that another tally counted: of a histogram, for the bucket that its value is in."""
        key = (metric.name, labels)
        if metric.buckets:
            _keep_newer(self.observed, (key, bisect_left(metric.buckets, event.value)), event)
        else:
            _keep_newer(self.exemplars, key, event)

    def increment(self, key: Key) -> None:
        """Add one to a counter."""
        self.counters[key] = self.counters.get(key, 0) + 1

    def histogram(self, metric: Metric, *labels: str) -> Histogram:
        """The histogram of these label values, to observe into; hold on to it on a hot path."""
        key = (metric.name, labels)
        found = self.histograms.get(key)
        if found is None:
            found = self.histograms[key] = Histogram(metric.buckets)
        return found

    def value(self, metric: Metric, *labels: str) -> float:
        """A counter's total, 0 if it never counted."""
        return self.counters.get((metric.name, labels), 0)

    def totals(
        self,
    ) -> tuple[list[tuple[str, tuple[str, ...], float]], list[tuple[str, tuple[str, ...], list[int], float]]]:
        """Counters and histograms as a ``Counts`` frame carries them."""
        counters = [(name, labels, total) for (name, labels), total in self.counters.items()]
        histograms = [(name, labels, h.counts, h.total) for (name, labels), h in self.histograms.items()]
        return counters, histograms

    def add(self, counts: Counts) -> None:
        """Merge a worker's totals. Metrics this version does not know are left out."""
        for name, labels, total in counts.counters:
            if name in BY_NAME:
                self.counters[name, labels] = self.counters.get((name, labels), 0) + total
        for name, labels, buckets, summed in counts.histograms:
            if name in BY_NAME and len(buckets) == len(BY_NAME[name].buckets) + 1:
                self.histogram(BY_NAME[name], *labels).add(buckets, summed)

    def merged(self, others: Iterable[Tally]) -> Tally:
        """A new tally: this one and others, added up."""
        whole = Tally()
        for tally in (self, *others):
            counters, histograms = tally.totals()
            whole.add(Counts(counters, histograms, 0, "", config_ok=True))
            for key, event in tally.exemplars.items():
                _keep_newer(whole.exemplars, key, event)
            for bucket, event in tally.observed.items():
                _keep_newer(whole.observed, bucket, event)
        return whole


def _keep_newer(events: dict[T, Exemplar], place: T, event: Exemplar) -> None:
    """Ids of pairs begin with the time at which they were given."""
    known = events.get(place)
    if known is None or known.pair <= event.pair:
        events[place] = event
