"""The requests that panels of traffic show as dots: of those whose trace is kept, the newest of each series.

A worker counts in plain integers and knows no events; the examiner has the record of each request anyway, with all
that the worker counted, and names it for each counter, and for the bucket that each of its times is in. What is not
traced is not named: a dot should lead somewhere. It refuses to count; the counterpart is ``proxy.worker.counting``.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy.handover import Record
from proxy.telemetry.catalog import DURATION, FALLBACKS, FIRST_TOKEN, HELD, INTER_TOKEN, OVERHEAD, REQUESTS, Metric
from proxy.telemetry.tally import Exemplar, Tally
from proxy.telemetry.trace_ids import Role, inbound, served
from proxy.wire.telling import settings_of


def exemplify(tally: Tally, record: Record) -> None:
    """Name a request whose trace is kept wherever its worker counted it."""
    trace = served(record.pair, Role.SERVER, inbound(record.traceparent)).trace
    for metric, labels, value in (*_counted(record), *_observed(record)):
        tally.exemplify(metric, *labels, event=Exemplar(record.pair, trace, value))


def _counted(record: Record) -> Iterator[tuple[Metric, tuple[str, ...], float]]:
    yield REQUESTS, (record.route, record.endpoint, record.arm, record.outcome), 1.0
    if record.fallback:
        yield FALLBACKS, (record.route, record.fallback), 1.0


def _observed(record: Record) -> Iterator[tuple[Metric, tuple[str, ...], float]]:
    of_arm = (record.route, record.arm)
    of_stream = (*of_arm, "true" if _asked_for_stream(record) else "false")
    yield OVERHEAD, of_arm, record.overhead
    yield DURATION, of_stream, record.total
    if record.first_token is not None:
        yield FIRST_TOKEN, of_stream, record.first_token
    if record.gaps:
        yield INTER_TOKEN, of_stream, max(record.gaps)
    if record.held:
        yield HELD, (record.route,), record.held


def _asked_for_stream(record: Record) -> bool:
    """As the worker's label says. A route that compares nothing has no request in its records."""
    if not record.request:
        return bool(record.gaps) or record.content_type.startswith("text/event-stream")
    return bool(settings_of(record.request).stream)
