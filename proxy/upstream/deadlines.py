"""When a reply is late. ``call``'s clients set no time limits of their own; whoever calls them awaits within these."""

from __future__ import annotations

import asyncio

from proxy.config import settings
from routing.observation import Failure


class Deadlines:
    """When a reply is late: within which ``asyncio.timeout`` an exchange runs, and which limit that is now.

    The time runs from when this is made. A stream has ``first_token_timeout`` for its first byte and ``stall_timeout``
    between any two. A unary reply's first byte is nearly its last, so only ``total_timeout`` bounds it.
    """

    __slots__ = ("_clock", "_stall", "_total", "alarm", "limit")

    def __init__(self, limits: settings.Upstream, *, stream: bool) -> None:
        self._clock = asyncio.get_running_loop().time
        now = self._clock()
        self._total = now + limits.total_timeout
        self._stall = limits.stall_timeout if stream else limits.total_timeout
        first = now + limits.first_token_timeout if stream else self._total
        self.limit = Failure.FIRST_TOKEN_TIMEOUT if first < self._total else Failure.TOTAL_TIMEOUT
        self.alarm = asyncio.timeout_at(min(first, self._total))

    def progress(self) -> None:
        """Bytes came: the next deadline is a stall, or the total."""
        stall = self._clock() + self._stall
        self.limit = Failure.STALL_TIMEOUT if stall < self._total else Failure.TOTAL_TIMEOUT
        self.alarm.reschedule(min(stall, self._total))

    def suspend(self) -> None:
        """The reply waits for us: only the total counts, until the next ``progress``."""
        self.limit = Failure.TOTAL_TIMEOUT
        self.alarm.reschedule(self._total)
