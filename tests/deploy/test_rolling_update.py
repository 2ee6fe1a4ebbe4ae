"""A rolling update as deploy/ does it: one host after another, while streams run, and nobody sees a broken one.

The order is Kubernetes': a new host gets ready and is let in, an old one is taken out, and is told to stop only then.
That open streams outlast SIGTERM is ``tests/end_to_end/test_processes.py``'s.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Answer

STREAM = b"".join(replies.CHAT_STREAM)
CALLERS = 3


class Balancer:
    """Sends callers to the hosts that are in, in turn; knows which have answered."""

    def __init__(self) -> None:
        self.answers: list[tuple[Practicum, Answer]] = []
        self._in: list[Practicum] = []
        self._turn = 0
        self._lock = threading.Lock()

    def let_in(self, host: Practicum) -> None:
        """From now on it gets new requests."""
        with self._lock:
            self._in.append(host)

    def take_out(self, host: Practicum) -> None:
        """It gets no new ones; those that it has go on."""
        with self._lock:
            self._in.remove(host)

    def call(self) -> None:
        """One stream, from whose turn it is."""
        with self._lock:
            self._turn += 1
            host = self._in[self._turn % len(self._in)]
        answer = host.call(CHAT, ask(CHAT, "x", "m", stream=True), behave("trickle:0.02"))
        self.answers.append((host, answer))

    def served(self, host: Practicum) -> int:
        """How many streams a host has answered."""
        return sum(each is host for each, _ in list(self.answers))


@contextmanager
def calling(balancer: Balancer) -> Iterator[None]:
    """Callers that never stop."""
    enough = threading.Event()

    def call() -> None:
        while not enough.is_set():
            balancer.call()

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    try:
        yield
    finally:
        enough.set()
        for caller in callers:
            caller.join(20)


@pytest.fixture
def teacher() -> Iterator[Upstream]:
    """What both arms call."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


def test_no_stream_breaks_while_every_host_is_replaced(tmp_path: Path, teacher: Upstream) -> None:
    """An update at noon is nothing to announce: each stream is whole, also one open while its host stops."""
    patient = route(teacher.url(), teacher.url(), {"percentage": 0}, {"stall_timeout": "30s", "total_timeout": "60s"})
    balancer = Balancer()

    def start(name: str) -> Practicum:
        (folder := tmp_path / name).mkdir()
        host = stack.enter_context(Practicum(folder, {"x": patient}, 2, listen={"drain": "30s"}))
        balancer.let_in(host)
        return host

    with ExitStack() as stack:
        old = [start(f"old-{n}") for n in range(2)]
        with calling(balancer):
            until(lambda: all(balancer.served(host) for host in old), "both hosts serve")
            for number, host in enumerate(old):
                fresh = start(f"new-{number}")
                until(lambda fresh=fresh: balancer.served(fresh), "the new host serves")  # type: ignore[misc] # a default
                with host.connect(30) as caller:
                    host.begin(
                        caller, CHAT, ask(CHAT, "x", mark := f"long-{number}", stream=True), behave("trickle:0.3")
                    )
                    until(lambda mark=mark: teacher.seen(mark), "it is being answered")  # type: ignore[misc] # as above
                    balancer.take_out(host)
                    host.process.terminate()
                    long = caller.answer()
                assert (long.body, long.complete) == (STREAM, True)
                assert host.process.wait(30) == 0
    broken = [answer for _, answer in balancer.answers if (answer.status, answer.body) != (200, STREAM)]
    assert broken == []
    assert all(answer.complete for _, answer in balancer.answers)
