"""The table of metrics: what Prometheus, dashboards and the tally rely on."""

from __future__ import annotations

import re

import pytest

from proxy.telemetry.catalog import BY_NAME, CATALOG, PREFIX, Kind, Metric

LABELS = {
    "arm", "behavior", "direction", "endpoint", "hash", "kind", "outcome", "phase", "process", "purpose", "reason",
    "route", "slice", "stream", "type", "view",
}  # fmt: skip
UNITS = ("_seconds", "_bytes", "_percent", "_ratio", "_records", "_rate")


def named(metric: Metric) -> str:
    """What a failing test is called."""
    return metric.name


def test_each_name_is_declared_once() -> None:
    """Two metrics of one name would add up what does not belong together."""
    assert len(BY_NAME) == len(CATALOG) > 30


@pytest.mark.parametrize("metric", CATALOG, ids=named)
def test_a_name_is_what_prometheus_takes(metric: Metric) -> None:
    """Without its prefix and suffix, which the exposition adds."""
    assert re.fullmatch("[a-z][a-z_]*[a-z]", PREFIX + metric.name)
    assert not metric.name.startswith(PREFIX)
    assert not metric.name.endswith(("_total", "_bucket", "_sum", "_count", "_created"))


@pytest.mark.parametrize("metric", CATALOG, ids=named)
def test_a_help_text_is_a_sentence(metric: Metric) -> None:
    """It is all that most people read of the documentation."""
    assert re.fullmatch(r"[A-Z0-9].*\.", metric.help)
    assert "\n" not in metric.help


@pytest.mark.parametrize("metric", CATALOG, ids=named)
def test_labels_come_from_closed_sets(metric: Metric) -> None:
    """A label with a user's text in it would grow Prometheus without bound."""
    assert set(metric.labels) <= LABELS
    assert len(set(metric.labels)) == len(metric.labels)


@pytest.mark.parametrize("metric", CATALOG, ids=named)
def test_histograms_have_rising_buckets_of_seconds_or_shares_and_nothing_else_has_any(metric: Metric) -> None:
    """The tally finds a value's bucket by bisection."""
    if metric.kind is Kind.HISTOGRAM:
        assert metric.name.endswith("_seconds") or metric.buckets[-1] == 1.0
        assert list(metric.buckets) == sorted(set(metric.buckets))
        assert metric.buckets[0] > 0
    else:
        assert metric.buckets == ()


@pytest.mark.parametrize("metric", [m for m in CATALOG if m.kind is Kind.COUNTER], ids=named)
def test_counters_count_things(metric: Metric) -> None:
    """A unit in a counter's name is a measurement in disguise."""
    assert not metric.name.endswith(tuple(unit for unit in UNITS if unit != "_records"))
