"""Spans to an OTLP collector, over HTTP or gRPC, by OpenTelemetry's SDK.

The one module that imports OpenTelemetry, and only once a span is to be sent. The packages are the extra ``tracing``.
Spans have the ids and times they were made with, and are written by ``encoding``: none of the SDK's samplers, clocks
and generators has a say. Its transports and its resource detection have, so its variables work as anywhere
(``OTEL_SERVICE_NAME``, ``OTEL_RESOURCE_ATTRIBUTES``, ``OTEL_EXPORTER_OTLP_CERTIFICATE``).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from proxy import __version__
from proxy.config.settings import Tracing
from proxy.examiner.tracing.encoding import Encoding
from proxy.examiner.tracing.outbox import TIMEOUT, Sender
from proxy.examiner.tracing.span import Span, Value

if TYPE_CHECKING:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

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
        secure = urlsplit(endpoint).scheme == "https"
        return _over_grpc()(endpoint=endpoint, insecure=not secure, headers=tuple(headers.items()), timeout=TIMEOUT)
    whole = endpoint if urlsplit(endpoint).path.endswith(_SIGNAL) else endpoint.rstrip("/") + _SIGNAL
    return _over_http()(endpoint=whole, headers=dict(headers), timeout=TIMEOUT)


# Each exporter is the SDK's but for one step, which makes bytes of spans. Neither step is of its public interface, so a
# release that changes it fails the tests of this module, which send to real servers.


def _over_http() -> type[HttpExporter]:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 -- see above

    encoding, success, failure = _encoding(), *_results()

    class OverHttp(OTLPSpanExporter):
        """Spans of ours, over HTTP."""

        def export(self, spans: Sequence[Span]) -> SpanExportResult:  # type: ignore[override] # ours
            """Encode and send."""
            return success if self._client.export(encoding.request(spans)).success else failure

    return OverHttp


def _over_grpc() -> type[GrpcExporter]:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 -- see above
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest  # noqa: PLC0415

    encoding = _encoding()

    class OverGrpc(OTLPSpanExporter):
        """Spans of ours, over gRPC."""

        def _translate_data(self, data: Sequence[Span]) -> ExportTraceServiceRequest:  # type: ignore[override] # ours
            return cast("ExportTraceServiceRequest", ExportTraceServiceRequest.FromString(encoding.request(data)))

    return OverGrpc


def _results() -> tuple[SpanExportResult, SpanExportResult]:
    from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415 -- see above

    return SpanExportResult.SUCCESS, SpanExportResult.FAILURE


def _encoding() -> Encoding:
    """Who sends, as the environment and the SDK's detectors say it, and else we."""
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 -- see above

    named = Resource.create()
    unnamed = str(named.attributes.get("service.name", "")).startswith("unknown_service")
    ours = {"service.version": __version__} | ({"service.name": "practicum"} if unnamed else {})
    whole = named.merge(Resource(ours))
    return Encoding(cast("Mapping[str, Value]", whole.attributes), whole.schema_url, __version__)


class _Otlp:
    """An exporter of spans of ours."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._success, _ = _results()

    def send(self, spans: Sequence[Span]) -> bool:
        """Encode and send; False if it did not arrive in time."""
        return self._exporter.export(cast("Sequence[ReadableSpan]", spans)) is self._success

    def close(self) -> None:
        """End what is being sent."""
        self._exporter.shutdown()
