"""When a reply is late. ``call``'s clients set no time limits of their own; whoever calls them awaits within these."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from proxy.config import settings
from proxy.timer import NEVER, Timer
from routing.observation import Failure

# up to Python 3.11, looking a member up is a call
_FIRST, _STALL, _TOTAL = Failure.FIRST_TOKEN_TIMEOUT, Failure.STALL_TIMEOUT, Failure.TOTAL_TIMEOUT


class Alarm:
    """``asyncio.timeout_at`` for a deadline that moves with every chunk: run ``with`` it, and ``set`` it as you go.

    A ``lasting`` one serves its task for one exchange after another, so that those share one timer; close it at last.
    """

    __slots__ = ("_cancelling", "_lasting", "_rang", "_task", "_timer", "clock", "set")

    def __init__(self, task: asyncio.Task[None], *, lasting: bool = False) -> None:
        self._task = task
        loop = task.get_loop()
        self.clock = loop.time
        self._timer = Timer(loop, self._ring)
        self.set = self._timer.set  # moves the deadline
        self._lasting = lasting
        self._cancelling = 0
        self._rang = False

    @property
    def at(self) -> float:
        """The deadline, of the loop's clock."""
        return self._timer.at

    def close(self) -> None:
        """Leave no timer behind, and be done."""
        self._timer.end()

    def __enter__(self) -> Self:
        self._cancelling = self._task.cancelling()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lasting:
            self._timer.set(NEVER)
        else:
            self._timer.close()
        if not self._rang:
            return
        self._rang = False
        # as asyncio.timeout does: it was us who cancelled, and nobody else did besides
        if self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def _ring(self) -> None:
        self._rang = True
        self._task.cancel()


class Deadlines:
    """When a reply is late: run an exchange ``with`` it, and see from ``limit`` which one it missed.

    The time runs from when this is made, for the task that runs, or for that of an ``alarm`` which lasts. A stream has
    ``first_token_timeout`` for its first byte and ``stall_timeout`` between any two. A unary reply's first byte is
    nearly its last, so only ``total_timeout`` bounds it.
    """

    __slots__ = ("_clock", "_first", "_move", "_stall", "_total", "alarm", "limit")

    def __init__(self, limits: settings.Upstream, *, stream: bool, alarm: Alarm | None = None) -> None:
        self.alarm = alarm or Alarm(asyncio.current_task())  # type: ignore[arg-type] # a coroutine runs in one
        self._clock = self.alarm.clock
        self._move = self.alarm.set
        now = self._clock()
        self._total = now + limits.total_timeout
        self._stall = limits.stall_timeout if stream else limits.total_timeout
        self._first = min(now + limits.first_token_timeout, self._total) if stream else self._total
        self.limit = _FIRST if self._first < self._total else _TOTAL

    def __enter__(self) -> Self:
        self.alarm.__enter__()
        self._move(self._first)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.alarm.__exit__(kind, error, trace)

    def progress(self) -> None:
        """Bytes came: the next deadline is a stall, or the total."""
        stall = self._clock() + self._stall
        if stall < self._total:
            self.limit = _STALL
            self._move(stall)
        else:
            self.limit = _TOTAL
            self._move(self._total)

    def suspend(self) -> None:
        """The reply waits for us: only the total counts, until the next ``progress``."""
        self.limit = _TOTAL
        self._move(self._total)
