"""One request followed from its caller to a collector, the log and the metrics: whole processes, real OTLP."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.practicum import Practicum, Section, route, until
from tests.end_to_end.upstream import Upstream
from tests.proxy.examiner.tracing.receiver import Collector, attributes, over_grpc

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = (("traceparent", f"00-{TRACE}-{SPAN}-01"), ("tracestate", "a=b"))


class Traced(Practicum):
    """One that sends its spans to a collector: none of those that are drawn, and a log without healthy requests."""

    def __init__(self, folder: Path, routes: Mapping[str, Section], collector: Collector) -> None:
        self._collector = collector
        super().__init__(folder, routes)

    def text(self, routes: Mapping[str, Section]) -> str:
        """With the sections of this file."""
        tracing = {"otlp_endpoint": self._collector.url, "protocol": "grpc", "sample": 0}
        return json.dumps({**json.loads(super().text(routes)), "tracing": tracing, "log": {"requests": 0}})

    def lines(self, pair: str) -> list[dict[str, object]]:
        """What the log says of a pair's request."""
        found = [json.loads(line) for line in list(self.log) if line.startswith("{")]
        return [line for line in found if line.get("pair") == pair]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """One for all tests of this file."""
    with over_grpc() as one:
        yield one


@pytest.fixture(scope="module")
def traced(
    tmp_path_factory: pytest.TempPathFactory, teacher: Upstream, student: Upstream, collector: Collector
) -> Iterator[Traced]:
    """One that mirrors everything, and nothing fails unless it is told to."""
    routes = {"x": route(teacher.url(), student.url())}
    with Traced(tmp_path_factory.mktemp("traced"), routes, collector) as practicum:
        yield practicum
        practicum.settle()


def test_a_callers_trace_goes_through(
    traced: Traced, teacher: Upstream, student: Upstream, collector: Collector, mark: str
) -> None:
    """From the caller's span to the teacher's server, and by a link to what the student made of it."""
    pair = traced.call(CHAT, ask(CHAT, "x", mark), CALLER).head.value("x-practicum-pair") or ""
    spans = collector.of(pair, 4)
    whole, serve, examine, mirror = (spans[name] for name in ("POST " + CHAT, "serve", "examine", "mirror"))
    assert (whole.trace_id.hex(), whole.parent_span_id.hex()) == (TRACE, SPAN)
    assert (serve.trace_id, serve.parent_span_id) == (whole.trace_id, whole.span_id)
    assert (
        whole.start_time_unix_nano < serve.start_time_unix_nano < serve.end_time_unix_nano <= whole.end_time_unix_nano
    )
    assert [(link.trace_id, link.span_id) for link in examine.links] == [(whole.trace_id, whole.span_id)]
    assert (mirror.trace_id, mirror.parent_span_id) == (examine.trace_id, examine.span_id)
    assert examine.start_time_unix_nano >= whole.end_time_unix_nano - 50_000_000
    assert attributes(examine)["practicum.outcome"] == "compared"
    (at_teacher,) = teacher.seen(mark)
    assert at_teacher.values("traceparent") == [f"00-{TRACE}-{serve.span_id.hex()}-01".encode()]
    assert at_teacher.values("tracestate") == [b"a=b"]
    (at_student,) = student.seen(mark)
    assert at_student.values("traceparent") == [f"00-{mirror.trace_id.hex()}-{mirror.span_id.hex()}-01".encode()]
    assert traced.lines(pair) == []


def test_a_request_that_fails_is_traced_and_logged(
    traced: Traced, teacher: Upstream, collector: Collector, mark: str
) -> None:
    """Although nobody asked for it, and nothing is drawn here."""
    answer = traced.call(CHAT, ask(CHAT, "x", mark), behave("reset"))
    pair = answer.head.value("x-practicum-pair") or ""
    spans = collector.of(pair, 2)
    whole = spans["POST " + CHAT]
    assert whole.trace_id.hex() == "7063" + pair
    assert attributes(whole)["practicum.kept"] == "failed"
    assert attributes(spans["serve"])["error.type"] == "reset"
    assert teacher.seen(mark)[-1].values("traceparent") == []
    (line,) = until(lambda: traced.lines(pair), "a line of the log")
    assert (line["level"], line["why"], line["failure"], line["trace"]) == ("warning", "failed", "reset", "7063" + pair)


def test_a_healthy_request_leaves_nothing(traced: Traced, collector: Collector, mark: str) -> None:
    """Unless it is drawn."""
    pair = traced.call(CHAT, ask(CHAT, "x", mark)).head.value("x-practicum-pair") or ""
    after = traced.call(CHAT, ask(CHAT, "x", mark), CALLER).head.value("x-practicum-pair") or ""
    collector.of(after, 4)
    assert not [span for span in collector.spans if attributes(span)["practicum.pair_id"] == pair]
    assert traced.lines(pair) == []


def test_an_exemplar_names_the_trace(traced: Traced, mark: str) -> None:
    """By the name that Grafana looks for."""
    traced.mark()
    pair = traced.call(CHAT, ask(CHAT, "x", mark), CALLER).head.value("x-practicum-pair")
    traced.counts(1, "mirror_pairs_total", outcome="compared")
    page = traced.ask_admin("/metrics", (("accept", "application/openmetrics-text; version=1.0.0"),))
    families = {family.name: family for family in text_string_to_metric_families(page.body.decode())}
    exemplars = [s.exemplar.labels for s in families["practicum_mirror_pairs"].samples if s.exemplar]
    assert {"pair_id": pair, "trace_id": TRACE} in exemplars
    until(lambda: traced.total("trace_spans_total", outcome="exported") >= 4, "spans are counted")
