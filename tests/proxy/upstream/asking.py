"""Asking an upstream in a test, and reading what it replies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from proxy.upstream import Reply, Request
from tests.end_to_end.practicum import until

UNARY = b'{"model":"m","messages":[]}'
STREAM = b'{"model":"m","messages":[],"stream":true}'


def chat(behavior: str = "good", body: bytes = UNARY) -> Request:
    """A chat request that asks for a behavior."""
    return Request("POST", "/chat/completions", ((b"x-behave", behavior.encode()),), body)


async def collect(reply: Reply, into: bytearray) -> None:
    """All bytes to the end."""
    while piece := await reply.read():
        into += piece


async def body_of(reply: Reply) -> bytes:
    """A whole body."""
    body = bytearray()
    await collect(reply, body)
    return bytes(body)


async def eventually(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition while the loop goes on."""
    await asyncio.to_thread(until, condition, what)
