"""A Practicum whose student is a vLLM: its configuration, its callers, and what it kept of a pair."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.wire import Answer

PATIENCE = 60.0  # seconds; a busy machine without a GPU is slow


@dataclass(frozen=True, slots=True)
class Ask:
    """A request body of one endpoint, without its model."""

    path: str
    body: Mapping[str, object]

    def of(self, model: str, **more: object) -> bytes:
        """The body's bytes, with more fields."""
        return json.dumps({"model": model, **self.body, **more}).encode()


TURN = [{"role": "user", "content": "Which ferry goes to the island?"}]
CHAT = Ask("/v1/chat/completions", {"messages": TURN, "max_tokens": 16, "temperature": 0})
COMPLETION = Ask("/v1/completions", {"prompt": "The ferry to the island", "max_tokens": 16, "temperature": 0})
RESPONSE = Ask("/v1/responses", {"input": "Which ferry?", "max_output_tokens": 16, "temperature": 0})
MESSAGE = Ask("/v1/messages", {"messages": TURN, "max_tokens": 16, "temperature": 0})
ASKS = (CHAT, COMPLETION, RESPONSE, MESSAGE)


def route(teacher: str, student: str, model: str | None, **mirror: object) -> dict[str, object]:
    """A route that mirrors everything, keeps every pair, and is patient with a vLLM on a processor."""
    return {
        "models": ["*"],
        "teacher": {"base_url": teacher},
        "student": {"base_url": f"{student}/v1", "model": model},
        "mirror": {"percentage": 100, "deadline": "60s", **mirror},
        "noise_floor": {"percentage": 0},
        "privacy": {"agreeing_sample": 100},
    }


def practicum(folder: Path, teacher: str, student: str, model: str | None, **mirror: object) -> Practicum:
    """A Practicum with one such route, called ``route``."""
    return Practicum(folder, {"route": route(teacher, student, model, **mirror)})


def call(service: Practicum, ask: Ask, **more: object) -> Answer:
    """The answer to one request, which is expected to succeed."""
    answer = service.call(ask.path, ask.of("gpt-large", **more))
    assert answer.status == httpx.codes.OK, answer.body
    return answer


def outcomes(service: Practicum, count: int, outcome: str) -> None:
    """Wait until so many samples have ended that way since the mark."""
    until(lambda: service.grown("mirror_pairs_total", outcome=outcome) >= count, f"{count} {outcome}", PATIENCE)


def kept(service: Practicum, answer: Answer) -> dict[str, object]:
    """The pair that an answer became, as the admin port tells it."""
    path = f"{service.admin}/api/pairs/{answer.head.value('x-practicum-pair')}"
    until(lambda: httpx.get(path).status_code == httpx.codes.OK, f"{path} is kept", PATIENCE)
    found: dict[str, object] = httpx.get(path).json()
    return found
