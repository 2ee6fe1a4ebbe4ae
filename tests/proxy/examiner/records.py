"""Routes and records for the examiner's tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from proxy.config.settings import Mirror, NoiseFloor, Route, Upstream
from proxy.handover import Declined, Record

TEACHER = Upstream("http://127.0.0.1:1/v1")
MIRROR = Mirror()
STUDENT = Upstream("http://127.0.0.1:2/v1", model="small")


def route(mirror: Mirror = MIRROR, noise: float = 0.0, **changed: Any) -> Route:
    """A route that mirrors everything."""
    made = Route("support", ("*",), TEACHER, STUDENT, mirror=mirror, noise_floor=NoiseFloor(noise))
    return replace(made, **changed)


def chat(text: str = "What is 6 * 7?", **fields: Any) -> bytes:
    """A chat request."""
    return json.dumps({"model": "large", "messages": [{"role": "user", "content": text}], **fields}).encode()


def answered(text: str = "42", logprobs: Sequence[float] = ()) -> bytes:
    """A chat reply; with log-probabilities of as many tokens, if any."""
    choice: dict[str, Any] = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    if logprobs:
        choice["logprobs"] = {"content": [{"token": "4", "logprob": one, "top_logprobs": []} for one in logprobs]}
    usage = {"prompt_tokens": 5, "completion_tokens": 2}
    return json.dumps({"model": "m", "choices": [choice], "usage": usage}).encode()


def record(**changed: Any) -> Record:
    """The record of an exchange that went well."""
    facts: dict[str, Any] = {
        "pair": "0198c0ffee",
        "route": "support",
        "endpoint": "chat_completions",
        "path": "/chat/completions",
        "started": 1_790_000_000.0,
        "request": chat(),
        "arm": "teacher",
        "reason": "weight_zero",
        "status": 200,
        "content_type": "application/json",
        "encoding": "",
        "reply": answered(),
        "failure": "",
        "outcome": "ok",
        "first_token": 0.2,
        "total": 0.3,
        "overhead": 0.0002,
        "gaps": [],
    }
    return Record(**(facts | changed))


def declined(reply: bytes | None = None) -> Declined:
    """A student's whole reply that no caller got."""
    return Declined(
        status=200,
        content_type="application/json",
        encoding="",
        reply=answered("41") if reply is None else reply,
        first_token=0.05,
        total=0.1,
    )


def fell_back(reason: str = "unsure", **changed: Any) -> Record:
    """The record of an exchange that was the student's, and that the teacher answered in its place."""
    return record(**({"reason": "within_weight", "fallback": reason, "confidence": 0.4} | changed))
