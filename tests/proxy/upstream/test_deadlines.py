"""When a reply is late, and which limit it missed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from proxy.config import settings
from proxy.upstream import Deadlines
from routing.observation import Failure

pytestmark = pytest.mark.anyio

LIMITS = settings.Upstream("http://x", first_token_timeout=3.0, stall_timeout=2.0, total_timeout=10.0)


def left(deadlines: Deadlines) -> float:
    """Seconds to the next deadline, as far as a test can tell them."""
    when = deadlines.alarm.when()
    assert when is not None
    return round(when - asyncio.get_running_loop().time(), 1)


async def test_a_stream_has_time_to_its_first_byte_then_between_any_two() -> None:
    """The two limits of a stream, and which of them is named."""
    async with (deadlines := Deadlines(LIMITS, stream=True)).alarm:
        assert (left(deadlines), deadlines.limit) == (3.0, Failure.FIRST_TOKEN_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (2.0, Failure.STALL_TIMEOUT)


async def test_a_unary_reply_has_its_total_only() -> None:
    """It says nothing until it says everything."""
    async with (deadlines := Deadlines(LIMITS, stream=False)).alarm:
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)


async def test_while_suspended_only_the_total_counts() -> None:
    """A slow reader is no stall of the upstream's; the next byte starts its clock again."""
    async with (deadlines := Deadlines(LIMITS, stream=True)).alarm:
        deadlines.suspend()
        assert (left(deadlines), deadlines.limit) == (10.0, Failure.TOTAL_TIMEOUT)
        deadlines.progress()
        assert (left(deadlines), deadlines.limit) == (2.0, Failure.STALL_TIMEOUT)


async def test_the_total_comes_first_where_it_is_shorter() -> None:
    """A limit beyond the total never names itself."""
    short = settings.Upstream("http://x", first_token_timeout=3.0, stall_timeout=2.0, total_timeout=1.0)
    async with (deadlines := Deadlines(short, stream=True)).alarm:
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
    async with deadlines.alarm:
        for step in steps:
            step(deadlines)
        await asyncio.Event().wait()
