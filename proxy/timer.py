"""A deadline that moves with every byte, under one timer of the event loop.

Setting one of the loop's timers and taking it back costs as much as parsing a head, and nearly all deadlines are met.
So a deadline that moves later is an assignment here: the loop's timer rings at the old time, finds that it is too
early, and is set again. Only one that moves earlier than where the timer stands sets a new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

NEVER = float("inf")


class Timer:
    """Calls ``late`` once, when the loop's clock has passed ``at``; then nothing, until it is set again."""

    __slots__ = ("_handle", "_late", "_loop", "_stands", "at")

    def __init__(self, loop: asyncio.AbstractEventLoop, late: Callable[[], object]) -> None:
        self.at = NEVER  # of the loop's clock, in seconds
        self._loop = loop
        self._late = late
        self._handle: asyncio.TimerHandle | None = None
        self._stands = NEVER  # when the loop's own timer rings

    def set(self, at: float) -> None:
        """Move the deadline; to ``NEVER`` where there is none for now."""
        self.at = at
        if at < self._stands:
            if self._handle is not None:
                self._handle.cancel()
            self._stands = at
            self._handle = self._loop.call_at(at, self._ring)

    def close(self) -> None:
        """Leave nothing in the loop, which would keep whatever ``late`` belongs to."""
        self.at = self._stands = NEVER
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def end(self) -> None:
        """Close for good, and let go of whoever was to be called, who would else wait for the garbage collector."""
        self.close()
        self._late = _nobody

    def _ring(self) -> None:
        self._handle = None
        self._stands = NEVER
        if self._loop.time() < self.at:
            self.set(self.at)
            return
        self.at = NEVER
        self._late()


def _nobody() -> None:
    """Whom a timer calls that has ended."""
