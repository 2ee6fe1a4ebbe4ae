"""Two workers share connections and streams evenly, and neither needs the other to be alive."""

from __future__ import annotations

import contextlib
import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Caller

_ESTABLISHED = "01"
_EVEN = 4  # connections apart: workers that accept at one moment may both think that they are next


def connections(service: Practicum) -> dict[int, set[int]]:
    """The clients' ports that each worker is connected with, by its process id: the kernel's word, not the workers'."""
    ours = f":{service.address[1]:04X}"
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    clients = {f[9]: int(f[2][-4:], 16) for f in lines if f[1].endswith(ours) and f[3] == _ESTABLISHED}
    return {pid: {clients[i] for i in _inodes(pid) if i in clients} for pid in service.pids("worker")}


def _inodes(pid: int) -> Iterator[str]:
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # closed while we looked
            if found := re.fullmatch(r"socket:\[(\d+)\]", str(entry.readlink())):
                yield found[1]


def spread(service: Practicum, total: int) -> int:
    """How many more connections the busiest worker has than the idlest, once all connections have come to one."""
    until(lambda: sum(map(len, connections(service).values())) == total, f"{total} connections are served")
    held = [len(ports) for ports in connections(service).values()]
    return max(held) - min(held)


def asking(service: Practicum, mark: str, callers: list[Caller]) -> None:
    """A request on each connection at once, and a whole answer to each."""
    for caller in callers:
        service.begin(caller, CHAT, ask(CHAT, "x", mark))
    for caller in callers:
        assert caller.answer().body == replies.CHAT


@pytest.fixture
def two(folder: Path, teacher: Upstream, student: Upstream) -> Iterator[Practicum]:
    """A service whose two workers have both begun."""
    patient = {"stall_timeout": "60s", "total_timeout": "60s"}
    with Practicum(folder, {"x": route(teacher.url(), student.url(), None, patient)}, 2) as service:
        until(lambda: service.total("workers_connected") == 2, "both workers are connected")
        yield service


def test_streams_and_connections_are_spread_evenly(two: Practicum, teacher: Upstream, mark: str) -> None:
    """Two, many, and after one worker lost all of its own: the busiest worker is the capacity of both."""
    with ExitStack() as stack:
        callers = [stack.enter_context(two.connect()) for _ in range(2)]
        assert spread(two, 2) == 0
        callers += [stack.enter_context(two.connect()) for _ in range(61)]
        assert spread(two, 63) <= _EVEN
        asking(two, mark, callers[:20])
        for caller in callers:
            two.begin(caller, CHAT, ask(CHAT, "x", mark, stream=True), behave("stall:3"))
        until(lambda: teacher.in_progress == 63, "all streams are under way")
        assert spread(two, 63) <= _EVEN
        leaving = connections(two)[min(two.pids("worker"))]
        for caller in callers:
            if caller.socket.getsockname()[1] in leaving:
                caller.close()
        assert spread(two, 63 - len(leaving)) == 63 - len(leaving)
        fresh = [stack.enter_context(two.connect()) for _ in leaving]
        assert spread(two, 63) <= _EVEN
        asking(two, mark, fresh)
    until(lambda: teacher.in_progress == 0, "every stream ended with its caller")


def test_a_stopped_worker_takes_nobody_with_it(two: Practicum, mark: str) -> None:
    """SIGSTOP: it looks alive for a while, and what it is given then is served by the other one."""
    stopped, healthy = two.pids("worker")
    with ExitStack() as stack:
        before = [stack.enter_context(two.connect()) for _ in range(10)]
        assert spread(two, 10) <= _EVEN
        os.kill(stopped, signal.SIGSTOP)
        try:
            own = connections(two)
            asking(two, mark, [c for c in before if c.socket.getsockname()[1] in own[healthy]])
            during = [stack.enter_context(two.connect()) for _ in range(30)]
            asking(two, mark, during)
            assert connections(two)[stopped] == own[stopped]
            assert len(connections(two)[healthy]) == 40 - len(own[stopped])
        finally:
            os.kill(stopped, signal.SIGCONT)
        asking(two, mark, before)
        after = [stack.enter_context(two.connect()) for _ in range(30)]
        assert spread(two, 70) <= _EVEN
        asking(two, mark, after)


def test_a_killed_worker_takes_only_its_own(two: Practicum, mark: str) -> None:
    """Its successor has none, and is given what comes until it has as many."""
    killed, healthy = two.pids("worker")
    with ExitStack() as stack:
        callers = [stack.enter_context(two.connect()) for _ in range(20)]
        assert spread(two, 20) <= _EVEN
        others = connections(two)[healthy]
        os.kill(killed, signal.SIGKILL)
        during = [stack.enter_context(two.connect()) for _ in range(20)]
        asking(two, mark, during)
        asking(two, mark, [c for c in callers if c.socket.getsockname()[1] in others])
        until(lambda: two.total("workers_connected") == 2, "another worker has begun")
        alive = 20 + len(others)
        while spread(two, alive) > _EVEN:  # it may not accept yet when it is first seen
            assert alive < 100
            stack.enter_context(two.connect())
            alive += 1
        asking(two, mark, during)
