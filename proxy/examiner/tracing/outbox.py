"""What waits to be sent to the collector: bounded, sent in batches off the event loop, and what is lost is counted.

A collector that is slow, gone or hanging costs the examiner one thread and ``MOST_WAITING`` spans; beyond those the
newest are dropped. A batch that failed is not tried again here (the exporter has tried for ``TIMEOUT`` seconds). This
module refuses to know the protocol: ``otlp`` does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from proxy.examiner.tracing.span import Span
from proxy.telemetry.catalog import SPANS
from proxy.telemetry.tally import Tally

log = logging.getLogger("practicum.examiner")

MOST_WAITING = 4096
BATCH = 256
EVERY = 1.0
TIMEOUT = 5.0


class Sender(Protocol):
    """Where batches go."""

    def send(self, spans: Sequence[Span]) -> bool:
        """Send a batch, in a thread that may wait; False if it did not arrive."""

    def close(self) -> None:
        """Give up whatever is being sent."""


Open = Callable[[], Sender]
"""Makes a sender; it may take a second, and raise what it likes."""


class Outbox:
    """Spans on their way to one collector."""

    def __init__(self, opened: Open, tally: Tally) -> None:
        self._open = opened
        self._tally = tally
        self._waiting: deque[Span] = deque()
        self._full = asyncio.Event()
        self._sender: Sender | None = None
        self._well = True
        self._closing = False

    def put(self, spans: Sequence[Span]) -> None:
        """Send these with the next batch, all or none of them."""
        if self._closing or len(self._waiting) + len(spans) > MOST_WAITING:
            self._tally.count(SPANS, "dropped", by=len(spans))
            return
        self._waiting.extend(spans)
        if len(self._waiting) >= BATCH:
            self._full.set()

    def redirect(self, opened: Open) -> None:
        """Send to another collector from now on."""
        before, self._open, self._sender = self._sender, opened, None
        if before is not None:
            before.close()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                async with asyncio.timeout(EVERY):
                    await self._full.wait()
            except TimeoutError:
                pass  # what has come is sent, few as it may be
            self._full.clear()
            await self._send_all()

    async def close(self, patience: float) -> None:
        """Send what waits within so many seconds; the rest is dropped, and counted."""
        self._closing = True
        try:
            async with asyncio.timeout(patience):
                await self._send_all()
        except TimeoutError:
            log.warning("the collector at tracing.otlp_endpoint took too long at the end")
        self._tally.count(SPANS, "dropped", by=len(self._waiting))
        self._waiting.clear()
        if self._sender is not None:
            self._sender.close()

    async def _send_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            became = "dropped"  # where this is cancelled, whatever the thread still does
            try:
                sent = await asyncio.to_thread(self._send, batch)
                became = "exported" if sent else "failed"
                self._tell(well=sent)
            finally:
                self._tally.count(SPANS, became, by=len(batch))

    def _send(self, batch: Sequence[Span]) -> bool:
        try:
            if self._sender is None:
                self._sender = self._open()
            return self._sender.send(batch)
        except ImportError as missing:
            if self._well:
                log.error("%s", missing)  # noqa: TRY400 -- its message says it all
            return False
        except Exception:  # a rim: whatever a foreign exporter raises must not end the examiner
            if self._well:
                log.exception("spans cannot be sent to tracing.otlp_endpoint")
            return False

    def _tell(self, *, well: bool) -> None:
        """Once for each turn of its state, and not for each batch."""
        if well != self._well:
            self._well = well
            said = "takes spans again" if well else "does not take spans; they are counted as failed"
            log.warning("the collector at tracing.otlp_endpoint %s", said)
