"""The demonstration's callers: a few at once, each asking one thing after another as its own conversation.

They ask what production asks, hard situations included, half of it streamed. Their counterpart is ``headline``.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from proxy.demo.headline import GREEDY
from proxy.demo.railway.conversations import Distribution, conversations
from proxy.demo.railway.example import Example
from proxy.demo.stage import MODEL
from routing.traits import Json

PATH = "/v1/chat/completions"
_SEED = 1825
_ENDLESS = 1_000_000  # conversations: more than anybody waits for
_CALLERS = 6
_THINKING = 0.02  # seconds between a caller's calls
_TIMEOUT = 30.0
_STREAMED: dict[str, Json] = {"stream": True, "stream_options": {"include_usage": True}}


@dataclass(slots=True)
class Traffic:
    """What was called so far. ``asked`` has the conversation of each pair id, ``served`` counts who answered."""

    calls: int = 0
    failed: int = 0
    asked: dict[str, Example] = field(default_factory=dict)
    served: Counter[str] = field(default_factory=Counter)
    last_failure: str = ""

    def note(self, example: Example, response: httpx.Response) -> None:
        """Count a call that was answered."""
        self.calls += 1
        if response.is_error:
            self.fail(f"status {response.status_code}")
            return
        self.served[response.headers.get("x-practicum-arm", "nobody")] += 1
        if "x-practicum-pair" in response.headers:
            self.asked[response.headers["x-practicum-pair"]] = example

    def fail(self, reason: str) -> None:
        """Count a call that was not served."""
        self.failed += 1
        self.last_failure = reason


def callers_ask() -> Iterator[Example]:
    """What callers ask, in this order, the same in every demonstration."""
    return conversations(_SEED, _ENDLESS, Distribution.PRODUCTION)


def body(example: Example, number: int) -> bytes:
    """The request's body: every other one asks for a stream."""
    return json.dumps(example.request(MODEL) | GREEDY | (_STREAMED if number % 2 else {})).encode()


async def call(data: str, seconds: float, traffic: Traffic) -> None:
    """Ask at the data port for so many seconds; ``traffic`` fills as replies come."""
    asking = enumerate(callers_ask())
    async with (
        httpx.AsyncClient(base_url=data, trust_env=False, timeout=_TIMEOUT) as client,
        asyncio.TaskGroup() as group,
    ):
        until = asyncio.get_running_loop().time() + seconds
        for _ in range(_CALLERS):
            group.create_task(_caller(client, asking, until, traffic))


async def _caller(
    client: httpx.AsyncClient, asking: Iterator[tuple[int, Example]], until: float, traffic: Traffic
) -> None:
    loop = asyncio.get_running_loop()
    while loop.time() < until:
        number, example = next(asking)
        try:
            traffic.note(example, await _send(client, example, number))
        except httpx.TransportError as exc:
            traffic.calls += 1
            traffic.fail(str(exc) or type(exc).__name__)
        await asyncio.sleep(_THINKING)


async def _send(client: httpx.AsyncClient, example: Example, number: int) -> httpx.Response:
    """One call, its reply read to the end, streamed or not."""
    headers = {"content-type": "application/json", "x-practicum-conversation": f"demo-{number}"}
    return await client.post(PATH, content=body(example, number), headers=headers)
