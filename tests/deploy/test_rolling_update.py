"""A rolling update as deploy/ does it: one host after another, while streams run, and nobody sees a broken one.

The order is Kubernetes': a new host gets ready, by the Deployment's own probes, and is let in; an old one goes on
serving while balancers learn that it leaves, is taken out, and is told to stop only then. That open streams outlast
SIGTERM with any number of workers is ``tests/end_to_end/test_processes.py``'s.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.deploy.health import checked
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.hosts import serving
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Answer, Caller, request

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
        answer = host.call(CHAT, ask(CHAT, "x", "m", stream=True), behave("trickle:0.05"))
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


def starting(stack: ExitStack, folder: Path, teacher: Upstream, drain: str) -> Practicum:
    """A host with two workers that counts as a new pod does: by the Deployment's startup and readiness probes."""
    patient = route(teacher.url(), teacher.url(), {"percentage": 0}, {"stall_timeout": "30s", "total_timeout": "60s"})
    folder.mkdir()
    host = stack.enter_context(Practicum(folder, {"x": patient}, 2, listen={"drain": drain}))  # waits for /readyz
    until(lambda: host.total("workers_connected") == 2, "both workers are there")
    assert ready(host)
    return host


def ready(host: Practicum) -> bool:
    """What the readiness probe finds."""
    return checked(f"{host.url}/v1/models")[0] == 0


def refused(host: Practicum) -> bool:
    """Whether a new connection to the data port is turned away."""
    try:
        host.connect().close()
    except (ConnectionRefusedError, ConnectionResetError):  # the latter: it was in line when the port closed
        return True
    return False


def stream(host: Practicum, caller: Caller, mark: str, seconds: float) -> None:
    """Ask for a stream that takes so long before each of its pieces."""
    host.begin(caller, CHAT, ask(CHAT, "x", mark, stream=True), behave(f"trickle:{seconds}"))


def leave(balancer: Balancer, host: Practicum) -> None:
    """What becomes of a pod that is to go, up to SIGTERM.

    Balancers learn late: while its preStop sleeps it is still sent callers, and serves them. Only when it is out of
    every table is it told to stop, and from then on each probe says what is so.
    """
    late = balancer.served(host) + CALLERS + 1  # more than were under way when it was to go
    until(lambda: balancer.served(host) >= late, "it serves whom late balancers send")
    assert (host.probe("/readyz"), ready(host)) == (200, True)
    balancer.take_out(host)
    host.process.terminate()
    until(lambda: refused(host), "new connections are refused")
    until(lambda: host.probe("/readyz") == 503, "it says that it is stopping")
    assert (host.probe("/livez"), ready(host)) == (200, False)


def test_no_stream_breaks_while_every_host_is_replaced(tmp_path: Path, teacher: Upstream) -> None:
    """An update at noon is nothing to announce: each stream is whole, also one open while its host stops."""
    balancer = Balancer()
    with ExitStack() as stack:
        old = [starting(stack, tmp_path / f"old-{n}", teacher, "30s") for n in range(2)]
        for host in old:
            balancer.let_in(host)
        with calling(balancer):
            for number, host in enumerate(old):
                fresh = starting(stack, tmp_path / f"new-{number}", teacher, "30s")
                balancer.let_in(fresh)
                until(lambda fresh=fresh: balancer.served(fresh), "the new host serves")  # type: ignore[misc] # a default
                with host.connect(30) as caller:
                    stream(host, caller, mark := f"long-{number}", 0.5)
                    until(lambda mark=mark: teacher.seen(mark), "it is being answered")  # type: ignore[misc] # as above
                    leave(balancer, host)
                    assert host.process.poll() is None  # for its sake
                    long = caller.answer()
                assert (long.body, long.complete) == (STREAM, True)
                assert host.process.wait(30) == 0
    broken = [answer for _, answer in balancer.answers if (answer.status, answer.body) != (200, STREAM)]
    assert broken == []
    assert all(answer.complete for _, answer in balancer.answers)


class Streaming:
    """A caller of one worker, whose stream has begun."""

    def __init__(self, host: Practicum, caller: Caller, seconds: float) -> None:
        self._caller = caller
        stream(host, caller, "one each", seconds)
        self._head = caller.head()
        caller.complete = False  # as the answer before it was

    def rest(self) -> tuple[bytes, bool]:
        """What comes of it, and whether that is all."""
        return b"".join(self._caller.pieces(self._head)), self._caller.complete


@contextmanager
def one_stream_each(host: Practicum, seconds: float) -> Iterator[dict[int, Streaming]]:
    """A stream that has begun at each of two workers, by the worker's process."""
    with ExitStack() as stack:
        found: dict[int, Caller] = {}
        while len(found) < 2:  # a connection goes to who has the fewest, so two are enough; a few more if one was early
            caller = stack.enter_context(host.connect(30))
            found.setdefault(serving(host, caller, request("POST", CHAT, ask(CHAT, "x", "whose"))), caller)
        yield {pid: Streaming(host, caller, seconds) for pid, caller in found.items()}


def test_a_worker_that_dies_in_a_drain_takes_only_its_own_streams(tmp_path: Path, teacher: Upstream) -> None:
    """The other finishes what it answers, nobody is started in its place any more, and the stop is a clean one."""
    with ExitStack() as stack:
        host = starting(stack, tmp_path / "host", teacher, "30s")
        with one_stream_each(host, 0.5) as streams:
            (killed, broken), (_, whole) = streams.items()
            host.process.terminate()
            until(lambda: host.probe("/readyz") == 503, "it drains")
            os.kill(killed, signal.SIGKILL)
            assert not broken.rest()[1]
            assert whole.rest() == (STREAM, True)
        assert host.process.wait(30) == 0
    assert not [line for line in host.log if "starts again" in line]


def test_a_worker_that_hangs_in_a_drain_is_killed_alone(tmp_path: Path, teacher: Upstream) -> None:
    """The supervisor's patience is the drain and a margin: whoever hangs longer cannot hold the host up for ever."""
    with ExitStack() as stack:
        host = starting(stack, tmp_path / "host", teacher, "2s")
        with one_stream_each(host, 0.2) as streams:
            (hung, broken), (_, whole) = streams.items()
            os.kill(hung, signal.SIGSTOP)
            host.process.terminate()
            assert whole.rest() == (STREAM, True)
            assert host.process.wait(30) == 0
            assert not broken.rest()[1]
    assert [line for line in host.log if "did not stop within 7 s and is killed" in line]
