"""One scripted arm as a server of its own: ``python -m proxy.demo.arms teacher``.

It binds a free port of the loopback, prints it as its one line of output, and serves until its standard input ends:
so it dies with whoever started it, however that one died. It speaks the four endpoints and, as vLLM does, ``/metrics``
with its load and ``/v1/models``. It refuses to be a model: what it says is in ``prompts``.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from proxy.demo import dialects, prompts
from routing.observation import Arm
from routing.traits import Endpoint

# Seconds to the first word, and between words: the student is faster, which is why one wants it.
PACE = {Arm.TEACHER: (0.030, 0.003), Arm.STUDENT: (0.008, 0.001)}
# The names vLLM gives to its load; the shadow lane reads them.
_LOAD = """\
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{model_name="scripted"} 0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{model_name="scripted"} 0
"""


@dataclass(slots=True)
class ScriptedArm:
    """An arm, and how many replies it has given."""

    arm: Arm
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def reply(self, endpoint: Endpoint, request: Request) -> Response:
        """The script's line for this request, at the arm's pace."""
        try:
            asked = dialects.read(endpoint, await request.body())
        except msgspec.DecodeError as exc:
            error = {"message": str(exc), "type": "invalid_request_error", "param": None, "code": None}
            return JSONResponse({"error": error}, 400)
        line, number = prompts.answer(self.arm, asked.question), next(self.numbers)
        if asked.stream:
            pieces = dialects.events(endpoint, line, asked, number)
            return StreamingResponse(self._paced(pieces), media_type="text/event-stream")
        await asyncio.sleep(sum(PACE[self.arm]))
        return Response(dialects.unary(endpoint, line, asked, number), media_type="application/json")

    async def _paced(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        first, between = PACE[self.arm]
        await asyncio.sleep(first)
        for piece in pieces:
            yield piece
            await asyncio.sleep(between)


async def _load(_: Request) -> Response:
    return PlainTextResponse(_LOAD)


async def _models(_: Request) -> Response:
    return JSONResponse({"object": "list", "data": [{"id": "scripted", "object": "model", "owned_by": "practicum"}]})


def arm_app(arm: Arm) -> Starlette:
    """The application of one arm."""
    scripted = ScriptedArm(arm)

    def route(endpoint: Endpoint, path: str) -> Route:
        async def reply(request: Request) -> Response:
            return await scripted.reply(endpoint, request)

        return Route("/v1" + path, reply, methods=["POST"])

    spoken = [route(endpoint, path) for endpoint, path in dialects.PATHS.items()]
    return Starlette(routes=[*spoken, Route("/v1/models", _models), Route("/metrics", _load)])


async def _serve(arm: Arm) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(arm_app(arm), log_level="warning", lifespan="off", access_log=False))

    def stop() -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            server.should_exit = server.force_exit = True

    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop)
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve(sockets=[listening])


def main() -> None:
    """Serve the arm that the command line names until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m proxy.demo.arms")
    parser.add_argument("arm", type=Arm, choices=list(Arm))
    asyncio.run(_serve(parser.parse_args().arm))


if __name__ == "__main__":
    main()
