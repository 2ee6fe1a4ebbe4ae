"""Which requests' traces are kept, and what is put into the outbox for them.

Decided before anything exists: what a caller's flag or the draw selects, which the worker knows as well and tells the
upstream. Decided afterwards, because they are worth it: requests that failed, fell back or were slow, and pairs that
diverged; at most ``LATE_PER_SECOND`` of these, so that an outage does not make a storm of its own. An attribute says
why a trace was kept. Without ``tracing.otlp_endpoint`` nothing here does anything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from proxy.config.settings import Route, Tracing
from proxy.examiner.tracing.content import mask_of, of_exchange
from proxy.examiner.tracing.exemplars import exemplify
from proxy.examiner.tracing.otlp import open_sender
from proxy.examiner.tracing.outbox import Outbox, Sender
from proxy.examiner.tracing.served import served_spans
from proxy.examiner.tracing.shadow import Examined, shadow_spans
from proxy.examiner.tracing.trail import Trail
from proxy.handover import Record
from proxy.telemetry.catalog import SPANS
from proxy.telemetry.noteworthy import TRACED, noteworthy
from proxy.telemetry.tally import Tally
from proxy.telemetry.trace_ids import Role, drawn, inbound, served, shadow, threshold, traced

LATE_PER_SECOND = 50
DIVERGED = "diverged"


class Traces:
    """Keeps traces of requests and of the work on their pairs."""

    def __init__(self, tracing: Tracing, environ: Mapping[str, str], tally: Tally) -> None:
        self._tracing = tracing
        self._environ = environ
        self._tally = tally
        self._below = threshold(tracing.sample)
        self._late = _PerSecond(LATE_PER_SECOND)
        self._outbox = Outbox(self._open, tally)

    def adopt(self, tracing: Tracing) -> None:
        """Go on with changed settings."""
        before, self._tracing, self._below = self._tracing, tracing, threshold(tracing.sample)
        if _target(before) != _target(tracing):
            self._outbox.redirect(self._open)

    async def run(self) -> None:
        """Send what is kept, until cancelled."""
        await self._outbox.run()

    async def close(self, patience: float) -> None:
        """Send the rest, within so many seconds."""
        await self._outbox.close(patience)

    def took(self, record: Record, route: Route) -> None:
        """A request is over."""
        if not self.on:
            return
        early = self._early(record)
        kept = early or self._worth(record)
        if early or (kept and self._late.allows()):
            self._put_served(record, route, kept)
            exemplify(self._tally, record)
        elif kept:
            self._tally.count(SPANS, "limited")

    def examined(self, record: Record, route: Route, examined: Examined) -> str:
        """The work on its pair is over as well; returns the trace that it is kept in, "" where it is not."""
        if not self.on:
            return ""
        if early := self._early(record):
            return self._put_shadow(record, route, examined, early)
        if examined.diverged and self._late.allows():
            if not self._worth(record):
                self._put_served(record, route, DIVERGED)
            return self._put_shadow(record, route, examined, DIVERGED)
        if examined.diverged:
            self._tally.count(SPANS, "limited")
        return ""

    def trail(self, record: Record) -> Trail:
        """For the calls that are to be made for a pair."""
        return Trail(record.pair, kept=self.on, told=self._selected(record))

    def trace_of(self, record: Record) -> str:
        """The trace of a request that was selected beforehand, as an exemplar names it; "" of others."""
        return served(record.pair, Role.SERVER, inbound(record.traceparent)).trace if self._selected(record) else ""

    @property
    def on(self) -> bool:
        """Whether anything is traced."""
        return self._tracing.otlp_endpoint is not None

    def _selected(self, record: Record) -> bool:
        return self.on and bool(self._early(record))

    def _early(self, record: Record) -> str:
        if not record.traceparent:  # as most are
            return "sampled" if drawn(record.pair, self._below) else ""
        caller = inbound(record.traceparent)
        if not traced(record.pair, caller, self._below):
            return ""
        return "sampled" if caller is None else "caller"

    def _worth(self, record: Record) -> str:
        why = noteworthy(record, self._tracing.slow)
        return why if why in TRACED else ""

    def _put_served(self, record: Record, route: Route, kept: str) -> None:
        mask = mask_of(route, wanted=self._tracing.content, store=record.store)
        said = of_exchange(record, route.mirror.max_reply, mask) if mask else None
        self._outbox.put(served_spans(record, route, kept, said))

    def _put_shadow(self, record: Record, route: Route, examined: Examined, kept: str) -> str:
        mask = mask_of(route, wanted=self._tracing.content, store=record.store)
        self._outbox.put(shadow_spans(record, route, examined, kept, mask))
        return shadow(record.pair, Role.EXAMINED).trace

    def _open(self) -> Sender:
        return open_sender(self._tracing, self._environ.get(self._tracing.headers_env or "", ""))


class _PerSecond:
    """At most so many a second."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._second = -1
        self._count = 0

    def allows(self) -> bool:
        """Whether one more may be."""
        now = int(self._clock())
        if now != self._second:
            self._second, self._count = now, 0
        self._count += 1
        return self._count <= self._most


def _target(tracing: Tracing) -> tuple[str | None, str, str | None]:
    return tracing.otlp_endpoint, tracing.protocol, tracing.headers_env
