"""What a request and a streamed chunk cost the worker in machine instructions, which no busy machine can move.

A worker runs under ``valgrind --tool=callgrind``, between the load and upstream of this benchmark and a stand-in for
the examiner that reads every record; one connection, one request after the other, a fixed script. Counted are two loads
that differ only in their number of requests, so that what a connection costs drops out; what the worker does by the
clock, requests or not, is counted while it is idle and taken off. A count holds for the build of Python it was made
with, so ``instructions.json`` has a record for each; ``recording`` makes them all anew.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import msgspec

from benchmarks.native import Load, NativeError, Programs, Running, Upstream
from benchmarks.stage import CHUNKS, free_port, request
from proxy.handover import Snapshot, frame
from proxy.process import Errand

RECORDED = Path(__file__).parent / "instructions.json"
GROWTH = 1.05  # more than this times the recorded count is a regression
_BUILT_BY = ("CONFIG_ARGS", "CFLAGS", "LDFLAGS", "LDLIBRARY")
_LIBRARIES = ("uvloop", "httptools", "msgspec", "aiohttp", "uvicorn")
_REQUESTS = (20, 120)
_STREAMS = (1, 5)
_INTERVAL = 0.020  # seconds; long enough that no two chunks are read at once, even under callgrind
_IDLE = 6.0  # seconds
_PATIENCE = 120.0
_WORKER = "proxy.worker"


class NotCountableError(Exception):
    """Instructions cannot be counted here."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Instructions of the worker, and what they were counted with."""

    per_request: int
    per_chunk: int
    libraries: str

    def grown(self, recorded: Counted) -> bool:
        """Whether a request or a chunk costs more than ``GROWTH`` times what was recorded."""
        return self.per_request > GROWTH * recorded.per_request or self.per_chunk > GROWTH * recorded.per_chunk


def interpreter() -> str:
    """The build of Python whose instructions are counted: how it was compiled and linked moves them by a tenth.

    Libraries are not part of it, for one that made requests dearer would switch the guard off.
    """
    settings = " ".join(str(sysconfig.get_config_var(name)) for name in _BUILT_BY)
    build = hashlib.sha256(settings.replace(sys.base_prefix, "").encode()).hexdigest()[:8]
    name = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{name}, {platform.python_compiler()}, {platform.machine()}, build {build}"


def libraries() -> str:
    """What else is counted."""
    return ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)


def recorded(path: Path = RECORDED) -> dict[str, Counted]:
    """What is kept in the repository, by interpreter."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Counted])


def record(counts: Mapping[str, Counted], path: Path = RECORDED) -> None:
    """Keep these, and nothing else."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(dict(sorted(counts.items()))), indent=1) + b"\n")


def count() -> Counted:
    """Run the script. Raises NotCountableError where valgrind or a C compiler is missing."""
    with _script({}, _WORKER) as script:
        script.warm_up()
        per_request, per_stream = script.per_unit(*_REQUESTS, stream=False), script.per_unit(*_STREAMS, stream=True)
        return Counted(per_request, per_stream // CHUNKS, libraries())


def count_requests(sections: Mapping[str, object], module: str = _WORKER) -> int:
    """Instructions per unary request of a worker with more sections in its configuration, or of another module's.

    Raises NotCountableError, as ``count`` does.
    """
    with _script(sections, module) as script:
        script.warm_up()
        return script.per_unit(*_REQUESTS, stream=False)


@contextmanager
def _script(sections: Mapping[str, object], module: str) -> Iterator[_Script]:
    if shutil.which("valgrind") is None or shutil.which("callgrind_control") is None:
        raise NotCountableError("valgrind is not installed (Debian: the package valgrind)")
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        try:
            programs = Programs.build(folder)
        except NativeError as missing:
            raise NotCountableError(str(missing)) from missing
        upstream = Upstream(programs.upstream, free_port(), interval=_INTERVAL, chunks=CHUNKS)
        stack.callback(upstream.stop)
        stack.enter_context(_examiner(folder))
        worker = stack.enter_context(_worker(folder, upstream.port, sections, module))
        yield _Script(worker, programs.load, folder)


@dataclass(frozen=True, slots=True)
class _Worker:
    """A worker under callgrind."""

    pid: int
    port: int
    out: Path

    def control(self, *options: str) -> None:
        """Tell callgrind something."""
        command = ["callgrind_control", *options, str(self.pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE)  # noqa: S603
        if done.returncode:
            raise NotCountableError(f"{' '.join(command)}: {done.stdout}{done.stderr}")

    def counted(self) -> int:
        """Instructions since the last call."""
        before = set(self.out.parent.glob(f"{self.out.name}.*"))
        self.control("--dump")
        (dump,) = set(self.out.parent.glob(f"{self.out.name}.*")) - before
        (total,) = [line.split()[1] for line in dump.read_text().splitlines() if line.startswith("totals:")]
        return int(total)


class _Script:
    """The fixed requests, and how they are counted."""

    def __init__(self, worker: _Worker, load: Path, folder: Path) -> None:
        self._worker = worker
        self._load = load
        self._requests = {stream: folder / f"request-{stream}" for stream in (False, True)}
        for stream, path in self._requests.items():
            path.write_bytes(request({}, stream=stream))
        self._by_the_clock = 0.0

    def warm_up(self) -> None:
        """Let caches fill, and see what the worker does when nobody asks anything."""
        for stream in (False, True):
            self._ask(1, stream=stream)
        began = time.monotonic()
        idle = self._counted(lambda: time.sleep(_IDLE))
        self._by_the_clock = idle / (time.monotonic() - began)

    def per_unit(self, few: int, many: int, *, stream: bool) -> int:
        """Instructions for each request more."""
        less, more = (self._counted(lambda n=n: self._ask(n, stream=stream)) for n in (few, many))  # type: ignore[misc]
        return round((more - less) / (many - few))

    def _counted(self, act: Callable[[], object]) -> float:
        began = time.monotonic()
        self._worker.control("--instr=on")
        act()
        self._worker.control("--instr=off")
        return self._worker.counted() - self._by_the_clock * (time.monotonic() - began)

    def _ask(self, each: int, *, stream: bool) -> None:
        Running(self._load, self._worker.port, self._requests[stream], Load(1, each=each)).outcome()


@contextmanager
def _worker(folder: Path, teacher: int, sections: Mapping[str, object], module: str) -> Iterator[_Worker]:
    url = f"http://127.0.0.1:{teacher}/v1"
    patient = {"base_url": url, "connect_timeout": "60s", "first_token_timeout": "60s"}  # fifty times slower than life
    route = {"models": ["*"], "teacher": patient, "student": {"base_url": url, "model": "s"}}
    config = folder / "practicum.yaml"
    config.write_text(json.dumps({"routes": {"m": route}, "database": f"sqlite:///{folder}/never.db", **sections}))
    out = folder / "callgrind"
    with socket.create_server(("127.0.0.1", 0)) as listening, (folder / "worker.log").open("wb") as log:
        lifeline, kept_open = os.pipe()
        errand = Errand("0", config, folder / "spare", str(folder / "handover"), listening.fileno(), lifeline)
        valgrind = ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={out}"]
        command = [*valgrind, sys.executable, "-m", module, *errand.argv()]
        process = subprocess.Popen(  # noqa: S603 -- our own worker
            command,
            pass_fds=(listening.fileno(), lifeline),
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(RECORDED.parent.parent)},
            stderr=log,
        )
        try:
            port = listening.getsockname()[1]
            yield _Worker(process.pid, port, out)
        finally:
            process.kill()
            process.wait()
            os.close(kept_open)
            os.close(lifeline)


@contextmanager
def _examiner(folder: Path) -> Iterator[None]:
    """It sends one snapshot, good for ever, and reads whatever comes."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(str(folder / "handover"))
    listening.listen()

    def serve() -> None:
        with contextlib.suppress(OSError):  # closed: the end
            worker, _ = listening.accept()
            with worker:
                worker.sendall(frame(Snapshot(1, 1e6, {})))
                while worker.recv(1 << 20):
                    pass

    serving = threading.Thread(target=serve)
    serving.start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)  # wakes an accept that nobody will answer
        listening.close()
        serving.join()


def main() -> None:
    """Count, print, and with ``--record`` keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--record", action="store_true", help="keep them for this Python, beside those of others")
    parser.add_argument("--times", type=int, default=1, help="count so often, to see how stable the counts are")
    arguments = parser.parse_args()
    for _ in range(arguments.times):
        began = time.monotonic()
        counted = count()
        sys.stdout.write(f"{msgspec.json.encode({interpreter(): counted}).decode()}\n")
        sys.stderr.write(f"counted in {time.monotonic() - began:.0f} s\n")
    if arguments.record:
        record(recorded() | {interpreter(): counted})


if __name__ == "__main__":
    main()
