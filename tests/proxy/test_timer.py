"""The timer under every deadline: it rings once, when it was last told to, and counts on one timer of the loop's."""

from __future__ import annotations

import asyncio
import weakref

import pytest

from proxy.timer import NEVER, Timer

pytestmark = pytest.mark.anyio


class Bell:
    """Notes when a timer rang, of the loop's clock."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.rang: list[float] = []
        self.first = asyncio.Event()
        self.timer = Timer(self.loop, self._ring)

    def set_in(self, seconds: float) -> float:
        """Set the timer; when that is."""
        at = self.loop.time() + seconds
        self.timer.set(at)
        return at

    def _ring(self) -> None:
        self.rang.append(self.loop.time())
        self.first.set()


@pytest.mark.parametrize("before", [(), (0.005,), (60.0,), (0.005, 60.0), (60.0, 0.005)], ids=str)
async def test_the_last_deadline_counts(before: tuple[float, ...]) -> None:
    """Moved later, moved earlier, or there and back: it rings then, neither sooner nor never."""
    bell = Bell()
    for seconds in before:
        bell.set_in(seconds)
    at = bell.set_in(0.03)
    await bell.first.wait()
    assert len(bell.rang) == 1
    assert bell.rang[0] >= at
    assert bell.timer.at == NEVER
    bell.timer.close()


async def test_it_rings_once_for_each_time_it_is_set() -> None:
    """What rang has nothing left to ring; what is set again rings again."""
    bell = Bell()
    for count in (1, 2):
        bell.first.clear()
        bell.set_in(0.005)
        await bell.first.wait()
        await asyncio.sleep(0.02)
        assert len(bell.rang) == count


@pytest.mark.parametrize("end", [lambda timer: timer.set(NEVER), Timer.close], ids=["never", "closed"])
async def test_a_deadline_that_is_taken_back_does_not_come(end: object) -> None:
    """The exchange it was for has ended."""
    bell = Bell()
    bell.set_in(0.01)
    assert callable(end)
    end(bell.timer)
    await asyncio.sleep(0.04)
    assert not bell.rang
    bell.set_in(0.005)
    await bell.first.wait()


async def test_a_timer_that_has_ended_holds_on_to_nobody() -> None:
    """Else whatever has a timer would live until garbage is looked for: a connection, with its buffers."""
    bell = Bell()
    bell.set_in(0.005)
    bell.timer.end()
    freed = weakref.ref(bell)
    timer = bell.timer
    del bell
    assert freed() is None
    timer.set(asyncio.get_running_loop().time() + 0.005)
    await asyncio.sleep(0.03)
    assert timer.at == NEVER
