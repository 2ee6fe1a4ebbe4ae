"""``python -m proxy.demo.engine CHECKPOINT``: serve a checkpoint. Prints its address as one line when it listens.

A checkpoint that cannot be served is one line on standard error, and exit code 2.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import uvicorn

from proxy.demo.engine.app import Engine
from proxy.demo.engine.checkpoint import CheckpointError
from proxy.demo.engine.settings import Settings, parse

UNUSABLE = 2
GRACE = 2  # seconds for replies in progress when it is told to end


async def _serve(engine: Engine, settings: Settings) -> None:
    listening = socket.create_server((settings.host, settings.port))
    config = uvicorn.Config(engine.app(), log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE)
    server, loop = uvicorn.Server(config), asyncio.get_running_loop()

    def stop() -> None:
        if not os.read(sys.stdin.fileno(), 1024):
            loop.remove_reader(sys.stdin.fileno())
            server.should_exit = True

    if settings.until_stdin_ends:
        loop.add_reader(sys.stdin.fileno(), stop)
    sys.stdout.write(f"http://{settings.host}:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve(sockets=[listening])


def main() -> int:
    """Serve until SIGTERM or SIGINT; the exit code."""
    settings = parse(sys.argv[1:])
    try:
        engine = Engine(settings)
    except CheckpointError as exc:
        sys.stderr.write(f"{exc}\n")
        return UNUSABLE
    asyncio.run(_serve(engine, settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
