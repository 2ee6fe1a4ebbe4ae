"""Accepting beside a sibling: connections go where there are fewest, and wait for nobody."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import cast

import pytest

from proxy.siblings import Siblings, Team
from proxy.worker.accepting import Accepting, Connections
from tests.end_to_end.practicum import until
from tests.proxy.test_siblings import no_descriptor_left, worker
from tests.proxy.worker.served import InThread, listening


class Greeting(asyncio.Protocol):
    """It says its worker's number, and stays."""

    def __init__(self, number: int, connections: Connections) -> None:
        self._number = number
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say it."""
        self._connections.add(self)
        cast("asyncio.Transport", transport).write(b"%d" % self._number)  # uvloop's is none by inheritance

    def connection_lost(self, _: Exception | None) -> None:
        """One less."""
        self._connections.discard(self)
        self._connections.discard(self)  # it counts once


class Accepter:
    """A worker's accepting on a loop of its own."""

    def __init__(self, siblings: Siblings, shared: socket.socket) -> None:
        self.connections = Connections(siblings.closed)
        self.accepting: Accepting | None = None
        self._siblings = siblings
        self._shared = shared
        self._over = asyncio.Event()
        self.thread = InThread(self._run, self._over.set)

    async def _run(self) -> None:
        with closing(self._shared.dup()) as own:
            make = lambda: Greeting(self._siblings.number, self.connections)  # noqa: E731 -- a factory
            self.accepting = Accepting(own, self._siblings, make)
            await self._over.wait()
            self.accepting.close()


@contextmanager
def accepting(folder: Path, *, asleep: bool = False) -> Iterator[tuple[list[Accepter], Siblings, socket.socket]]:
    """Two workers on one socket; ``asleep``: the second has given a sign of life and does nothing more."""
    with closing(Team(2, str(folder))) as team, ExitStack() as stack:
        both = [stack.enter_context(closing(worker(team, number))) for number in range(2)]
        shared = stack.enter_context(listening())
        both[1].alive(time.monotonic_ns())
        accepters = [Accepter(siblings, shared) for siblings in both[: 1 if asleep else 2]]
        for accepter in accepters:
            accepter.thread.start()
            stack.callback(accepter.thread.stop)
            until(lambda accepter=accepter: accepter.accepting, "it accepts")  # type: ignore[misc] # a default argument
        yield accepters, both[1], shared


def call(shared: socket.socket) -> socket.socket:
    """A client that was greeted."""
    client = socket.create_connection(shared.getsockname(), 10)
    assert client.recv(1)
    return client


def test_connections_go_where_there_are_fewest(tmp_path: Path) -> None:
    """Also those that come after others have gone."""
    with accepting(tmp_path) as ((first, second), _, shared), ExitStack() as stack:
        clients = [stack.enter_context(call(shared)) for _ in range(20)]
        assert abs(len(first.connections) - len(second.connections)) <= 2
        for client in clients[::2] + clients[1:10:2]:
            client.close()
        until(lambda: len(first.connections) + len(second.connections) == 5, "15 have gone")
        for _ in range(15):
            stack.enter_context(call(shared))
        assert abs(len(first.connections) - len(second.connections)) <= 2


def test_a_sibling_that_does_nothing_delays_and_loses_nobody(tmp_path: Path) -> None:
    """It was alive when it was given connections: they are taken back as soon as it is late."""
    with accepting(tmp_path, asleep=True) as ((awake,), asleep, shared), ExitStack() as stack:
        asleep.alive(time.monotonic_ns())
        clients = [stack.enter_context(socket.create_connection(shared.getsockname(), 10)) for _ in range(10)]
        assert {client.recv(1) for client in clients} == {b"0"}
        assert len(awake.connections) == 10


def test_one_that_closes_leaves_its_inbox_to_siblings(tmp_path: Path) -> None:
    """What it was given and has not taken is served by those who stay."""
    with accepting(tmp_path, asleep=True) as ((awake,), leaving, shared), ExitStack() as stack:
        ours, client = (stack.enter_context(end) for end in _connected())
        asyncio.run(_give_and_close(leaving, shared, ours))
        assert client.recv(1) == b"0"
        assert len(awake.connections) == 1


async def _give_and_close(siblings: Siblings, shared: socket.socket, connection: socket.socket) -> None:
    with closing(shared.dup()) as own:
        here = Accepting(own, siblings, asyncio.Protocol)
        assert siblings.give(siblings.number, connection)
        here.close()


def _connected() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname(), 10)
        ours, _ = server.accept()
    return ours, client


def test_without_descriptors_it_rests_and_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A socket that stays readable while nothing can be accepted would keep a processor busy."""
    with accepting(tmp_path, asleep=True) as ((_,), _, shared), socket.socket() as client:
        client.settimeout(10)
        with no_descriptor_left():
            client.connect(shared.getsockname())
            until(lambda: caplog.messages, "it says so")
        assert client.recv(1) == b"0"
    assert len(caplog.messages) <= 3, caplog.messages
    assert all("no connections are accepted for 1 s" in message for message in caplog.messages)
    assert "Raise the limit of open files" in caplog.text


def test_a_client_that_is_gone_at_once_is_not_counted(tmp_path: Path) -> None:
    """A port scanner must not make a worker look loaded."""
    with accepting(tmp_path, asleep=True) as ((awake,), asleep, shared):
        asleep.leave()
        for _ in range(20):
            with suppress(OSError), socket.create_connection(shared.getsockname()) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        with call(shared):
            until(lambda: len(awake.connections) == 1, "only one is left")
            asleep.opened()
            assert asleep.least_loaded(time.monotonic_ns()) is None  # as many
