"""The real ``practicum serve`` in a process of its own: started, watched, measured and stopped by tests.

It reads only what an operator can read: the ports, the metrics, the log, the process table. Its counterparts are
``upstream`` (what the proxy calls) and ``wire`` (what calls the proxy).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from tests.end_to_end.wire import Answer, Caller, Fields, request

T = TypeVar("T")
_SAMPLE = re.compile(r"practicum_(?P<name>\w+)(?:\{(?P<labels>.*?)\})? (?P<value>[^ ]+)")
_LABEL = re.compile(r'(\w+)="((?:\\.|[^"\\])*)"')
COMMAND = Path(sys.executable).with_name("practicum")
Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def until(condition: Callable[[], T], what: str, timeout: float = 10.0) -> T:
    """The first true value of ``condition``, asked every 50 ms; fails with ``what`` after ``timeout`` seconds."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, f"{what}: not within {timeout} s; last {value!r}"
        time.sleep(0.05)
    return value


def free_port() -> int:
    """A loopback port nobody listens on, below those that the kernel gives to outgoing connections and to port 0.

    One of theirs could be taken between now and the moment somebody listens on it.
    """
    while True:
        port = random.SystemRandom().randrange(12_000, 32_000)  # two processes of one test run do not meet
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


LIMITS = {"connect_timeout": "500ms", "first_token_timeout": "800ms", "stall_timeout": "900ms", "total_timeout": "2s"}
STUDENT_LIMITS = {"connect_timeout": "2s", "first_token_timeout": "1s", "stall_timeout": "1s", "total_timeout": "5s"}
Section = Mapping[str, object]


def route(
    teacher: str, student: str, mirror: Section | None = None, teacher_keys: Section | None = None
) -> dict[str, object]:
    """One route's section: time limits so short that faults show within a test; ``teacher_keys`` may say otherwise."""
    return {
        "teacher": {"base_url": teacher, **LIMITS, **(teacher_keys or {})},
        "student": {"base_url": student, "model": "student", **STUDENT_LIMITS},
        "mirror": {"percentage": 100, **(mirror or {})},
        "noise_floor": {"percentage": 0},
    }


class Practicum:
    """A served configuration; use it as a context manager. ``workers`` 0 runs everything in one process.

    ``sent`` counts the requests that its own callers sent, for the check that each was counted once.
    """

    def __init__(
        self,
        folder: Path,
        routes: Mapping[str, Section],
        workers: int = 1,
        *,
        listen: Section | None = None,
        admin: Section | None = None,
        environ: Mapping[str, str] | None = None,
        database: str = "",
    ) -> None:
        self.folder = folder
        self.config = folder / "practicum.yaml"
        self.workers = workers
        self.log: list[str] = []
        self.sent = 0
        self._lock = threading.Lock()
        self._environ = {**os.environ, **(environ or {})}
        self._address = ("127.0.0.1", free_port())
        self._admin = ("127.0.0.1", free_port())
        self._listen = {"host": "127.0.0.1", "port": self._address[1], "drain": "5s", **(listen or {})}
        self._admin_keys = {"host": "127.0.0.1", "port": self._admin[1], **(admin or {})}
        self._database = database or f"sqlite:///{folder / 'practicum.db'}"
        self._start: Samples = {}
        self.write(routes)

    @property
    def address(self) -> tuple[str, int]:
        """The data port."""
        return self._address

    @property
    def url(self) -> str:
        """The data port, as services know it (without ``/v1``)."""
        return f"http://127.0.0.1:{self._address[1]}"

    @property
    def admin(self) -> str:
        """The admin port."""
        return f"http://127.0.0.1:{self._admin[1]}"

    def text(self, routes: Mapping[str, Section]) -> str:
        """A configuration file with these routes; each takes the model of its own name unless it says otherwise."""
        named = {name: {"models": [name], **section} for name, section in routes.items()}
        whole = {"listen": self._listen, "admin": self._admin_keys, "database": self._database, "routes": named}
        return json.dumps(whole, indent=1)

    def write(self, routes: Mapping[str, Section]) -> None:
        """Replace the configuration file, in one step."""
        fresh = self.config.with_suffix(".new")
        fresh.write_text(self.text(routes))
        fresh.replace(self.config)

    def run_to_end(self) -> tuple[int, str]:
        """Start a configuration that is to be refused: the exit code and everything it said."""
        done = subprocess.run(
            self._command(), cwd=self.folder, env=self._environ, capture_output=True, text=True, timeout=20, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command(),
            cwd=self.folder,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        until(self._ready, "practicum serve is ready", 20)
        self.mark()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code = 0 if self.process.poll() is not None else self.stop()
        assert self.process.stdout is not None
        self._reader.join(5)
        self.process.stdout.close()
        assert kind is not None or code == 0, f"exit code {code} after SIGTERM:\n{''.join(self.log)}"

    def stop(self, timeout: float = 20.0) -> int:
        """SIGTERM, then the exit code. Kills the whole session and fails where it does not end in time."""
        self.process.terminate()
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise AssertionError(f"practicum serve ignored SIGTERM for {timeout} s:\n{''.join(self.log)}") from None
        self._reader.join(5)
        return code

    def _command(self) -> list[str]:
        return [str(COMMAND), "serve", "--config", str(self.config), "--workers", str(self.workers)]

    def _read_log(self) -> None:
        assert self.process.stdout is not None
        self.log.extend(self.process.stdout)

    def _ready(self) -> bool:
        assert self.process.poll() is None, (
            f"practicum serve ended with {self.process.returncode}:\n{''.join(self.log)}"
        )
        return self.probe("/readyz") == 200

    def probe(self, path: str, token: str = "") -> int:
        """The status of a path of the admin port; 0 where nobody answers."""
        try:
            return self.ask_admin(path, (("authorization", f"Bearer {token}"),) if token else ()).status
        except OSError:
            return 0

    def ask_admin(self, path: str, headers: Fields = ()) -> Answer:
        """What a path of the admin port answers."""
        with Caller(self._admin) as caller:
            caller.send(request("GET", path, None, (("host", "localhost"), *headers)))
            return caller.answer()

    # What it serves

    def connect(self, timeout: float = 15.0) -> Caller:
        """A connection to the data port."""
        return Caller(self._address, timeout)

    def call(self, target: str, body: bytes | None = None, headers: Fields = (), method: str = "") -> Answer:
        """One request on a connection of its own, and its whole answer."""
        verb = method or ("GET" if body is None else "POST")
        with self.connect() as caller:
            self.begin(caller, target, body, headers, verb)
            return caller.answer(bodiless=verb == "HEAD")

    def begin(
        self, caller: Caller, target: str, body: bytes | None, headers: Fields = (), method: str = "POST"
    ) -> None:
        """Send one request, and leave the answer to be read."""
        self.note()
        caller.send(request(method, target, body, headers))

    def note(self, _request: object = None) -> None:
        """One more request was sent. Any thread may call it, or an HTTP client's hook."""
        with self._lock:
            self.sent += 1

    # What it counts

    def samples(self) -> Samples:
        """Every sample of the metrics now but those of histograms' buckets, by name without the prefix, and labels."""
        lines = self.ask_admin("/metrics").body.decode().splitlines()
        found = (_SAMPLE.match(line) for line in lines if "_bucket{" not in line)
        return {(m["name"], frozenset(_LABEL.findall(m["labels"] or ""))): float(m["value"]) for m in found if m}

    def total(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that carry these labels."""
        return _sum(self.samples(), name, labels)

    def mark(self) -> None:
        """Count growth, and requests sent, from here."""
        self._start = self.samples()
        self.sent = 0

    def grown(self, name: str, **labels: str) -> float:
        """How much ``total`` grew since the mark."""
        return self.total(name, **labels) - _sum(self._start, name, labels)

    def counts(self, by: float, name: str, **labels: str) -> None:
        """Wait until a metric grew by this much since the mark; fail if it grew by more."""
        until(
            lambda: self.grown(name, **labels) >= by, f"{name}{labels} grows by {by}, now {self.grown(name, **labels)}"
        )
        assert self.grown(name, **labels) == by, f"{name}{labels}"

    def settle(self, timeout: float = 15.0) -> None:
        """Wait until nothing is in flight, each request sent is counted once, and each sampled one has one outcome."""
        until(lambda: self.total("requests_in_flight") == 0, "no request is in flight", timeout)
        self.counts(self.sent, "requests_total")
        until(self._mirror_settled, "each sampled request has an outcome", timeout)

    def _mirror_settled(self) -> bool:
        samples = self.samples()
        sampled, outcomes = (_sum(samples, name, {}) for name in ("mirror_sampled_total", "mirror_pairs_total"))
        assert outcomes <= sampled, f"{outcomes} outcomes of {sampled} sampled requests"
        return sampled == outcomes

    # Its processes

    def pids(self, role: str) -> list[int]:
        """The living processes of this instance that call themselves ``practicum ROLE``."""
        session = self.process.pid
        return sorted(
            pid for pid, line in _command_lines() if f"practicum {role}" in line and _session_of(pid) == session
        )


def _sum(samples: Samples, name: str, labels: Mapping[str, str]) -> float:
    wanted = frozenset(labels.items())
    return sum(value for (sample, found), value in samples.items() if sample == name and wanted <= found)


def _command_lines() -> Iterator[tuple[int, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                yield int(entry.name), (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue  # it ended while we looked


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return -1
