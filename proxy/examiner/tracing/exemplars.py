"""The requests that latency panels show as dots: of those whose trace is kept, the newest in each bucket.

A worker counts in plain integers and knows no events; the examiner has the record of each request anyway, with the
times that the worker counted, and names one for the bucket that each of them is in. What is not traced is not named: a
dot should lead somewhere. It refuses to count; the counterpart that does is ``proxy.worker.counting``.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy.handover import Record
from proxy.telemetry.catalog import DURATION, FIRST_TOKEN, HELD, INTER_TOKEN, OVERHEAD, Metric
from proxy.telemetry.tally import Exemplar, Tally
from proxy.telemetry.trace_ids import Role, inbound, served
from proxy.wire.telling import settings_of


def exemplify(tally: Tally, record: Record) -> None:
    """Name a request whose trace is kept for every histogram that its worker observed it into."""
    trace = served(record.pair, Role.SERVER, inbound(record.traceparent)).trace
    for metric, labels, seconds in _observed(record):
        tally.exemplify(metric, *labels, event=Exemplar(record.pair, trace, seconds))


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
