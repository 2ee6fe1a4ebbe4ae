"""Requests wait their turn, leave when they like, and hear of it when the engine stops."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

import pytest

from proxy.demo.engine.batch import Continuation
from proxy.demo.engine.checkpoint import Checkpoint
from proxy.demo.engine.model import Model
from proxy.demo.engine.sampling import Sampler, Sampling
from proxy.demo.engine.scheduler import OverloadedError, Scheduler, StoppedError
from tests.proxy.demo.engine import tiny

ENDLESS = 4000


def job(limit: int = ENDLESS) -> Continuation:
    """One that lasts for ``limit`` tokens."""
    return Continuation([9, 10, 11], limit, frozenset(), Sampler(Sampling(temperature=0), None))


@asynccontextmanager
async def running(checkpoint: Checkpoint, rows: int, waiting: int = 9) -> AsyncIterator[Scheduler]:
    """A scheduler that computes."""
    scheduler = Scheduler(Model(checkpoint, rows), waiting)
    computing = asyncio.create_task(scheduler.run())
    try:
        yield scheduler
    finally:
        computing.cancel()
        await asyncio.wait([computing])


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop go on until this holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 -- what is awaited is the loop's other work
            await asyncio.sleep(0.001)


async def count(scheduler: Scheduler, continuation: Continuation, priority: int = 0) -> int:
    """How many tokens came."""
    return len([token async for token in scheduler.tokens(continuation, priority)])


def run(test: Coroutine[None, None, None]) -> None:
    """Run it."""
    asyncio.run(test)


def test_more_than_there_are_rows_are_all_served(checkpoint: Checkpoint) -> None:
    """Those beyond wait, and are counted as waiting."""

    async def scenario() -> None:
        async with running(checkpoint, rows=2) as scheduler:
            jobs = [asyncio.create_task(count(scheduler, job(300))) for _ in range(5)]
            await until(lambda: scheduler.load.running == 2)
            assert scheduler.load.waiting == 3
            assert 0 < scheduler.load.cache_use < 1
            assert await asyncio.gather(*jobs) == [300] * 5
            assert (scheduler.load.running, scheduler.load.waiting, scheduler.load.cache_use) == (0, 0, 0)

    run(scenario())


def test_who_leaves_makes_room_at_once(checkpoint: Checkpoint) -> None:
    """Running or waiting: a client that is gone must cost nothing."""

    async def scenario() -> None:
        async with running(checkpoint, rows=1) as scheduler:
            served, waiting = (asyncio.create_task(count(scheduler, job())) for _ in range(2))
            await until(lambda: scheduler.load.running == 1 and scheduler.load.waiting == 1)
            waiting.cancel()
            await until(lambda: scheduler.load.waiting == 0)
            served.cancel()
            assert await count(scheduler, job(5)) == 5

    run(scenario())


def test_a_closed_reply_is_no_longer_computed(checkpoint: Checkpoint) -> None:
    """A stop string ends a reply from outside."""

    async def scenario() -> None:
        async with running(checkpoint, rows=1) as scheduler, aclosing(scheduler.tokens(job())) as tokens:
            await anext(tokens)
            await tokens.aclose()
            assert scheduler.load.running == 0

    run(scenario())


def test_lower_priorities_are_served_first(checkpoint: Checkpoint) -> None:
    """Mirrored requests let served ones pass, as on vLLM."""

    async def scenario() -> None:
        order: list[int] = []

        async def one(priority: int) -> None:
            await count(scheduler, job(2), priority)
            order.append(priority)

        async with running(checkpoint, rows=1) as scheduler:
            first = asyncio.create_task(count(scheduler, job(200)))
            await until(lambda: scheduler.load.running == 1)
            await asyncio.gather(*(one(priority) for priority in (10, 0, 5)), first)
        assert order == [0, 5, 10]

    run(scenario())


def test_too_many_are_refused(checkpoint: Checkpoint) -> None:
    """Rather than kept until their clients have given up."""

    async def scenario() -> None:
        async with running(checkpoint, rows=1, waiting=1) as scheduler:
            jobs = [asyncio.create_task(count(scheduler, job())) for _ in range(1)]
            await until(lambda: scheduler.load.running == 1)
            jobs.append(asyncio.create_task(count(scheduler, job())))
            await until(lambda: scheduler.load.waiting == 1)
            with pytest.raises(OverloadedError, match="limit"):
                await count(scheduler, job())
            for each in jobs:
                each.cancel()

    run(scenario())


def test_those_in_progress_hear_of_the_end(checkpoint: Checkpoint) -> None:
    """Nobody waits for ever for an engine that no longer computes."""

    async def scenario() -> None:
        async with running(checkpoint, rows=1) as scheduler:
            jobs = [asyncio.create_task(count(scheduler, job())) for _ in range(2)]
            await until(lambda: scheduler.load.running == 1)
        assert [type(error) for error in await asyncio.gather(*jobs, return_exceptions=True)] == [StoppedError] * 2
        with pytest.raises(StoppedError):
            scheduler.refuse_if_full()

    run(scenario())


def test_a_failure_of_the_model_stops_the_engine(checkpoint: Checkpoint, caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and told: a token that no model has stands for whatever may go wrong in there."""

    async def scenario() -> None:
        async with running(checkpoint, rows=1) as scheduler:
            with pytest.raises(StoppedError):
                await count(scheduler, replace(job(), prompt=[tiny.VOCABULARY + 1]))
            assert not scheduler.alive

    run(scenario())
    assert "serves no longer" in caplog.text
