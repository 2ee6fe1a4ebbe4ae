"""Which request a latency panel's dot is, in the bucket that its worker counted it in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from proxy.config.settings import Tracing
from proxy.examiner.tracing.exemplars import exemplify
from proxy.examiner.tracing.traces import Traces
from proxy.handover import Record
from proxy.telemetry.catalog import DURATION, FALLBACKS, FIRST_TOKEN, HELD, INTER_TOKEN, OVERHEAD, REQUESTS
from proxy.telemetry.tally import Exemplar, Tally
from tests.proxy.examiner import records

PAIR = "019a0b0c0d0e0000000000000001"
TRACE = "7063" + PAIR


def record(**changed: object) -> Record:
    """A student's streamed reply, held for a while."""
    facts = {"pair": PAIR, "arm": "student", "request": records.chat(stream=True), "gaps": [0.01, 0.2, 0.02]}
    return records.record(**{**facts, "held": 0.15, "overhead": 0.002, **changed})


def observed(tally: Tally) -> dict[str, tuple[tuple[str, ...], Exemplar]]:
    """What is named of each histogram: its labels and the event."""
    return {name: (labels, event) for ((name, labels), _), event in tally.observed.items()}


def counted(tally: Tally) -> dict[str, tuple[tuple[str, ...], Exemplar]]:
    """What is named of each counter."""
    return {name: (labels, event) for (name, labels), event in tally.exemplars.items()}


def test_a_request_is_named_with_each_time_that_was_counted() -> None:
    """Its id, its trace, and the time that puts the dot where it belongs."""
    tally = Tally()
    exemplify(tally, record())
    streamed = ("support", "student", "true")
    assert observed(tally) == {
        OVERHEAD.name: (("support", "student"), Exemplar(PAIR, TRACE, 0.002)),
        DURATION.name: (streamed, Exemplar(PAIR, TRACE, 0.3)),
        FIRST_TOKEN.name: (streamed, Exemplar(PAIR, TRACE, 0.2)),
        INTER_TOKEN.name: (streamed, Exemplar(PAIR, TRACE, 0.2)),
        HELD.name: (("support",), Exemplar(PAIR, TRACE, 0.15)),
    }


def test_a_request_that_failed_or_fell_back_is_named() -> None:
    """From an alert on failures to a trace of one: the counter knows how many, and the trace why."""
    tally = Tally()
    exemplify(tally, record(arm="teacher", outcome="upstream_error", fallback="unsure"))
    event = Exemplar(PAIR, TRACE)
    assert counted(tally) == {
        REQUESTS.name: (("support", "chat_completions", "teacher", "upstream_error"), event),
        FALLBACKS.name: (("support", "unsure"), event),
    }


def test_what_did_not_happen_is_not_named() -> None:
    """A failed request has no first token, a unary one no gaps, the teacher's was not held."""
    tally = Tally()
    exemplify(tally, record(first_token=None, gaps=[], held=0.0))
    assert set(observed(tally)) == {OVERHEAD.name, DURATION.name}
    assert set(counted(tally)) == {REQUESTS.name}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"request": records.chat()}, "false"),
        ({"request": b"", "gaps": [0.1]}, "true"),
        ({"request": b"", "gaps": [], "content_type": "text/event-stream; charset=utf-8"}, "true"),
        ({"request": b"", "gaps": []}, "false"),
        ({"request": b"no json", "gaps": []}, "false"),
    ],
)
def test_a_stream_is_told_as_the_worker_told_it(changed: dict[str, object], said: str) -> None:
    """Under another label the dot would be on a series that does not have its request."""
    tally = Tally()
    exemplify(tally, record(**changed))
    assert observed(tally)[DURATION.name][0] == ("support", "student", said)


@pytest.mark.parametrize(("sample", "named"), [(100.0, True), (0.0, False)])
def test_only_a_request_whose_trace_is_kept_is_named(sample: float, named: bool) -> None:
    """A dot that leads nowhere is worse than none."""
    tally = Tally()
    traces = Traces(Tracing(otlp_endpoint="http://127.0.0.1:9", sample=sample), {}, tally)
    traces.took(record(), records.route())
    assert bool(tally.observed) == named


def test_without_a_collector_nothing_is_named() -> None:
    """Not even a request that would have been worth it."""
    tally = Tally()
    Traces(replace(Tracing(), sample=100.0), {}, tally).took(record(outcome="truncated"), records.route())
    assert not tally.observed
    assert not tally.exemplars
