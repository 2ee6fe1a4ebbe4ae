"""Spans to an OTLP collector, over HTTP or gRPC, by OpenTelemetry's SDK.

The one module that imports OpenTelemetry, and only once a span is to be sent. The packages are the extra ``tracing``.
Spans are made with the ids and times they have, so none of the SDK's samplers, clocks and generators has a say; its
resource detection has, so ``OTEL_SERVICE_NAME`` and ``OTEL_RESOURCE_ATTRIBUTES`` work as anywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from proxy import __version__
from proxy.config.settings import Tracing
from proxy.examiner.tracing.outbox import TIMEOUT, Sender
from proxy.examiner.tracing.span import Span
from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Place

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import SpanContext

GRPC_PORT = 4317
_SIGNAL = "/v1/traces"


class MissingExporterError(ImportError):
    """The exporter's packages are not installed; the message says which extra has them."""


def protocol_of(tracing: Tracing) -> str:
    """``http`` or ``grpc``: as the settings say, else by the port that gRPC is registered for."""
    if tracing.protocol != "auto":
        return tracing.protocol
    return "grpc" if urlsplit(tracing.otlp_endpoint or "").port == GRPC_PORT else "http"


def open_sender(tracing: Tracing, headers: str) -> Sender:
    """A sender to the endpoint of the settings; ``headers`` as ``tracing.headers_env`` holds them.

    Raises MissingExporterError.
    """
    try:
        exporter = _exporter(tracing, headers_of(headers))
    except ImportError as missing:
        raise MissingExporterError(
            f"tracing needs {missing.name}: pip install 'practicum[tracing]', or unset tracing.otlp_endpoint"
        ) from missing
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # each failed batch is counted, and told once
    return _Otlp(exporter)


def headers_of(text: str) -> dict[str, str]:
    """``name=value,name=value``, values percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS has them."""
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {key.strip().lower(): unquote(value.strip()) for key, _, value in pairs}


def _exporter(tracing: Tracing, headers: Mapping[str, str]) -> SpanExporter:
    endpoint = tracing.otlp_endpoint or ""
    if protocol_of(tracing) == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import (  # noqa: PLC0415 -- see above
            OTLPSpanExporter as OverGrpc,
        )

        secure = urlsplit(endpoint).scheme == "https"
        return OverGrpc(endpoint=endpoint, insecure=not secure, headers=tuple(headers.items()), timeout=TIMEOUT)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 -- see above
        OTLPSpanExporter as OverHttp,
    )

    whole = endpoint if urlsplit(endpoint).path.endswith(_SIGNAL) else endpoint.rstrip("/") + _SIGNAL
    return OverHttp(endpoint=whole, headers=dict(headers), timeout=TIMEOUT)


class _Otlp:
    """The SDK's exporter, fed with spans of ours."""

    def __init__(self, exporter: SpanExporter) -> None:
        from opentelemetry import trace  # noqa: PLC0415 -- see above
        from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope  # noqa: PLC0415

        self._exporter = exporter
        self._trace = trace
        self._readable_span = ReadableSpan
        self._success = SpanExportResult.SUCCESS
        self._scope = InstrumentationScope("practicum", __version__, name.SCHEMA)
        self._resource = _resource()

    def send(self, spans: Sequence[Span]) -> bool:
        """Encode and send; False if it did not arrive in time."""
        return self._exporter.export([self._readable(span) for span in spans]) is self._success

    def close(self) -> None:
        """End what is being sent."""
        self._exporter.shutdown()

    def _readable(self, span: Span) -> ReadableSpan:
        trace = self._trace
        attributes = {key: value for key, value in span.attributes.items() if value is not None}
        if span.error:
            attributes[name.ERROR_TYPE] = span.error
        code = trace.StatusCode.ERROR if span.error else trace.StatusCode.UNSET
        return self._readable_span(
            name=span.name,
            context=self._context(span.place),
            parent=self._context(span.parent, remote=span.remote) if span.parent else None,
            resource=self._resource,
            attributes=attributes,
            links=[trace.Link(self._context(place)) for place in span.links],
            kind=trace.SpanKind[span.kind.name],
            status=trace.Status(code),
            start_time=span.start,
            end_time=span.end,
            instrumentation_scope=self._scope,
        )

    def _context(self, place: Place, *, remote: bool = False) -> SpanContext:
        sampled = self._trace.TraceFlags(self._trace.TraceFlags.SAMPLED)
        return self._trace.SpanContext(int(place.trace, 16), int(place.span, 16), is_remote=remote, trace_flags=sampled)


def _resource() -> Resource:
    """Who sends. It is one object, so it is hashed once: the SDK's own writes itself out as JSON for each span."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 -- see above

    class Hashed(Resource):
        """A resource that knows its hash."""

        known: int | None = None

        def __hash__(self) -> int:
            if self.known is None:
                self.known = super().__hash__()
            return self.known

    named = Resource.create()
    unnamed = str(named.attributes.get("service.name", "")).startswith("unknown_service")
    ours = {"service.version": __version__} | ({"service.name": "practicum"} if unnamed else {})
    merged = named.merge(Resource(ours))
    return Hashed(merged.attributes, merged.schema_url)
