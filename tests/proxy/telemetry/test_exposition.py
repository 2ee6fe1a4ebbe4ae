"""The metrics page, as Prometheus' own parsers read it."""

from __future__ import annotations

from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_classic

from proxy.telemetry.catalog import DIVERGENCES, IN_FLIGHT, LOST, OVERHEAD, STORE_ERRORS
from proxy.telemetry.exposition import render
from proxy.telemetry.tally import Exemplar, Tally

PAIR = "019a0b0c0d0e0000000000000001"
BEGAN = 0x019A0B0C0D0E / 1000  # Unix time


def filled() -> Tally:
    tally = Tally()
    tally.count(DIVERGENCES, "support", "math", "answer", "lost", by=2, pair=PAIR)
    for value in (0.00001, 0.0003, 7.0):
        tally.histogram(OVERHEAD, "support", "teacher").observe(value)
    return tally


def test_openmetrics_carries_the_pair_as_exemplar() -> None:
    """From a spike on a panel to the pair that made it: the reason we speak OpenMetrics."""
    page, content_type = render(filled(), {}, exemplars=True)
    assert content_type.startswith("application/openmetrics-text")
    families = {family.name: family for family in read_openmetrics(page.decode())}
    (sample,) = families["practicum_divergences"].samples
    assert sample.name == "practicum_divergences_total"
    assert sample.labels == {"route": "support", "slice": "math", "behavior": "answer", "direction": "lost"}
    assert sample.value == 2
    assert sample.exemplar is not None
    assert sample.exemplar.labels == {"pair_id": PAIR}


def test_a_traced_pair_is_an_exemplar_with_its_trace() -> None:
    """By this name Grafana links a point to its trace."""
    tally = Tally()
    tally.count(LOST, "worker", pair=PAIR, trace="7073" + PAIR)
    page, _ = render(tally, {}, exemplars=True)
    families = {family.name: family for family in read_openmetrics(page.decode())}
    (sample,) = families["practicum_records_lost"].samples
    assert sample.exemplar is not None
    assert sample.exemplar.labels == {"pair_id": PAIR, "trace_id": "7073" + PAIR}


def test_a_bucket_names_a_request_that_is_in_it() -> None:
    """From a slow request on a panel to its trace. The dot is where and when it was slow, not when it was scraped."""
    tally = filled()
    tally.exemplify(OVERHEAD, "support", "teacher", event=Exemplar(PAIR, "7063" + PAIR, 7.0))
    page, _ = render(tally, {}, exemplars=True)
    families = {family.name: family for family in read_openmetrics(page.decode())}
    buckets = [s for s in families["practicum_overhead_seconds"].samples if s.name.endswith("_bucket")]
    (sample,) = [s for s in buckets if s.exemplar]
    assert (sample.labels["le"], sample.value) == ("+Inf", 3)
    assert sample.exemplar is not None
    assert sample.exemplar.labels == {"pair_id": PAIR, "trace_id": "7063" + PAIR}
    assert (sample.exemplar.value, float(sample.exemplar.timestamp)) == (7.0, BEGAN)


def test_an_event_of_what_nobody_counted_is_not_told() -> None:
    """Workers' totals come twice a second, and the record before them."""
    tally = Tally()
    tally.exemplify(OVERHEAD, "support", "teacher", event=Exemplar(PAIR, "7063" + PAIR, 7.0))
    page, _ = render(tally, {}, exemplars=True)
    assert PAIR not in page.decode()


def test_histograms_are_cumulative_and_end_at_infinity() -> None:
    """A rate over a bucket that is not cumulative is nonsense that nobody notices."""
    page, _ = render(filled(), {}, exemplars=True)
    families = {family.name: family for family in read_openmetrics(page.decode())}
    buckets = [s for s in families["practicum_overhead_seconds"].samples if s.name.endswith("_bucket")]
    values = [s.value for s in buckets]
    assert values == sorted(values)
    assert (buckets[-1].labels["le"], values[-1]) == ("+Inf", 3)
    assert values[0] == 1


def test_the_classic_format_has_the_same_values() -> None:
    """Not every scraper asks for OpenMetrics."""
    page, content_type = render(filled(), {(IN_FLIGHT.name, ()): 4.0}, exemplars=False)
    assert content_type.startswith("text/plain")
    families = {family.name: family for family in read_classic(page.decode())}
    assert families["practicum_requests_in_flight"].samples[0].value == 4


def test_a_counter_without_labels_is_there_before_it_counted() -> None:
    """An alert on an absent series does not fire."""
    page, _ = render(Tally(), {}, exemplars=True)
    assert f"practicum_{STORE_ERRORS.name}_total 0.0" in page.decode()
    assert f"practicum_{LOST.name}_total" not in page.decode()  # its label is which process died
