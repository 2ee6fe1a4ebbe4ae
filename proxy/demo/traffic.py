"""The demonstration's callers: a few at once, each sending one exercise after another as its own conversation."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from proxy.demo import dialects
from proxy.demo.prompts import MODEL, Exercise, exercise_at

_CALLERS = 4
_THINKING = 0.04  # seconds between a caller's calls: enough for tables, little enough for a laptop
_TIMEOUT = 30.0


@dataclass(slots=True)
class Traffic:
    """What was called so far. ``headline`` tells for each pair id whether its exercise is a headline one."""

    calls: int = 0
    failed: int = 0
    headline: dict[str, bool] = field(default_factory=dict)
    last_failure: str = ""

    def note(self, exercise: Exercise, response: httpx.Response) -> None:
        """Count a call that was answered."""
        self.calls += 1
        if response.is_error:
            self.fail(f"status {response.status_code}")
        elif "x-practicum-pair" in response.headers:
            self.headline[response.headers["x-practicum-pair"]] = exercise.headline

    def fail(self, reason: str) -> None:
        """Count a call that was not served."""
        self.failed += 1
        self.last_failure = reason


async def call(data: str, seconds: float, traffic: Traffic) -> None:
    """Send exercises to the data port for so many seconds; ``traffic`` fills as they are answered."""
    numbers = itertools.count()
    async with (
        httpx.AsyncClient(base_url=data, trust_env=False, timeout=_TIMEOUT) as client,
        asyncio.TaskGroup() as group,
    ):
        until = asyncio.get_running_loop().time() + seconds
        for _ in range(_CALLERS):
            group.create_task(_caller(client, numbers, until, traffic))


async def _caller(client: httpx.AsyncClient, numbers: Iterator[int], until: float, traffic: Traffic) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        number = next(numbers)
        exercise = exercise_at(number)
        try:
            traffic.note(exercise, await _send(client, exercise, number))
        except httpx.TransportError as exc:
            traffic.calls += 1
            traffic.fail(str(exc) or type(exc).__name__)
        await asyncio.sleep(_THINKING)


async def _send(client: httpx.AsyncClient, exercise: Exercise, number: int) -> httpx.Response:
    """One call, its reply read to the end, streamed or not."""
    headers = {"content-type": "application/json", "x-practicum-conversation": f"demo-{number}"}
    path = "/v1" + dialects.PATHS[exercise.endpoint]
    return await client.post(path, content=dialects.request(exercise, MODEL), headers=headers)
