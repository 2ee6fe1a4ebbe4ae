"""Pairs of the railway: recorded replies to known conversations, as the store gives them."""

from __future__ import annotations

import dataclasses
import json

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Example, Message, Situation
from proxy.store.pair import Pair, Reply
from routing.divergence import Direction, Trial
from tests.proxy.store.samples import pair, reply


def asked(kind: Situation) -> Example:
    """A conversation of this kind, always the same."""
    return next(of_kind(11, 1, kind, held_out=True))


def recorded(message: Message, **changed: object) -> Reply:
    """An assistant's message as the reply that the chat endpoint gave."""
    finish = "tool_calls" if message.calls else "stop"
    choice = {"index": 0, "message": message.as_json(), "finish_reason": finish}
    body = json.dumps({"object": "chat.completion", "model": "railway", "choices": [choice]}).encode()
    made = reply(message.content, body, finish_reason=finish, labels=())
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # the fields' own types hold at run time


def railway_pair(number: int, example: Example, student: str | None = None, *lost: str) -> Pair:
    """A pair whose teacher is perfect; the student said this, or the same as the teacher, and lost these behaviors."""
    said = example.reply if student is None else Message("assistant", student)
    trials = tuple(Trial(behavior, Direction.LOST, diverged=True) for behavior in lost)
    request = json.dumps(example.request("railway")).encode()
    return pair(
        number, trials, route="railway", request=request, teacher=recorded(example.reply), student=recorded(said)
    )
