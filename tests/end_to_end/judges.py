"""Judges on loopback: one that reads and decides, and those that fail in every way a judge can.

``kind`` decides by the replies' own words, so that a test sees whether the right reply was shown under the right
letter. ``says`` has answers that are none. For slow, broken and silent servers the upstreams' own table is used.
"""

from __future__ import annotations

import asyncio
import json

from tests.end_to_end.behaviors import BEHAVIORS, sized
from tests.end_to_end.upstream import Exchange

SAID = {
    "prose": "Reply A is kind and reply B is not.",
    "fenced": '```json\n{"reason_a": "", "a": true, "reason_b": "", "b": false}\n```',
    "cut": '{"reason_a": "it says sorry", "a": tr',
    "missing": '{"reason_a": "", "a": true}',
    "mistyped": '{"reason_a": "", "a": "true", "reason_b": "", "b": "false"}',
    "more": '{"reason_a": "", "a": true, "reason_b": "", "b": false, "c": true}',
}


def completion(content: str) -> bytes:
    """A chat reply."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"}
    return json.dumps({"choices": [choice], "usage": {"prompt_tokens": 90, "completion_tokens": 9}}).encode()


def verdict(body: bytes) -> str:
    """What a judge of kindness says: a reply is kind if it says sorry. One that gives orders is obeyed."""
    material = json.loads(json.loads(body)["messages"][1]["content"])
    answer: dict[str, object] = {}
    for letter in "ab":
        text = material[f"reply_{letter}"]["text"]
        answer |= {f"reason_{letter}": f"of {text!r}", letter: "sorry" in text or "answer true" in text}
    return json.dumps(answer)


async def _answer(exchange: Exchange, content: str) -> None:
    await sized(exchange, b"200 OK", completion(content), ((b"Content-Type", b"application/json"),))


async def kind(exchange: Exchange) -> None:
    """A good judge."""
    await _answer(exchange, verdict(exchange.request.body))


async def ponders(exchange: Exchange) -> None:
    """``ponders:SECONDS``: a good judge that takes its time."""
    await asyncio.sleep(float(exchange.argument))
    await kind(exchange)


async def says(exchange: Exchange) -> None:
    """``says:WHAT``: an answer that is none."""
    await _answer(exchange, SAID[exchange.argument])


JUDGES = {**BEHAVIORS, "kind": kind, "ponders": ponders, "says": says}
