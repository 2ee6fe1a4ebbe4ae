"""When a reply is late. ``call``'s clients set no time limits of their own; whoever calls them awaits within these."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from proxy.config import settings
from routing.observation import Failure


class Alarm:
    """``asyncio.timeout_at`` for a deadline that moves with every chunk: ``async with`` it, and set ``at`` as you go.

    Moving it is an assignment. The one timer finds out when it rings, and is set again for what is left; so a deadline
    that is moved *earlier* than where the timer stands must ``hasten`` it.
    """

    __slots__ = ("_cancelling", "_loop", "_rang", "_task", "_timer", "at")

    def __init__(self, at: float, task: asyncio.Task[None]) -> None:
        self.at = at  # of the loop's clock
        self._loop = task.get_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._task = task
        self._cancelling = 0
        self._rang = False

    def hasten(self) -> None:
        """Look at ``at`` again: it may come before the timer does."""
        if self._timer is not None and self.at < self._timer.when():
            self._timer.cancel()
            self._timer = self._loop.call_at(self.at, self._ring)

    async def __aenter__(self) -> Self:
        self._cancelling = self._task.cancelling()
        self._timer = self._loop.call_at(self.at, self._ring)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._rang:
            return
        # as asyncio.timeout does: it was us who cancelled, and nobody else did besides
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _ring(self) -> None:
        if self._loop.time() < self.at:
            self._timer = self._loop.call_at(self.at, self._ring)
            return
        self._timer = None
        self._rang = True
        self._task.cancel()


class Deadlines:
    """When a reply is late: the ``alarm`` within which an exchange runs, and which limit that is now.

    The time runs from when this is made, for the running ``task``: whoever knows it spares a call to the kernel. A
    stream has ``first_token_timeout`` for its first byte and ``stall_timeout`` between any two. A unary reply's first
    byte is nearly its last, so only ``total_timeout`` bounds it.
    """

    __slots__ = ("_clock", "_stall", "_total", "alarm", "limit")

    def __init__(self, limits: settings.Upstream, *, stream: bool, task: asyncio.Task[None] | None = None) -> None:
        running: asyncio.Task[None] = task or asyncio.current_task()  # type: ignore[assignment] # a coroutine runs in one
        self._clock = running.get_loop().time
        now = self._clock()
        self._total = now + limits.total_timeout
        self._stall = limits.stall_timeout if stream else limits.total_timeout
        first = now + limits.first_token_timeout if stream else self._total
        self.limit = Failure.FIRST_TOKEN_TIMEOUT if first < self._total else Failure.TOTAL_TIMEOUT
        self.alarm = Alarm(min(first, self._total), running)

    def progress(self) -> None:
        """Bytes came: the next deadline is a stall, or the total."""
        stall = self._clock() + self._stall
        alarm = self.alarm
        if stall < self._total:
            self.limit = Failure.STALL_TIMEOUT
            earlier, alarm.at = stall < alarm.at, stall
        else:
            self.limit = Failure.TOTAL_TIMEOUT
            earlier, alarm.at = self._total < alarm.at, self._total
        if earlier:  # where the stall is shorter than what was left for the first byte, or after a ``suspend``
            alarm.hasten()

    def suspend(self) -> None:
        """The reply waits for us: only the total counts, until the next ``progress``."""
        self.limit = Failure.TOTAL_TIMEOUT
        self.alarm.at = self._total
