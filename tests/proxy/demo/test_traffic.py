"""The demonstration's callers, against a server that counts."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from proxy.demo.prompts import exercise_at
from proxy.demo.traffic import Traffic, call


@asynccontextmanager
async def serving(seen: list[str], status: int) -> AsyncIterator[str]:
    """A data port that answers every call so; ``seen`` fills with the conversations."""

    async def reply(request: Request) -> Response:
        await request.body()
        seen.append(request.headers["x-practicum-conversation"])
        return PlainTextResponse("x", status, headers={"x-practicum-pair": f"pair-{len(seen)}"})

    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route("/v1/{path:path}", reply, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


@pytest.mark.parametrize(("status", "failed"), [(200, False), (503, True)])
def test_every_call_is_counted_and_is_its_own_conversation(status: int, failed: bool) -> None:
    """Ten correlated turns must not pass for ten samples."""
    traffic, seen = Traffic(), list[str]()

    async def story() -> None:
        async with serving(seen, status) as url:
            await call(url, 0.3, traffic)

    asyncio.run(story())
    assert traffic.calls == len(seen) == len(set(seen)) > 4
    assert traffic.failed == (traffic.calls if failed else 0)
    expected = [] if failed else [exercise_at(number).headline for number in range(traffic.calls)]
    assert sorted(traffic.headline.values()) == sorted(expected)
    assert traffic.last_failure == ("status 503" if failed else "")


def test_a_port_that_is_gone_is_a_failed_call() -> None:
    """The callers go on; the end says how many failed."""
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()
    traffic = Traffic()
    asyncio.run(call(url, 0.1, traffic))
    assert traffic.failed == traffic.calls > 0
    assert traffic.last_failure
