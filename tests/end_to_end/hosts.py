"""Several hosts on this machine, over one PostgreSQL, and callers that never stop asking each of their workers.

A host is a whole ``practicum serve``: supervisor, workers, examiner. ``Watching`` keeps a connection to every worker of
every host and remembers which arm answered when. It refuses to judge; tests and ``benchmarks.rollback`` do.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from tests.end_to_end.practicum import Practicum, Section, until
from tests.end_to_end.rollouts import Said, arm, asking
from tests.end_to_end.wire import Caller

PAUSE = 0.01  # seconds between an answer and the next question on the same connection


@contextmanager
def hosts(
    folder: Path, routes: Mapping[str, Section], database: str, count: int = 3, workers: int = 2
) -> Iterator[list[Practicum]]:
    """So many hosts over one database."""
    with ExitStack() as stack:
        started = []
        for number in range(count):
            (own := folder / f"host-{number}").mkdir()
            started.append(stack.enter_context(Practicum(own, routes, workers, database=database)))
        yield started


class Asked(threading.Thread):
    """One kept connection to a worker, on which one question is asked again and again until ``enough``."""

    def __init__(self, host: Practicum, question: bytes) -> None:
        super().__init__(daemon=True)
        self.arms: list[tuple[float, str]] = []  # when an answer was there, in seconds of the monotonic clock
        self.enough = threading.Event()
        self._caller = host.connect()
        self._question = question
        self.pid = serving(host, self._caller, question)

    def run(self) -> None:
        """Ask until it is enough."""
        with self._caller:
            while not self.enough.is_set():
                self.arms.append(asked(self._caller, self._question))
                self.enough.wait(PAUSE)

    @property
    def latest(self) -> str:
        """Which arm answered last."""
        return self.arms[-1][1] if self.arms else ""


def asked(caller: Caller, question: bytes) -> tuple[float, str]:
    """When the answer was there, and whose it was."""
    caller.send(question)
    answer = caller.answer()
    assert answer.status == 200, answer
    return time.monotonic(), arm(answer.head.value("x-practicum-arm"))


class Watching:
    """A connection to every worker of all hosts; use it as a context manager."""

    def __init__(self, hosts_: Sequence[Practicum], model: str, said: Said) -> None:
        question = asking(model, said)
        self.asked = [one for host in hosts_ for one in _each_worker(host, question)]

    def __enter__(self) -> Self:
        for one in self.asked:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.asked:
            one.enough.set()
        for one in self.asked:
            one.join(15)

    def until(self, arm_: str, timeout: float = 30.0) -> None:
        """Until the latest answer of every worker is this arm's."""
        until(lambda: {one.latest for one in self.asked} == {arm_}, f"every worker serves the {arm_}", timeout)

    def over(self, before: str, pids: Collection[int] = ()) -> float:
        """When the last worker's first answer came after its last one of that arm: from then on, no more of it.

        In seconds of the monotonic clock; of these workers, or of all.
        """
        return max(_after(one.arms, before) for one in self.asked if not pids or one.pid in pids)


def _after(arms: Sequence[tuple[float, str]], before: str) -> float:
    known = list(arms)
    last = max((index for index, (_, whose) in enumerate(known) if whose == before), default=-1)
    return known[last + 1][0]


def _each_worker(host: Practicum, question: bytes) -> list[Asked]:
    """A connection to each worker; connections go to who has the fewest, so a few are enough."""
    found: dict[int, Asked] = {}
    for _ in range(10 * host.workers):
        one = Asked(host, question)
        found.setdefault(one.pid, one)
        if found.keys() == set(host.pids("worker")):
            return list(found.values())
    raise AssertionError(f"no connection to some of {host.pids('worker')}; found {sorted(found)}")


def serving(host: Practicum, caller: Caller, question: bytes) -> int:
    """The worker that has the other end of a connection: the one whose descriptors hold that socket."""
    asked(caller, question)  # so that it is somebody's
    there, here = host.address[1], caller.socket.getsockname()[1]
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    (inode,) = (row[9] for row in rows if _port(row[1]) == there and _port(row[2]) == here)
    (pid,) = (pid for pid in host.pids("worker") if f"socket:[{inode}]" in _descriptors(pid))
    return pid


def _port(address: str) -> int:
    return int(address.split(":")[1], 16)


def _descriptors(pid: int) -> set[str]:
    return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()}
