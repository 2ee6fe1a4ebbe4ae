"""The ``traceparent`` of a traced request's calls: all that a worker does for traces.

It is decided before anything exists. Where a request is traced, each upstream gets the span of its own call as parent,
and a ``tracestate`` passes as it is; where it is not, and where tracing is off, both headers pass as the caller sent
them, byte for byte. Spans are built from the record, by ``proxy.examiner.tracing``, which comes to the same ids.
"""

from __future__ import annotations

from proxy.config.settings import Tracing
from proxy.telemetry.trace_ids import (
    TRACEPARENT,
    TRACESTATE,
    Role,
    drawn,
    inbound,
    served,
    threshold,
    traced,
    traceparent,
)
from proxy.upstream import Headers
from proxy.worker.exchange import Ask


class TraceHeader:
    """Writes the header, as the settings say."""

    def __init__(self, tracing: Tracing) -> None:
        self._below = threshold(tracing.sample)

    @classmethod
    def of(cls, tracing: Tracing) -> TraceHeader | None:
        """One where anything is traced, else None."""
        return None if tracing.otlp_endpoint is None else cls(tracing)

    def on(self, headers: Headers, ask: Ask, role: Role, nth: int = 0) -> Headers:
        """The headers as the upstream of this call is to get them; ``nth`` counts this role's calls before it."""
        said = ask.fields.get(TRACEPARENT)
        if said is None and not drawn(ask.pair, self._below):  # as ``traced`` would say: most are neither
            return headers
        caller = inbound((said or b"").decode("latin-1"))
        if not traced(ask.pair, caller, self._below):
            return headers
        dropped = (TRACEPARENT,) if caller else (TRACEPARENT, TRACESTATE)  # a state belongs to its trace
        kept = [header for header in headers if header[0] not in dropped]
        return [*kept, (TRACEPARENT, traceparent(served(ask.pair, role, caller, nth)))]
