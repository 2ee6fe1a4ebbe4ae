"""What a scenario plays on: upstreams and proxies that run, on their cores, and one measurement of one of them.

A proxy runs from its first request on until the stage is cleared. Everything it starts, it stops, by process id.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import accounting, native, peers
from benchmarks.installing import NotHereError
from benchmarks.machine import Cores, pinned
from benchmarks.native import Load, Outcome, Programs, Upstream
from benchmarks.peers import Peer, Place

CHUNKS = 64
INTERVAL = 0.020  # seconds between two chunks, as a model writes
_PATIENCE = 60.0  # seconds that a proxy may take to its first good reply
_STOPS = 10.0
_OK = 200


@dataclass(frozen=True, slots=True)
class Arm:
    """One thing under test: where it listens, and which processes are its own. ``direct`` has none."""

    name: str
    port: int
    admin: int
    root: int
    serving: tuple[int, ...]
    unary: Path
    stream: Path
    peer: Peer | None

    def all(self) -> list[int]:
        """Every process of it that lives now."""
        return accounting.tree(self.root) if self.root else []


class Stage:
    """The upstreams, and the proxies started so far."""

    def __init__(self, cores: Cores, *, interval: float = INTERVAL) -> None:
        self.cores = cores
        self.every_core = {cores.proxy, cores.load}
        self._interval = interval
        self._stack = ExitStack()

    def __enter__(self) -> Stage:
        _raise_file_limit()
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="practicum-bench-")))
        self.programs = Programs.build(self.folder)
        self._pin = self._stack.enter_context(pinned({self.cores.load}))
        self.teacher, self.student = self._upstream(), self._upstream()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def direct(self) -> Arm:
        """The teacher without any proxy."""
        unary, stream = self._requests("direct", {})
        return Arm("direct", self.teacher.port, 0, 0, (), unary, stream, None)

    @contextmanager
    def running(self, peer: Peer, *, mirror: bool, workers: int = 1, cores: set[int] | None = None) -> Iterator[Arm]:
        """A proxy that answers, its workers on ``cores``, or else on the proxy's own. NotHereError if it cannot."""
        port, admin = free_port(), free_port()
        place = Place(self.folder, port, admin, self.teacher.port, self.student.port, mirror, workers)
        launch = peer.launch(place)
        log = self.folder / f"{peer.name}-{port}.log"
        with log.open("wb") as out, pinned(cores or {self.cores.proxy}):
            process = subprocess.Popen(  # noqa: S603 -- pinned peers
                launch.command, stdout=out, stderr=out, env=peers.environment(launch), start_new_session=True
            )
        try:
            unary, stream = self._requests(f"{peer.name}-{port}", launch.headers)
            _await_reply(process, port, unary, log)
            serving = self._arrange(peer, process.pid, cores)
            name = f"{peer.name}+m" if mirror else peer.name
            yield Arm(name, port, admin, process.pid, tuple(serving), unary, stream, peer)
        finally:
            stop(process)

    def enter(self, peer: Peer, *, mirror: bool) -> Arm:
        """The same, until the stage is cleared."""
        return self._stack.enter_context(self.running(peer, mirror=mirror))

    def load(self, arm: Arm, load: Load, *, stream: bool = False) -> native.Running:
        """Set clients on an arm; returns once they are warm."""
        return native.Running(self.programs.load, arm.port, arm.stream if stream else arm.unary, load)

    def holding(self, arm: Arm, connections: int) -> contextlib.AbstractContextManager[None]:
        """Streams that stay open."""
        return native.holding(self.programs.load, arm.port, arm.stream, connections)

    def _arrange(self, peer: Peer, root: int, cores: set[int] | None) -> list[int]:
        if peer is peers.PRACTICUM:
            _await_workers(root)
            peers.arrange(root, self.cores)
        serving = peer.serving(root)
        if cores:
            accounting.pin(serving, cores)
        return serving

    def _upstream(self) -> Upstream:
        upstream = Upstream(self.programs.upstream, free_port(), interval=self._interval, chunks=CHUNKS)
        self._stack.callback(upstream.stop)
        return upstream

    def _requests(self, name: str, headers: Mapping[str, str]) -> tuple[Path, Path]:
        unary, stream = self.folder / f"{name}.unary", self.folder / f"{name}.stream"
        unary.write_bytes(request(headers, stream=False))
        stream.write_bytes(request(headers, stream=True))
        return unary, stream


def request(headers: Mapping[str, str], *, stream: bool) -> bytes:
    """1.5 kB of a chat completion, as bytes on the wire."""
    asked: dict[str, object] = {"model": "m", "messages": [{"role": "user", "content": "When does it leave? " * 70}]}
    if stream:
        asked["stream"] = True
    body = json.dumps(asked).encode()
    lines = {"host": "127.0.0.1", "authorization": "Bearer sk-bench", "content-type": "application/json", **headers}
    lines["content-length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST /v1/chat/completions HTTP/1.1\r\n{head}\r\n".encode() + body


def measure(stage: Stage, arm: Arm, load: Load, *, stream: bool = False) -> dict[str, float]:
    """Set a load on an arm; what the kernel and the clients saw. CPU is per request, or per chunk of a stream."""
    running = stage.load(arm, load, stream=stream)
    before, everything = accounting.cpu_ns(arm.serving), accounting.cpu_ns(arm.all())
    outcome = running.outcome()
    figures = seen_by_clients(outcome)
    if arm.root:
        units = outcome.completed * (CHUNKS if stream else 1)
        figures["pieces"] = outcome.pieces / units
        figures["cpu_us"] = (accounting.cpu_ns(arm.serving) - before) / 1e3 / units
        figures["cpu_all_us"] = (accounting.cpu_ns(arm.all()) - everything) / 1e3 / units
        figures["memory_mib"] = accounting.memory_kib(arm.serving) / 1024
    return figures


def seen_by_clients(outcome: Outcome) -> dict[str, float]:
    """Throughput and latencies."""
    return {
        "per_second": outcome.in_time / outcome.seconds,
        "p50_us": outcome.p50_us,
        "p99_us": outcome.p99_us,
        "first_p50_us": outcome.first_p50_us,
        "first_p99_us": outcome.first_p99_us,
    }


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def page(port: int, path: str) -> tuple[int, str]:
    """Status and text of a page of an admin port. OSError while nobody answers there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    except http.client.HTTPException as broken:
        raise OSError(str(broken)) from broken
    finally:
        connection.close()


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process and everything it started."""
    below = accounting.tree(process.pid)
    process.terminate()
    try:
        process.wait(_STOPS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pid in below[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _await_reply(process: subprocess.Popen[bytes], port: int, unary: Path, log: Path) -> None:
    head, _, body = unary.read_bytes().partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    end = time.monotonic() + _PATIENCE
    said = "nothing"
    while process.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST", "/v1/chat/completions", body, headers)
            reply = connection.getresponse()
            said = f"{reply.status} {reply.read()[:200]!r}"
            if reply.status == _OK:
                return
        except (OSError, http.client.HTTPException) as refused:
            said = str(refused)
        finally:
            connection.close()
        time.sleep(0.1)
    stop(process)
    raise NotHereError(f"it gave no good reply ({said}); its log ends: {log.read_text(errors='replace')[-400:]}")


def _await_workers(root: int) -> None:
    end = time.monotonic() + _PATIENCE
    while not (peers.workers_of(root) and accounting.titled(root, "practicum examiner")):
        if time.monotonic() > end:
            raise NotHereError("no worker or no examiner runs")
        time.sleep(0.05)


def _raise_file_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
