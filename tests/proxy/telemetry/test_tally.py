"""Counting in plain integers, and adding up what others counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.handover import Counts
from proxy.telemetry.catalog import DURATION, OVERHEAD, PAIRS, SAMPLED
from proxy.telemetry.tally import Exemplar, Histogram, Tally, key


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
        assert list(merged.exemplars.values()) == [("p1", "", 1.0)]
    assert one.value(PAIRS, "support", "compared") == 1


def test_the_newest_event_stays_whoever_is_added_up_first() -> None:
    """Prometheus refuses one that is older than the last, and pairs end in another order than they began in."""
    old, new = Exemplar("0198", value=0.3), Exemplar("0199", value=0.31)
    one, other = Tally(), Tally()
    for tally, events in ((one, (new, old)), (other, (old,))):
        for event in events:
            tally.count(PAIRS, "support", "compared", pair=event.pair)
            tally.exemplify(DURATION, "support", "teacher", "false", event=event)
    for merged in (one.merged([other]), other.merged([one])):
        assert [event.pair for event in merged.exemplars.values()] == ["0199"]
        assert list(merged.observed.values()) == [new]


@given(st.lists(st.floats(0, 700), min_size=1))
def test_an_event_is_in_the_bucket_that_counts_it(values: list[float]) -> None:
    """One for each bucket at the most, however many requests there are."""
    tally = Tally()
    histogram = tally.histogram(DURATION, "support", "teacher", "false")
    for value in values:
        histogram.observe(value)
        tally.exemplify(DURATION, "support", "teacher", "false", event=Exemplar("0198", "", value))
    assert {bucket for _, bucket in tally.observed} == {i for i, count in enumerate(histogram.counts) if count}
    bounds = (*DURATION.buckets, float("inf"))
    assert all(event.value <= bounds[bucket] for (_, bucket), event in tally.observed.items())


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
