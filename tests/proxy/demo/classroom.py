"""A server that knows the railway's ideal replies, and gives them, or others, to whoever asks."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from proxy.demo.railway.example import Example
from proxy.demo.traffic import PATH


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation as it came: header names are in lower case."""

    example: Example
    body: bytes
    headers: Mapping[str, str]


Answer = Callable[[Asked], Response]


@asynccontextmanager
async def serving(answer: Answer, known: Iterable[Example]) -> AsyncIterator[str]:
    """The URL of a server that answers each of the known conversations with what ``answer`` makes of it."""
    examples = {json.dumps(example.request("")["messages"]): example for example in known}

    async def reply(request: Request) -> Response:
        body = await request.body()
        return answer(Asked(examples[json.dumps(json.loads(body)["messages"])], body, request.headers))

    listening = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[Route(PATH, reply, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
        listening.close()


def ideal(example: Example) -> Response:
    """The ideal reply, as the chat endpoint gives it."""
    finish = "tool_calls" if example.reply.calls else "stop"
    choice = {"index": 0, "message": example.reply.as_json(), "finish_reason": finish}
    return JSONResponse({"object": "chat.completion", "model": "railway", "choices": [choice]})


def free_url() -> str:
    """Where nobody listens."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    listening.close()
    return f"http://127.0.0.1:{port}"
