"""The headline eval: the questions a team keeps in its eval suite, asked of an engine directly, and judged.

It refuses to know of Practicum: an eval runs before anybody serves. An unanswered question is counted as such, never
as a wrong answer. Its counterpart is ``traffic``, which asks what callers ask.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpx

from proxy.demo.railway.conversations import Distribution, conversations
from proxy.demo.railway.example import Example
from proxy.demo.railway.judge import judge
from proxy.demo.stage import Engine
from proxy.wire.replies import observe
from routing.observation import Arm, Timing
from routing.traits import Endpoint, Json

GREEDY: dict[str, Json] = {"temperature": 0, "max_tokens": 200}
_SEED = 7411
_AT_ONCE = 8
_TIMEOUT = 60.0


@dataclass(frozen=True, slots=True)
class Score:
    """How many questions were asked and answered right; ``failures`` is why any was not answered at all."""

    right: int
    asked: int
    failures: tuple[str, ...] = ()


def questions(count: int) -> list[Example]:
    """The suite's first questions: clean conversations, in words no model was trained on."""
    return list(conversations(_SEED, count, Distribution.HEADLINE))


async def examine(engine: Engine, suite: Sequence[Example]) -> Score:
    """Ask an engine all of them, greedily and several at once."""
    waiting = iter(suite)
    async with (
        httpx.AsyncClient(base_url=engine.url, trust_env=False, timeout=_TIMEOUT) as client,
        asyncio.TaskGroup() as group,
    ):
        askers = [group.create_task(_asker(client, engine.model, waiting)) for _ in range(_AT_ONCE)]
    marks = [mark for asker in askers for mark in asker.result()]
    failures = tuple(mark for mark in marks if isinstance(mark, str))
    return Score(sum(mark is True for mark in marks), len(marks), failures)


async def _asker(client: httpx.AsyncClient, model: str, waiting: Iterable[Example]) -> list[bool | str]:
    """What came of each question that this one asked: whether the answer is right, or why there was none."""
    return [await _ask(client, model, example) for example in waiting]


async def _ask(client: httpx.AsyncClient, model: str, example: Example) -> bool | str:
    body = json.dumps(example.request(model) | GREEDY)
    try:
        response = await client.post("/v1/chat/completions", content=body)
    except httpx.TransportError as exc:
        return str(exc) or type(exc).__name__
    kind = response.headers.get("content-type", "")
    reply = observe(
        Endpoint.CHAT, Arm.STUDENT, response.status_code, kind, response.content, False, None, Timing(None, 0.0)
    )
    if reply.failure:
        return f"status {response.status_code}: {reply.failure}"
    return judge(example, reply.text, reply.tool_calls)
