"""A teacher that misbehaves where it is asked to by header, and the requests that are sent to it; for ``conftest``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from proxy.config.settings import Config, Mirror, Upstream
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.behaviors import BEHAVIORS, begin_chunked, chunk
from tests.end_to_end.practicum import free_port
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.worker.served import config, with_route

STALL, TOTAL = 1.0, 2.5  # seconds: a busy machine may stop a process for half of one
UNARY = ask(CHAT, "support", "m")
STREAM = ask(CHAT, "support", "m", stream=True)


async def endless_json(exchange: Exchange) -> None:
    """A unary reply that never ends and never pauses: only the total time bounds it."""
    await begin_chunked(exchange, b"application/json")
    while True:
        await chunk(exchange, b" " * 1000)


async def crlf_then_cut(exchange: Exchange) -> None:
    """A stream of events under CRLF, whose last border comes in two pieces before it breaks off."""
    await begin_chunked(exchange, replies.SSE_TYPE)
    await chunk(exchange, b'data: {"choices": []}\r\n\r')
    await chunk(exchange, b"\n")
    exchange.close()


@contextmanager
def misbehaving() -> Iterator[Server]:
    """The teacher."""
    with Server({**BEHAVIORS, "endless_json": endless_json, "crlf_then_cut": crlf_then_cut}) as running:
        yield running


def configured(server: Server) -> Config:
    """Routes: ``support`` with short limits, ``renamed``, ``keyed``, and ``dead`` where nobody listens."""
    teacher = Upstream(server.url(), None, None, 0.5, STALL, STALL, TOTAL)
    known = config(teacher, mirror=Mirror(max_reply=100_000))
    known = with_route(known, "renamed", replace(teacher, model="gpt-large"))
    known = with_route(known, "keyed", replace(teacher, api_key_env="TEACHER_KEY"))
    known = with_route(known, "patient", replace(teacher, total_timeout=60.0))
    return with_route(known, "dead", replace(teacher, base_url=f"http://127.0.0.1:{free_port()}/v1"))


def named(body: bytes, route: str) -> bytes:
    """The same request for another route."""
    return body.replace(b'"support"', f'"{route}"'.encode())
