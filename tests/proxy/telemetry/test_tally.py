"""Counting in plain integers, and adding up what others counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.handover import Counts
from proxy.telemetry.catalog import OVERHEAD, PAIRS, SAMPLED
from proxy.telemetry.tally import Histogram, Tally, key


def counts(tally: Tally) -> Counts:
    counters, histograms = tally.totals()
    return Counts(counters, histograms, 0, "", config_ok=True)


def test_totals_survive_the_journey_to_another_tally() -> None:
    """The examiner's numbers must be the workers' sum."""
    worker, examiner = Tally(), Tally()
    worker.count(SAMPLED, "support", by=3)
    worker.histogram(OVERHEAD, "support", "teacher").observe(0.0003)
    examiner.count(SAMPLED, "support")
    examiner.add(counts(worker))
    assert examiner.value(SAMPLED, "support") == 4
    assert examiner.histogram(OVERHEAD, "support", "teacher").total == 0.0003


def test_a_key_made_once_counts_as_its_labels_do() -> None:
    """The hot path's way and the others' add to one total."""
    tally = Tally()
    tally.count(SAMPLED, "support")
    tally.increment(key(SAMPLED, "support"))
    assert tally.value(SAMPLED, "support") == 2


def test_a_metric_of_another_version_is_left_out() -> None:
    """During a rolling update a worker may count what the examiner does not know."""
    examiner = Tally()
    examiner.add(Counts([("of_tomorrow", (), 1)], [("overhead_seconds", ("a", "b"), [1], 0.1)], 0, "", config_ok=True))
    assert examiner.totals() == ([], [])


def test_merging_leaves_its_parts_alone() -> None:
    """A scrape must not change what it counts."""
    one, other = Tally(), Tally()
    one.count(PAIRS, "support", "compared", pair="p1")
    other.count(PAIRS, "support", "compared")
    for _ in range(2):
        merged = one.merged([other])
        assert merged.value(PAIRS, "support", "compared") == 2
        assert list(merged.exemplars.values()) == [("p1", "")]
    assert one.value(PAIRS, "support", "compared") == 1


@given(st.lists(st.floats(0, 2)))
def test_a_histogram_counts_each_value_in_the_first_bucket_that_holds_it(values: list[float]) -> None:
    """Prometheus' buckets include their upper bound."""
    histogram, at_once = Histogram((0.5, 1.0)), Histogram((0.5, 1.0))
    for value in values:
        histogram.observe(value)
    at_once.observe_all(values)
    assert at_once.counts == histogram.counts
    assert at_once.total == pytest.approx(histogram.total)
    assert histogram.counts == [
        sum(v <= 0.5 for v in values),
        sum(0.5 < v <= 1.0 for v in values),
        sum(v > 1.0 for v in values),
    ]
