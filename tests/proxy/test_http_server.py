"""The server that both kinds of process run."""

from __future__ import annotations

import signal

import uvicorn
from starlette.applications import Starlette

from proxy.http_server import HttpServer


def test_a_signal_is_not_the_servers_to_take() -> None:
    """A process stops in an order of its own; a server that stopped by itself would cut off what is left to tell."""
    received: list[int] = []
    server = HttpServer(uvicorn.Config(Starlette(), log_config=None))
    before = signal.signal(signal.SIGTERM, lambda number, _: received.append(number))
    try:
        with server.capture_signals():  # as it does while it serves
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert received == [signal.SIGTERM]
    assert not server.should_exit
