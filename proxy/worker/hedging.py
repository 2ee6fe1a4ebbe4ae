"""Two calls for one client, of which one speaks: the first that is ready to, for good. The other is cancelled.

The second is started only where the first has not spoken in time. Each runs in a task of its own and is given a gate
(``relay``), which it passes at the moment it would begin to speak; a call that ends without having passed it leaves
the client to the other. Whoever awaits the race and is cancelled cancels both. This module refuses to know arms and
replies: ``share`` does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from proxy.worker.relay import Gate

Call = Callable[[Gate], Coroutine[None, None, None]]
_SUCCESS = range(200, 300)


class Race:
    """Two calls. ``speaker`` is the one that spoke, None where neither did; ``both`` says if the second was started."""

    def __init__(self, first: Call, second: Call) -> None:
        self.speaker: Call | None = None
        self.both = False
        self._first = first
        self._second = second
        self._tasks: dict[Call, asyncio.Task[None]] = {}

    async def run(self, after: float, may_start: Callable[[], bool]) -> None:
        """Until what was started has ended: the first at once, the second ``after`` so many seconds, if it may.

        Raises what a call raised.
        """
        try:
            first = self._start(self._first)
            await asyncio.wait({first}, timeout=after)
            if self.speaker is None and not first.done() and may_start():
                self.both = True
                self._start(self._second)
            await asyncio.wait(self._tasks.values())
        finally:
            await self._end()
        for task in self._tasks.values():
            if not task.cancelled():
                task.result()

    def _start(self, call: Call) -> asyncio.Task[None]:
        def gate(status: int) -> bool:
            return self._speak(call, status)

        task = self._tasks[call] = asyncio.create_task(call(gate))
        return task

    def _speak(self, call: Call, status: int) -> bool:
        """Let a call speak, unless it is about to say that it failed."""
        if status not in _SUCCESS:
            return False
        self.speaker = call
        for other, task in self._tasks.items():
            if other is not call:
                task.cancel()
        return True

    async def _end(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())
