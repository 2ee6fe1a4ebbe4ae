"""When a reply is late, and which limit it missed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from proxy.config import settings
from proxy.upstream.deadlines import Alarm, Deadlines
from routing.observation import Failure

pytestmark = pytest.mark.anyio

LIMITS = settings.Upstream("http://x", first_token_timeout=3.0, stall_timeout=2.0, total_timeout=10.0)


def left(deadlines: Deadlines) -> float:
    """Seconds to the next deadline, as far as a test can tell them."""
    return round(deadlines.alarm.at - asyncio.get_running_loop().time(), 1)


async def test_a_stream_has_time_to_its_first_byte_then_between_any_two() -> None:
    """The two limits of a stream, and which of them is named."""
    with Deadlines(LIMITS, stream=True) as deadlines:
        assert (left(deadlines), deadlines.limit) == (3.0, Failure.FIRST_TOKEN_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (2.0, Failure.STALL_TIMEOUT)


async def test_a_unary_reply_has_its_total_only() -> None:
    """It says nothing until it says everything."""
    with Deadlines(LIMITS, stream=False) as deadlines:
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)


async def test_while_suspended_only_the_total_counts() -> None:
    """A slow reader is no stall of the upstream's; the next byte starts its clock again."""
    with Deadlines(LIMITS, stream=True) as deadlines:
        deadlines.suspend()
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (2.0, Failure.STALL_TIMEOUT)


async def test_the_total_comes_first_where_it_is_shorter() -> None:
    """A limit beyond the total never names itself."""
    short = settings.Upstream("http://x", first_token_timeout=3.0, stall_timeout=2.0, total_timeout=1.0)
    with Deadlines(short, stream=True) as deadlines:
        assert (left(deadlines), deadlines.limit) == (1.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (1.0, Failure.TOTAL_TIMEOUT)


@pytest.mark.parametrize(
    ("steps", "failure"),
    [
        ((), Failure.FIRST_TOKEN_TIMEOUT),
        ((Deadlines.progress,), Failure.STALL_TIMEOUT),
        ((Deadlines.suspend,), Failure.TOTAL_TIMEOUT),
        ((Deadlines.progress, Deadlines.suspend), Failure.TOTAL_TIMEOUT),
    ],
    ids=["silence", "stall", "suspended", "suspended-later"],
)
async def test_the_limit_that_was_missed_is_the_one_named(
    steps: tuple[Callable[[Deadlines], None], ...], failure: Failure
) -> None:
    """With real time running out."""
    limits = settings.Upstream("http://x", first_token_timeout=0.05, stall_timeout=0.06, total_timeout=0.15)
    deadlines = Deadlines(limits, stream=True)
    with pytest.raises(TimeoutError):
        await wait_for_ever(deadlines, steps)
    assert deadlines.limit is failure


async def wait_for_ever(deadlines: Deadlines, steps: tuple[Callable[[Deadlines], None], ...]) -> None:
    """An upstream that does these steps and then no more."""
    with deadlines:
        for step in steps:
            step(deadlines)
        await asyncio.Event().wait()


@contextmanager
def alarm_in(seconds: float) -> Iterator[Alarm]:
    """An alarm for the task that runs now."""
    task = asyncio.current_task()
    assert task is not None
    with Alarm(task) as alarm:
        alarm.set(asyncio.get_running_loop().time() + seconds)
        yield alarm


@pytest.mark.parametrize(("at_first", "then"), [(0.05, 60.0), (60.0, 0.05)], ids=["later", "earlier"])
async def test_a_deadline_that_moved_is_the_one_that_counts(at_first: float, then: float) -> None:
    """Later, the timer that rings too soon must not end anything; earlier, it must not ring too late."""
    loop = asyncio.get_running_loop()
    rang = asyncio.Event()
    loop.call_at(loop.time() + 0.2, rang.set)

    async def exchange() -> str:
        with alarm_in(at_first) as alarm:
            alarm.set(loop.time() + then)
            await rang.wait()
            return "undisturbed"

    if then > 1:
        assert await exchange() == "undisturbed"
    else:
        with pytest.raises(TimeoutError):
            await exchange()
        assert not rang.is_set()


async def test_who_is_cancelled_by_another_is_not_late() -> None:
    """A client that goes away must not be counted as an upstream that stalled."""

    async def exchange() -> None:
        with alarm_in(60):
            await asyncio.Event().wait()

    task = asyncio.create_task(exchange())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_who_is_cancelled_and_late_is_cancelled() -> None:
    """Both at once: whoever cancelled is waiting for just that."""

    async def exchange() -> None:
        with alarm_in(0):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                task.cancel()
                raise

    task = asyncio.create_task(exchange())
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_exchange_in_time_hears_nothing_of_it() -> None:
    """The timer goes with the exchange; nothing of it is left to ring."""
    with alarm_in(0.01):
        pass
    await asyncio.sleep(0.05)
    with pytest.raises(TimeoutError), alarm_in(0):
        await asyncio.sleep(1)


async def test_a_lasting_alarm_serves_one_exchange_after_another() -> None:
    """Each has its own deadline, met or missed; between two of them nothing can be late."""
    task = asyncio.current_task()
    assert task is not None
    alarm = Alarm(task, lasting=True)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await stand_still(alarm, 0.01)
        with alarm:
            alarm.set(alarm.clock() + 0.01)
        await asyncio.sleep(0.05)
    alarm.close()


async def stand_still(alarm: Alarm, seconds: float) -> None:
    """An exchange that gets nowhere."""
    with alarm:
        alarm.set(alarm.clock() + seconds)
        await asyncio.Event().wait()
