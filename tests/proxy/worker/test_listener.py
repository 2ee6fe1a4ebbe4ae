"""How the data port stops: nobody new, nobody cut off who can be answered, nobody waited for who cannot."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Iterator

import pytest

from proxy.config.settings import Listen
from proxy.worker.client import Client
from proxy.worker.http import Connection
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import request
from tests.proxy.worker.served import Served

GET = request("GET", "/")


class Slow:
    """Begins each reply, and ends it when it is let."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.busy = 0
        self.done = 0
        self.cut = 0

    async def answer(self, client: Client) -> None:
        """Two pieces, a while apart."""
        client.start(200, [])
        client.write(b"begun", more=True)
        self.busy += 1
        try:
            await self.go.wait()
            client.write(b", ended", more=False)
            self.done += 1
        except asyncio.CancelledError:
            self.cut += 1
            client.abandon()
            client.task.uncancel()
        finally:
            self.busy -= 1


@pytest.fixture
def slow() -> Slow:
    """Who answers."""
    return Slow()


@pytest.fixture
def served(slow: Slow) -> Iterator[Served]:
    """A port which waits for its replies for long."""
    with Served(slow.answer, Listen("127.0.0.1", drain=30.0)) as running:
        yield running
        if running.thread.running:
            running.thread.call(slow.go.set)


def stop(served: Served) -> None:
    """Ask it to stop."""
    served.thread.call(served.listener.stop)


def test_replies_are_finished_and_idle_connections_closed(served: Served, slow: Slow) -> None:
    """What a deploy may not break, and what it may not wait for."""
    with served.connect() as idle, served.connect() as silent, served.connect() as caller:
        idle.send(GET.replace(b"GET", b"HEAD"))
        served.thread.call(slow.go.set)
        idle.answer(bodiless=True)
        until(lambda: slow.done == 1, "it has been answered")
        served.thread.call(slow.go.clear)
        until(lambda: not slow.go.is_set(), "the next one is kept waiting")
        caller.send(GET)
        until(lambda: slow.busy == 1, "it is being answered")
        stop(served)
        assert idle.ended()
        assert silent.ended()
        until(lambda: served.open_connections == 1, "only the busy one is left")
        served.thread.call(slow.go.set)
        assert caller.answer().body == b"begun, ended"
        assert caller.ended()
    until(lambda: not served.thread.running, "it has stopped")


def test_those_in_line_are_answered_and_no_others(served: Served, slow: Slow) -> None:
    """Requests that were taken count; the last reply says that there will be no more."""
    with served.connect() as caller:
        caller.send(GET + GET)
        until(lambda: slow.busy == 1, "the first is being answered")
        stop(served)
        until(lambda: not accepts(served), "it has closed its socket")
        caller.send(GET)
        served.thread.call(slow.go.set)
        answers = [caller.answer() for _ in range(2)]
        assert [answer.body for answer in answers] == [b"begun, ended"] * 2
        assert [answer.head.value("connection") for answer in answers] == [None, "close"]
        assert caller.ended()


def test_what_does_not_end_is_cut_off(slow: Slow) -> None:
    """A stream without an end must not hold up a deploy; whoever answers is told, and can still say so."""
    with Served(slow.answer, Listen("127.0.0.1", drain=0.1)) as served, served.connect() as caller:
        caller.send(GET)
        until(lambda: slow.busy == 1, "it is being answered")
        stop(served)
        answer = caller.answer()
        assert (answer.body, answer.complete) == (b"begun", False)
        until(lambda: not served.thread.running, "it has stopped")
    assert (slow.busy, slow.cut) == (0, 1)


def test_whoever_does_not_listen_to_being_cut_off_is_left_behind() -> None:
    """A fault of ours in one exchange must not keep the process."""
    stubborn, let_go = threading.Event(), asyncio.Event()

    async def answer(_: Client) -> None:
        try:
            stubborn.set()
            await let_go.wait()
        except asyncio.CancelledError:
            await let_go.wait()

    with Served(answer, Listen("127.0.0.1", drain=0.05)) as served, served.connect() as caller:
        caller.send(GET)
        assert stubborn.wait(10)
        stop(served)
        assert caller.ended()
        until(lambda: not served.thread.running, "it has stopped")


def accepts(served: Served) -> bool:
    """Whether anybody listens."""
    try:
        served.connect().close()
    except ConnectionError:
        return False
    return True


def test_limits_that_change_hold_for_open_connections(slow: Slow) -> None:
    """From the next request on: whoever is being flooded does not restart."""
    limits = [Listen("127.0.0.1", keep_alive=60.0)]
    with Served(slow.answer, limits[0], lambda: limits[-1]) as served, served.connect() as caller:
        served.thread.call(slow.go.set)
        caller.send(GET)
        assert caller.answer().status == 200
        limits.append(Listen("127.0.0.1", max_header=100, keep_alive=0.2))
        caller.send(GET)
        assert caller.answer().status == 200
        caller.send(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 200)
        assert caller.answer().status == 431
        with served.connect() as idle:
            idle.send(GET)
            assert idle.answer().status == 200
            assert idle.ended()


def test_a_closed_connection_is_freed_without_looking_for_garbage() -> None:
    """Workers rarely look: thousands of connections that come and go are not to wait for it with their buffers."""

    async def greet(client: Client) -> None:
        client.start(200, [(b"content-length", b"2")])
        client.write(b"hi", more=False)

    with Served(greet, Listen()) as served:
        gc.collect()
        gc.disable()
        try:
            for _ in range(3):
                assert served.call("/").status == 200
            until(lambda: not any(isinstance(one, Connection) for one in gc.get_objects()), "all are freed")
        finally:
            gc.enable()
