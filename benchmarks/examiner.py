"""What a pair costs the examiner: its CPU time from the handover socket to the store, and by part.

A real examiner process on one core is fed records over its handover socket, as a worker would; a student in another
process answers its mirror calls at once. Kinds of work differ between arms, so that differences of arms are the parts:
taking a record, asking and comparing and storing it, redacting it, judging an operator's own pattern and schema beside
the built-in behaviors, and reading a student's log-probabilities. CPU time is the kernel's, main thread and writer's
thread apart. Rounds of all arms are interleaved. It refuses on a loaded machine; it prints.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rich.console import Console
from rich.table import Table

from benchmarks import accounting, machine
from benchmarks.machine import Cores, LoadedError, Watch, pinned
from benchmarks.material import Exchange, exchanges, with_logprobs
from proxy.handover import Hello, Record, Settled, frame, frames
from proxy.process import Errand

WARM = 200  # records before any count
AHEAD = 400  # records that may be unsettled: more than a batch of the writer's, less than a lane's queue
_SEED = 20_260_301
_LOADED = 3
_PATIENCE = 120.0
_NUMBER = re.compile(rb'"x_number": ?(\d+)')
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_OWN = [
    {"name": "names_a_place", "pattern": r"(?i)\b(?:basel|porto|depot)\b"},
    {"name": "an_object", "schema": {"type": "object", "required": ["place"]}},
]


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to work on the same records: what its route says beside the arms' addresses."""

    name: str
    says: str
    route: dict[str, object]
    told: bool = False  # whether the student tells its log-probabilities

    @property
    def compares(self) -> bool:
        """Whether it mirrors at all."""
        return "mirror" not in self.route


_ALL = {"agreeing_sample": 100}
ARMS = (
    Arm("taken", "taken and settled; nothing mirrored", {"mirror": {"percentage": 0}}),
    Arm("sliced", "parsed and sliced; nothing mirrored", {"mirror": {"percentage": 0, "slices": {"math": 0.001}}}),
    Arm("digest", "compared, and kept as digests", {"privacy": {**_ALL, "store": "digest"}}),
    Arm("full", "compared, and every pair kept", {"privacy": _ALL}),
    Arm("usual", "compared, and kept as by default", {}),
    Arm("redacted", "compared, and every pair kept redacted", {"privacy": {**_ALL, "store": "redacted"}}),
    Arm("own", "as full, with two own behaviors beside", {"privacy": _ALL, "behaviors": _OWN}),
    Arm("told", "as full, and the student tells log-probabilities", {"privacy": _ALL}, told=True),
)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of one round, of the main thread and of all others, and how long it took."""

    records: int
    main: float
    others: float
    wall: float

    @property
    def rate(self) -> float:
        """Records for a second of CPU."""
        return self.records / (self.main + self.others)


class Examiner:
    """A running examiner, and our connection to it."""

    def __init__(self, arm: Arm, folder: Path, student: int) -> None:
        self.arm = arm
        self._folder = folder / arm.name
        self._folder.mkdir()
        self._admin = socket.create_server(("127.0.0.1", 0))
        held, self._lifeline = os.pipe()
        self._socket = str(self._folder / "handover.sock")
        config = self._folder / "practicum.yaml"
        config.write_text(json.dumps(_config(arm, self._folder, student)))
        errand = Errand("examiner", config, self._folder / "spare", self._socket, self._admin.fileno(), held)
        command = [sys.executable, "-m", "proxy.examiner", *errand.argv()]
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 -- a command of our own making
                command, stdout=log, stderr=log, pass_fds=(self._admin.fileno(), held)
            )
        os.close(held)

    async def connect(self) -> None:
        """Introduce ourselves as a worker, once it listens."""
        end = time.monotonic() + _PATIENCE
        while True:
            try:
                self._reader, self._writer = await asyncio.open_unix_connection(self._socket)
                break
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise SystemExit(f"the examiner did not start: {(self._folder / 'log').read_text()}") from None
                await asyncio.sleep(0.05)
        self._writer.write(frame(Hello("benchmark", os.getpid())))

    async def settle(self, frames_: Sequence[bytes]) -> None:
        """Hand over records, and wait until each is concluded: what is compared by then is durable."""
        sent = settled = 0
        messages = frames(self._reader)
        async with asyncio.timeout(_PATIENCE):
            while settled < len(frames_):
                for data in frames_[sent : settled + AHEAD]:
                    self._writer.write(data)
                    sent += 1
                message = await anext(messages)
                settled += message.records if isinstance(message, Settled) else 0

    async def cost(self, frames_: Sequence[bytes]) -> Cost:
        """What it costs to settle these records."""
        before, began = self._spent(), time.monotonic()
        await self.settle(frames_)
        took, after = time.monotonic() - began, self._spent()
        return Cost(len(frames_), after[0] - before[0], after[1] - before[1], took)

    def compared(self) -> int:
        """How many pairs it says that it compared."""
        url = f"http://127.0.0.1:{self._admin.getsockname()[1]}/metrics"
        with urllib.request.urlopen(url, timeout=10) as page:
            text = page.read().decode()
        found = re.search(r'practicum_mirror_pairs_total\{[^}]*outcome="compared"[^}]*\} ([0-9.e+]+)', text)
        return int(float(found[1])) if found else 0

    def stop(self) -> None:
        """End it, and wait for it."""
        self._process.terminate()
        self._process.wait(60)
        self._admin.close()
        os.close(self._lifeline)

    def _spent(self) -> tuple[float, float]:
        """CPU seconds so far: of its main thread, and of all others."""
        pid = self._process.pid
        main = int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0])
        return main / 1e9, (accounting.cpu_ns([pid]) - main) / 1e9


def _config(arm: Arm, folder: Path, student: int) -> dict[str, object]:
    mirror = {"queue": 5000, "percentage": 100, **arm.route.get("mirror", {})}  # type: ignore[dict-item] # a mapping
    url = f"http://127.0.0.1:{student}/{'told/' if arm.told else ''}v1"
    route: dict[str, object] = {
        "models": ["*"],
        "teacher": {"base_url": url},
        "student": {"base_url": url, "model": "s", "connect_timeout": "30s"},  # a busy machine loses no pair by it
    }
    route |= {"noise_floor": {"percentage": 0}} | arm.route | {"mirror": mirror}
    return {"database": f"sqlite:///{folder / 'pairs.db'}", "routes": {"m": route}}


def records(drawn: Sequence[Exchange], arm: Arm, run: int) -> list[bytes]:
    """The frames that a worker would send; pairs of different runs have different ids."""
    return [frame(_record(one, _pair_id(f"{arm.name}-{run}-{number}"))) for number, one in enumerate(drawn)]


def _pair_id(of: str) -> str:
    """As a worker makes them: 12 digits of time, and 16 of chance, here the same for the same name."""
    return f"{time.time_ns() // 1_000_000:012x}{hashlib.sha256(of.encode()).hexdigest()[:16]}"


def _record(one: Exchange, pair: str) -> Record:
    return Record(
        pair=pair,
        route="m",
        endpoint="chat_completions",
        path="/chat/completions",
        started=time.time(),
        request=one.request,
        arm="teacher",
        reason="weight_zero",
        status=200,
        content_type=one.content_type,
        encoding="",
        reply=one.teacher,
        failure="",
        outcome="ok",
        first_token=0.2,
        total=1.5,
        overhead=0.0002,
        gaps=[0.02] * 20,
        conversation=pair,
    )


class Student(asyncio.Protocol):
    """Answers each request at once, by the number in its body; below ``/told`` with log-probabilities."""

    def __init__(self, drawn: Sequence[bytes], told: Sequence[bytes]) -> None:
        self._drawn = drawn
        self._told = told
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._buffer) < whole:
                return
            number = _NUMBER.search(self._buffer, end, whole)
            self._buffer = self._buffer[whole:]
            drawn = self._told if head.startswith(_TOLD) else self._drawn
            self._transport.write(drawn[int(number[1])] if number else _NOT_FOUND)


_TOLD = b"POST /told/"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"  # it has no metrics


def _response(one: Exchange, *, told: bool) -> bytes:
    body = with_logprobs(one.student, stream=one.stream) if told else one.student
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {one.content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def be_student(count: int) -> None:
    """Serve until standard input ends, as it does when our parent does; the port is written to standard output."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), ended.set)
    drawn, told = ([_response(one, told=told) for one in exchanges(count, _SEED)] for told in (False, True))
    server = await asyncio.get_running_loop().create_server(lambda: Student(drawn, told), "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ended.wait()
    server.close()


@contextmanager
def student(count: int) -> Iterator[int]:
    """A student in a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.examiner", "--records", str(count), "--be-student"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 -- of our own making
        yield int(process.stdout.readline() if process.stdout else "")


async def measure(examiners: Sequence[Examiner], drawn: Sequence[Exchange], rounds: int) -> dict[str, list[Cost]]:
    """Rounds of all arms in turn. Raises LoadedError if others worked meanwhile."""
    costs: dict[str, list[Cost]] = {examiner.arm.name: [] for examiner in examiners}
    for examiner in examiners:
        await examiner.connect()
        await examiner.settle(records(drawn[:WARM], examiner.arm, 0))
    for run in range(1, rounds + 1):
        for examiner in examiners:
            frames_ = records(drawn, examiner.arm, run)
            costs[examiner.arm.name].append(await examiner.cost(frames_))
    for examiner in examiners:
        wanted = WARM + rounds * len(drawn)
        if examiner.arm.compares and examiner.compared() != wanted:
            raise SystemExit(f"{examiner.arm.name} compared {examiner.compared()} pairs, not {wanted}")
    return costs


def show(costs: dict[str, list[Cost]]) -> None:
    """The medians of all rounds."""
    console = Console(width=120)
    table = Table("arm", "what", "pairs/s of CPU", "least-most", "us/pair", "main thread", "others", "pairs/s of clock")
    for arm in ARMS:
        if taken := costs.get(arm.name):
            table.add_row(arm.name, arm.says, *_figures(taken))
    console.print(table)


def _figures(costs: Sequence[Cost]) -> Iterator[str]:
    rates = [cost.rate for cost in costs]
    yield f"{statistics.median(rates):.0f}"
    yield f"{min(rates):.0f}-{max(rates):.0f}"
    yield f"{1e6 / statistics.median(rates):.0f}"
    yield f"{statistics.median(1e6 * cost.main / cost.records for cost in costs):.0f}"
    yield f"{statistics.median(1e6 * cost.others / cost.records for cost in costs):.0f}"
    yield f"{statistics.median(cost.records / cost.wall for cost in costs):.0f}"


@contextmanager
def running(arms: Sequence[Arm], drawn: Sequence[Exchange], cores: Cores) -> Iterator[list[Examiner]]:
    """An examiner for each arm on the proxy's core, and on the other a student that knows what was drawn."""
    with tempfile.TemporaryDirectory(prefix="practicum-bench-") as name, ExitStack() as stack:
        stack.enter_context(pinned({cores.load}))
        port = stack.enter_context(student(len(drawn)))
        examiners = []
        for arm in arms:
            with pinned({cores.proxy}):
                examiners.append(Examiner(arm, Path(name), port))
            stack.callback(examiners[-1].stop)
        yield examiners


def drawn_pairs(count: int) -> Sequence[Exchange]:
    """So many exchanges, the same ones each time."""
    return exchanges(count, _SEED)


def run(arguments: argparse.Namespace, arms: Sequence[Arm]) -> None:
    """Start everything, measure, print."""
    drawn = drawn_pairs(arguments.records)
    with running(arms, drawn, Cores.here()) as examiners:
        if not arguments.even_if_loaded:
            machine.require_quiet()
        watch = Watch()
        costs = asyncio.run(measure(examiners, drawn, arguments.rounds))
        if (others := watch.others()) > machine.DISTURBED and not arguments.even_if_loaded:
            raise LoadedError(f"Others used {others:.2f} cores meanwhile; at most {machine.DISTURBED} may be.")
    sys.stdout.write(f"{machine.describe()}; {arguments.rounds} rounds of {arguments.records} records\n")
    show(costs)


def main() -> int:
    """Run it. Exit code 3: the machine is loaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=2000, help="of each round (default 2000)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--arms", default=",".join(arm.name for arm in ARMS), help="of these only, by comma")
    parser.add_argument("--even-if-loaded", action="store_true", help="print figures that mean little")
    parser.add_argument("--be-student", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.be_student:
        asyncio.run(be_student(arguments.records))
        return 0
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that what runs is stopped
    arms = [arm for arm in ARMS if arm.name in arguments.arms.split(",")]
    try:
        run(arguments, arms)
    except LoadedError as loaded:
        sys.stderr.write(f"{loaded}\n")
        return _LOADED
    return 0


if __name__ == "__main__":
    sys.exit(main())
