"""Spans as bytes: what a collector reads is what the SDK would have sent, whatever is on a span."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from proxy.examiner.tracing.encoding import Encoding
from proxy.examiner.tracing.span import Kind, Span, Value
from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Place

WHO: dict[str, Value] = {"service.name": "practicum", "service.version": "1.0", "process.pid": 12, "k8s.ready": True}
SCHEMA = "https://opentelemetry.io/schemas/1.30.0"
DIGITS = "0123456789abcdef"


def by_the_sdk(spans: list[Span]) -> ExportTraceServiceRequest:
    """The same batch, made of the SDK's objects."""
    resource, scope = Resource(WHO, SCHEMA), InstrumentationScope("practicum", "1.0", name.SCHEMA)
    return encode_spans([readable(span, resource, scope) for span in spans])


def readable(span: Span, resource: Resource, scope: InstrumentationScope) -> ReadableSpan:
    attributes = {key: value for key, value in span.attributes.items() if value is not None}
    code = trace.StatusCode.ERROR if span.error else trace.StatusCode.UNSET
    return ReadableSpan(
        name=span.name,
        context=context(span.place),
        parent=context(span.parent, remote=span.remote) if span.parent else None,
        resource=resource,
        attributes=attributes | ({name.ERROR_TYPE: span.error} if span.error else {}),
        links=[trace.Link(context(place)) for place in span.links],
        kind=trace.SpanKind[span.kind.name],
        status=trace.Status(code),
        start_time=span.start,
        end_time=span.end,
        instrumentation_scope=scope,
    )


def context(place: Place, *, remote: bool = False) -> trace.SpanContext:
    flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
    return trace.SpanContext(int(place.trace, 16), int(place.span, 16), is_remote=remote, trace_flags=flags)


def ids(length: int) -> st.SearchStrategy[str]:
    return st.text(DIGITS, min_size=length, max_size=length).filter(lambda digits: int(digits, 16) > 0)


PLACES = st.builds(Place, ids(32), ids(16))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)
VALUES = st.one_of(
    TEXTS, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.none(),
    st.lists(TEXTS, max_size=3).map(tuple),
)  # fmt: skip
MOMENTS = st.integers(1, 2**63)
SPANS = st.builds(
    Span,
    name=TEXTS,
    place=PLACES,
    kind=st.sampled_from(Kind),
    start=MOMENTS,
    end=MOMENTS,
    attributes=st.dictionaries(TEXTS.filter(bool), VALUES, max_size=6),
    parent=st.none() | PLACES,
    remote=st.booleans(),
    links=st.lists(PLACES, max_size=2).map(tuple),
    error=st.sampled_from(["", "connect", "503"]),
)


@given(st.lists(SPANS, min_size=1, max_size=3))
def test_a_batch_reads_as_the_sdks_does(spans: list[Span]) -> None:
    """Message by message: the SDK is what every collector was tried with."""
    written = ExportTraceServiceRequest.FromString(Encoding(WHO, SCHEMA, "1.0").request(spans))
    assert written == by_the_sdk(spans)


def span(**attributes: Value) -> Span:
    """A span with these."""
    return Span("chat", Place("1" * 32, "2" * 16), Kind.CLIENT, 1, 2, attributes)


def values(*spans: Span) -> list[object]:
    """The one attribute of each, as it is read."""
    request = ExportTraceServiceRequest.FromString(Encoding({}, "", "1.0").request(spans))
    read = [one.attributes[0].value for one in request.resource_spans[0].scope_spans[0].spans]
    return [getattr(value, str(value.WhichOneof("value"))) for value in read]


def test_what_is_equal_is_not_the_same() -> None:
    """Encoded once and kept: True is 1 to a dictionary, and 1.0 is."""
    read = values(span(x=1), span(x=True), span(x=1.0), span(x="1"))
    assert [(type(value), value) for value in read] == [(int, 1), (bool, True), (float, 1.0), (str, "1")]


@pytest.mark.parametrize("text", ["\ud800", "a\udfff" * 1000])
def test_half_a_surrogate_pair_costs_no_batch(text: str) -> None:
    """A model may write one, in JSON."""
    assert values(span(x=text)) == [text.encode("utf-8", "replace").decode()]
