"""What an exchange adds to the totals: one of each, whatever came of it, and for every further one of its kind."""

from __future__ import annotations

import pytest
from msgspec import structs

from proxy.telemetry.catalog import ATTEMPTS, DURATION, FIRST_TOKEN, INTER_TOKEN, OVERHEAD, REQUESTS
from proxy.telemetry.tally import Tally
from proxy.worker.counting import Counting
from routing.observation import Failure
from tests.proxy.worker.test_exchange import ASK, begun


@pytest.mark.parametrize(
    ("status", "failure", "gone", "attempt"),
    [
        (200, None, False, "ok"),
        (404, None, False, "http_error"),
        (500, None, False, "http_error"),
        (200, Failure.STALL_TIMEOUT, False, "stall_timeout"),
        (200, None, True, "client_gone"),
    ],
)
def test_an_exchange_is_counted_once_everywhere(status: int, failure: Failure | None, gone: bool, attempt: str) -> None:
    """Request, attempt and times: one of each; and again for the next of its kind."""
    tally = Tally()
    counting = Counting(tally)
    for times in (1, 2):
        exchange = begun(status=status)
        exchange.body(b"x", 1000.5)
        exchange.body(b"y", 1000.7)
        exchange.failure, exchange.client_gone = failure, gone
        counting.count(exchange, exchange.record(1002.0))
        assert tally.value(REQUESTS, "support", "chat_completions", "teacher", exchange.outcome) == times
        assert tally.value(ATTEMPTS, "support", "teacher", "serve", attempt) == times
        assert sum(tally.counters.values()) == 2 * times
        for metric, labels in (
            (DURATION, ("true",)),
            (FIRST_TOKEN, ("true",)),
            (INTER_TOKEN, ("true",)),
            (OVERHEAD, ()),
        ):
            assert sum(tally.histogram(metric, "support", "teacher", *labels).counts) == times


def test_each_kind_has_its_own_totals() -> None:
    """Unary and streamed, answered and not: what is looked up once must be looked up by all that tells them apart."""
    tally = Tally()
    counting = Counting(tally)
    for ask in (ASK, structs.replace(ASK, stream=False)):
        for answered in (True, False):
            exchange = begun(ask)
            if answered:
                exchange.body(b"x", 1000.5)
            counting.count(exchange, exchange.record(1002.0))
    for stream in ("true", "false"):
        assert sum(tally.histogram(DURATION, "support", "teacher", stream).counts) == 2
        assert sum(tally.histogram(FIRST_TOKEN, "support", "teacher", stream).counts) == 1
    assert tally.value(REQUESTS, "support", "chat_completions", "teacher", "ok") == 4


def test_what_never_was_observed_has_no_series() -> None:
    """A histogram of nothing would be scraped all the same."""
    tally = Tally()
    exchange = begun(structs.replace(ASK, stream=False))
    Counting(tally).count(exchange, exchange.record(1002.0))
    assert {name for name, _ in tally.histograms} == {DURATION.name, OVERHEAD.name}
