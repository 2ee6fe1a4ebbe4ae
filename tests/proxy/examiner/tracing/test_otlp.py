"""Spans over OTLP, to a collector that decodes them: both protocols, byte for byte the ones that were made."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Literal

import pytest

from proxy import __version__
from proxy.config.settings import Tracing
from proxy.examiner.tracing.otlp import headers_of, open_sender, protocol_of
from proxy.examiner.tracing.span import Kind, Span
from proxy.telemetry import conventions
from proxy.telemetry.trace_ids import Place
from tests.end_to_end.practicum import free_port
from tests.proxy.examiner.tracing.receiver import Collector, attributes, over_grpc, over_http, values

SPAN = Span(
    name="chat small",
    place=Place("7063" + "0" * 27 + "1", "00000000000000ab"),
    kind=Kind.CLIENT,
    start=1_790_000_000_000_000_001,
    end=1_790_000_001_000_000_002,
    attributes={"text": "é", "yes": True, "count": 7, "share": 0.5, "many": ("a", "b"), "nothing": None},
    parent=Place("7063" + "0" * 27 + "1", "00000000000000aa"),
    remote=True,
    links=(Place("1" * 32, "2" * 16),),
    error="connect",
)


def sent_to(collector: Collector, protocol: Literal["http", "grpc"], headers: str = "") -> None:
    """Send the span there."""
    sender = open_sender(Tracing(collector.url, protocol), headers)
    try:
        assert sender.send([SPAN, SPAN])
    finally:
        sender.close()


def checked(collector: Collector) -> None:
    """The collector has the span as it was made."""
    (request,) = collector.requests
    (resource,) = request.resource_spans
    assert (
        values(resource.resource.attributes).items()
        >= {"service.name": "practicum", "service.version": __version__}.items()
    )
    (scope,) = resource.scope_spans
    assert (scope.scope.name, scope.scope.version, scope.schema_url) == ("practicum", __version__, conventions.SCHEMA)
    span, _ = scope.spans
    assert (span.trace_id.hex(), span.span_id.hex()) == (SPAN.place.trace, SPAN.place.span)
    assert (span.name, span.kind, span.parent_span_id.hex()) == (
        "chat small",
        span.SPAN_KIND_CLIENT,
        "00000000000000aa",
    )
    assert (span.start_time_unix_nano, span.end_time_unix_nano) == (SPAN.start, SPAN.end)
    expected = {"text": "é", "yes": True, "count": 7, "share": 0.5, "many": ["a", "b"], "error.type": "connect"}
    assert attributes(span) == expected
    assert [(link.trace_id.hex(), link.span_id.hex()) for link in span.links] == [("1" * 32, "2" * 16)]
    assert span.status.code == span.status.STATUS_CODE_ERROR


def test_over_http_with_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the path that the protocol has, given the origin alone."""
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    with over_http() as collector:
        sent_to(collector, "http", "authorization=Bearer%20k, X-Tenant = a ")
        checked(collector)
        assert collector.paths == ["/v1/traces"]
        assert collector.headers[0].items() >= {"authorization": "Bearer k", "x-tenant": "a"}.items()


def test_over_grpc_with_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, in the other protocol."""
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    with over_grpc() as collector:
        sent_to(collector, "grpc", "authorization=Bearer%20k")
        checked(collector)
        assert collector.headers[0]["authorization"] == "Bearer k"


def test_the_service_may_be_named_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with everything that uses OpenTelemetry."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "gateway")
    with over_http() as collector:
        sent_to(collector, "http")
        assert values(collector.requests[0].resource_spans[0].resource.attributes)["service.name"] == "gateway"


@pytest.mark.parametrize("protocol", ["http", "grpc"])
def test_a_collector_that_is_not_there_is_no_exception(protocol: Literal["http", "grpc"]) -> None:
    """A batch that did not arrive is one that is counted so; closing ends the exporter's own attempts."""
    sender = open_sender(Tracing(f"http://127.0.0.1:{free_port()}", protocol), "")
    closing = threading.Timer(0.2, sender.close)
    closing.start()
    assert not sender.send([SPAN])
    closing.join()


@pytest.mark.parametrize(
    ("url", "said", "expected"),
    [
        ("http://c:4318", "auto", "http"),
        ("http://c:4317", "auto", "grpc"),
        ("https://c", "auto", "http"),
        ("http://c:4317", "http", "http"),
        ("https://c:443/otlp", "grpc", "grpc"),
    ],
)
def test_the_port_tells_the_protocol_where_nobody_does(url: str, said: Literal["auto", "http"], expected: str) -> None:
    """4317 is registered for gRPC."""
    assert protocol_of(Tracing(url, said)) == expected


def test_headers_are_read_as_everywhere() -> None:
    """What is no pair is left out."""
    assert headers_of("") == {}
    assert headers_of("a=1,b=x%3Dy%2C=z,,nonsense, C = d ") == {"a": "1", "b": "x=y,=z", "c": "d"}


def test_the_examiner_imports_no_opentelemetry() -> None:
    """Not before a span is to be sent: an installation that traces nothing pays nothing."""
    program = (
        "import sys, proxy.examiner.app, proxy.worker.app; print([m for m in sys.modules if 'opentelemetry' in m])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout == "[]\n"


def test_without_the_packages_the_remedy_is_named() -> None:
    """They are an extra."""
    program = (
        "import sys; sys.modules['opentelemetry.exporter'] = None\n"
        "from proxy.config.settings import Tracing; from proxy.examiner.tracing.otlp import *\n"
        "try: open_sender(Tracing('http://c:4318'), '')\n"
        "except MissingExporterError as missing: print(missing)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=100)
    assert "pip install 'practicum[tracing]'" in done.stdout
