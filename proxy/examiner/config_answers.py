"""The configuration over HTTP: what is in effect, and whether another would be valid. Neither changes anything."""

from __future__ import annotations

import asyncio

import msgspec
from starlette.responses import Response

from proxy.config.effective import effective, printed
from proxy.config.parse import parse
from proxy.config.problems import Problem
from proxy.config.settings import Config
from proxy.config.shape import whole
from proxy.errors import ConfigError
from proxy.examiner.answers import json_answer, text_answer

_SOURCE = "body"


class Fault(msgspec.Struct, frozen=True):
    """A problem or a warning, with its place in the text that was sent. ``line`` 0 means the whole of it."""

    line: int
    key: str
    message: str


class Verdict(msgspec.Struct, frozen=True):
    """Whether a configuration is valid; all of what is wrong with it, and what its author should know."""

    valid: bool
    problems: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


def effective_answer(config: Config, accept: str) -> Response:
    """The configuration in effect with every default, secrets masked: JSON, or YAML where that is accepted."""
    if "yaml" in accept:
        return text_answer(effective(config), "application/yaml")
    return json_answer(printed(whole(), config))


async def verdict(body: bytes) -> Response:
    """200 for a valid configuration, 422 with every problem for another."""
    found = await asyncio.to_thread(_judge, body)  # a large file takes a while, and others are waiting
    return json_answer(found, 200 if found.valid else 422)


def _judge(body: bytes) -> Verdict:
    try:
        loaded = parse(body, _SOURCE)
    except ConfigError as exc:
        return Verdict(valid=False, problems=_faults(exc.problems))
    return Verdict(valid=True, warnings=_faults(loaded.warnings))


def _faults(problems: tuple[Problem, ...]) -> tuple[Fault, ...]:
    return tuple(Fault(p.line, p.key, f"{p.value} {p.why}; {p.remedy}".strip()) for p in problems)
