"""An OTLP collector on loopback, over HTTP and over gRPC, that decodes what it gets and remembers it."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field

import grpc  # type: ignore[import-untyped] # it ships no types
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.end_to_end.practicum import until

Read = str | int | float | bool | list[object]


@dataclass
class Collector:
    """What came. ``status`` is what HTTP requests are answered with."""

    url: str = ""
    status: int = 200
    requests: list[ExportTraceServiceRequest] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        """Every span, in order of arrival."""
        return [
            span
            for request in list(self.requests)
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def of(self, pair: str, count: int) -> dict[str, Span]:
        """The spans of a pair once there are so many, by purpose, or by name where they have none."""
        found = until(lambda: self._named(pair, count), f"{count} spans of {pair}")
        return {str(attributes(span).get("practicum.purpose", span.name)): span for span in found}

    def _named(self, pair: str, count: int) -> list[Span]:
        found = [span for span in self.spans if attributes(span).get("practicum.pair_id") == pair]
        return found if len(found) >= count else []


def attributes(span: Span) -> dict[str, Read]:
    """A span's attributes as Python's values."""
    return values(span.attributes)


def values(pairs: Iterable[KeyValue]) -> dict[str, Read]:
    """OTLP's attributes as Python's values."""
    return {pair.key: _value(pair.value) for pair in pairs}


def _value(value: AnyValue) -> Read:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(one) for one in value.array_value.values]
    read: Read = getattr(value, str(kind))
    return read


@contextmanager
def over_http() -> Iterator[Collector]:
    """One that speaks HTTP."""
    collector = Collector()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.paths.append(self.path)
            collector.headers.append({key.lower(): value for key, value in self.headers.items()})
            if collector.status == 200:
                collector.requests.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(collector.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        serving.join()


@contextmanager
def over_grpc() -> Iterator[Collector]:
    """One that speaks gRPC."""
    collector = Collector()

    class Service(TraceServiceServicer):
        def Export(  # noqa: N802 -- as the service calls it
            self, request: ExportTraceServiceRequest, context: grpc.ServicerContext
        ) -> ExportTraceServiceResponse:
            collector.headers.append(dict(context.invocation_metadata()))
            collector.requests.append(request)
            return ExportTraceServiceResponse()

    server = grpc.server(futures.ThreadPoolExecutor(2))
    add_TraceServiceServicer_to_server(Service(), server)  # type: ignore[no-untyped-call] # generated
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    collector.url = f"http://127.0.0.1:{port}"
    try:
        yield collector
    finally:
        server.stop(None).wait()
