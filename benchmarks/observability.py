"""What observability costs: ``python -m benchmarks.observability``, which rewrites ``observability.md``.

Three measures. *Instructions per request* of a worker, counted by callgrind with and without metrics, and with traces
off, at no share and at all; the cost of 5 % follows from the last two. *CPU of one
line, and of one request's spans*, in this process. And *CPU per request* by the kernel's accounts,
of the worker and of all processes, of installations that run side by side and are asked in turns, with a collector that
takes what comes. A figure is a ratio to everything off in the same run; of CPU, of the least of all rounds, because
what others do on the machine only ever adds. Logs and spans are the examiner's work: the worker's column is to show
that they cost it nothing, and all processes' has what they do cost.
"""

from __future__ import annotations

import argparse
import http.server
import json
import logging
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import accounting
from benchmarks.instructions import NotCountableError, count_requests, interpreter
from benchmarks.native import Load, Programs, Running, Upstream
from benchmarks.stage import free_port, page, request, stop
from proxy.config import settings
from proxy.examiner.tracing.otlp import open_sender
from proxy.examiner.tracing.served import served_spans
from proxy.handover import Record
from proxy.telemetry.logs import formatter
from proxy.telemetry.request_log import RequestLog
from proxy.worker.endpoints import new_pair_id

KEPT = Path(__file__).with_suffix(".md")
COUNTS = 2
"""How often instructions are counted, in turns: the least counts, because the worker's clock only ever adds."""
CONNECTIONS = 8
_SETTLES = 1.8  # seconds in which what was handed over is logged, built and sent
_PATIENCE = 60.0
Sections = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to be observed: sections of a configuration, less the collector's address."""

    name: str
    traces: float | None
    logs: float


ARMS = (
    Arm("all off (metrics alone)", None, 0),
    Arm("traces at 0 %", 0, 0),
    Arm("traces at 5 %", 5, 0),
    Arm("traces at 100 %", 100, 0),
    Arm("logs at 5 %", None, 5),
    Arm("logs at 100 %", None, 100),
    Arm("traces and logs at 5 %", 5, 5),
)


def sections(arm: Arm, collector: int) -> Sections:
    """The arm's part of a configuration."""
    tracing = {"otlp_endpoint": f"http://127.0.0.1:{collector}", "protocol": "http", "sample": arm.traces}
    return {"log": {"requests": arm.logs, "format": "json"}} | ({} if arm.traces is None else {"tracing": tracing})


# Instructions


def counted() -> dict[str, float]:
    """Instructions per request of a worker, by how it is observed."""
    off, none_drawn, all_drawn = (sections(ARMS[number], 1) for number in (0, 1, 3))
    ways: dict[str, tuple[Sections, str]] = {
        "nothing, not even metrics": (off, "benchmarks.without_metrics"),
        ARMS[0].name: (off, "proxy.worker"),
        ARMS[1].name: (none_drawn, "proxy.worker"),
        ARMS[3].name: (all_drawn, "proxy.worker"),
    }
    turns = [{name: count_requests(*way) for name, way in ways.items()} for _ in range(COUNTS)]
    found: dict[str, float] = {name: min(turn[name] for turn in turns) for name in ways}
    none, every = found[ARMS[1].name], found[ARMS[3].name]
    return found | {"traces at 5 % (0.95 and 0.05 of the two above)": 0.95 * none + 0.05 * every}


# What the examiner does for one request


def alone() -> dict[str, float]:
    """Microseconds of CPU for one request of two spans, the least of five tries, in this process."""
    record = Record(
        pair=new_pair_id(), route="m", endpoint="chat_completions", path="/chat/completions", started=time.time(),
        request=request({}, stream=False).partition(b"\r\n\r\n")[2], arm="teacher", reason="weight_zero", status=200,
        content_type="application/json", encoding="", reply=_REPLY, failure="", outcome="ok", first_token=0.2,
        total=0.3, overhead=0.0002, gaps=[], asked=0.001,
    )  # fmt: skip
    upstream = settings.Upstream("http://127.0.0.1:9/v1", "m")
    route = settings.Route("m", ("*",), upstream, upstream)
    silent, talking = (_RequestLog(share) for share in (0.0, 100.0))
    spans = served_spans(record, route, "sampled")
    with _collector() as port:
        _await_listening(port)
        sender = open_sender(settings.Tracing(f"http://127.0.0.1:{port}"), "")
        found = {
            "a line of the log that is not drawn": _least(lambda: silent.took(record), 1000),
            "a line of the log": _least(lambda: talking.took(record), 1000),
            "two spans, built": _least(lambda: served_spans(record, route, "sampled"), 1000),
            "two spans, encoded and sent, in batches of 256": _least(lambda: sender.send(spans * 128), 10) / 128,
        }
        sender.close()
    return found


_REPLY = json.dumps(
    {
        "id": "chatcmpl-1",
        "model": "m",
        "choices": [{"index": 0, "message": {"content": "It leaves. " * 100}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 200},
    }
).encode()


class _RequestLog(RequestLog):
    """One that draws this share, and writes JSON to nowhere."""

    def __init__(self, share: float) -> None:
        config = settings.Config({}, log=settings.Log(requests=share))
        super().__init__(lambda: config)
        log = logging.getLogger("practicum.requests")
        log.setLevel(logging.INFO)
        log.propagate = False
        if not log.handlers:
            handler = logging.StreamHandler(Path(os.devnull).open("w"))  # noqa: SIM115 -- it is for good
            handler.setFormatter(formatter("examiner", "json"))
            log.addHandler(handler)


def _least(act: Callable[[], object], times: int) -> float:
    """Microseconds of this process for one ``act``."""
    tries = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(times):
            act()
        tries.append((time.process_time() - began) / times * 1e6)
    return min(tries)


# CPU


@dataclass(frozen=True, slots=True)
class Installation:
    """One arm that runs."""

    arm: Arm
    port: int
    root: int

    def cpu(self) -> tuple[int, int]:
        """Nanoseconds so far: of its worker, and of all its processes."""
        worker = accounting.titled(self.root, "practicum worker")
        return accounting.cpu_ns(worker), accounting.cpu_ns(accounting.tree(self.root))


@dataclass(frozen=True, slots=True)
class Plan:
    """So many rounds of so many requests on each connection, and how long to wait until what follows them is done."""

    rounds: int
    each: int
    settles: float


WORKER, EVERYTHING = Plan(30, 100, 0.0), Plan(6, 400, _SETTLES)
Found = dict[str, list[float]]


def measured() -> tuple[Found, Found]:
    """Microseconds of CPU per request by arm, round by round: of the worker, and of all processes."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        programs = Programs.build(folder)
        upstream = Upstream(programs.upstream, free_port(), interval=0.0, chunks=1)
        stack.callback(upstream.stop)
        collector = stack.enter_context(_collector())
        running = [stack.enter_context(_serving(folder, arm, upstream.port, collector)) for arm in ARMS]
        asked = folder / "request"
        asked.write_bytes(request({}, stream=False))
        worker, _ = _in_turns(running, WORKER, programs.load, asked)
        _, everything = _in_turns(running, EVERYTHING, programs.load, asked)
        return worker, everything


def _in_turns(running: Sequence[Installation], plan: Plan, load: Path, asked: Path) -> tuple[Found, Found]:
    found: tuple[Found, Found] = {arm.name: [] for arm in ARMS}, {arm.name: [] for arm in ARMS}
    for number in range(plan.rounds + 1):
        first = number % len(running)
        for one in (*running[first:], *running[:first]):
            spent = _round(one, plan, load, asked)
            if number:  # the first warms up
                for kept, cpu in zip(found, spent, strict=True):
                    kept[one.arm.name].append(cpu)
    return found


def _round(one: Installation, plan: Plan, load: Path, asked: Path) -> tuple[float, float]:
    before = one.cpu()
    outcome = Running(load, one.port, asked, Load(CONNECTIONS, each=plan.each)).outcome()
    time.sleep(plan.settles)
    worker, everything = (after - earlier for after, earlier in zip(one.cpu(), before, strict=True))
    return worker / outcome.completed / 1e3, everything / outcome.completed / 1e3


@contextmanager
def _serving(folder: Path, arm: Arm, upstream: int, collector: int) -> Iterator[Installation]:
    data, admin = free_port(), free_port()
    url = f"http://127.0.0.1:{upstream}/v1"
    # One in a hundred is mirrored, so that records carry bodies and comparing does not hide what is measured.
    route = {
        "models": ["*"],
        "teacher": {"base_url": url},
        "student": {"base_url": url, "model": "s"},
        "mirror": {"percentage": 1},
        "noise_floor": {"percentage": 0},
    }
    own = folder / str(data)
    own.mkdir()
    config = {"listen": {"host": "127.0.0.1", "port": data}, "admin": {"port": admin}, "routes": {"m": route}}
    whole = {**config, "database": f"sqlite:///{own}/pairs.db", **sections(arm, collector)}
    (own / "practicum.yaml").write_text(json.dumps(whole))
    command = [sys.executable, "-m", "proxy", "serve", "--config", str(own / "practicum.yaml"), "--workers", "1"]
    with (own / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603 -- our own
        try:
            _await_ready(admin)
            yield Installation(arm, data, process.pid)
        finally:
            stop(process)


def _await_ready(admin: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            if page(admin, "/readyz")[0] == 200:  # noqa: PLR2004 -- ready
                return
        except OSError:
            pass  # it does not listen yet
        time.sleep(0.1)
    raise SystemExit("practicum serve was not ready in time")


def _await_listening(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the collector did not listen in time")


@contextmanager
def _collector() -> Iterator[int]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.observability", "--collector", str(port)]
    process = subprocess.Popen(command)  # noqa: S603 -- ourselves
    try:
        yield port
    finally:
        process.terminate()
        process.wait()


class _Sink(http.server.BaseHTTPRequestHandler):
    """Takes spans, and forgets them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


# The report


def report(instructions: Mapping[str, float], examiner: Mapping[str, float], worker: Found, everything: Found) -> str:
    """All three tables."""
    lines = ["# What observability costs", "", "`python -m benchmarks.observability` wrote this.", ""]
    lines += [f"{interpreter()}; {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}.", ""]
    lines += ["## Instructions of the worker per request", "", "Unary, counted by callgrind.", ""]
    lines += ["| observed by | instructions | ratio |", "|---|---|---|"]
    off = instructions.get(ARMS[0].name, 1.0)
    lines += [f"| {name} | {count:,.0f} | {count / off:.4f} |" for name, count in instructions.items()]
    lines += ["", "## What the examiner does for one request", "", "| what | CPU, us |", "|---|---|"]
    lines += [f"| {what} | {cost:.1f} |" for what, cost in examiner.items()]
    lines += ["", "## CPU per request", "", _ABOUT_CPU, ""]
    lines += ["| observed by | worker, us | ratio | all processes, us | ratio |", "|---|---|---|---|---|"]
    for arm in ARMS:
        cells = [cell for found in (worker, everything) for cell in (_spread(found[arm.name]), _ratio(found, arm))]
        lines.append(f"| {' | '.join((arm.name, *cells))} |")
    return "\n".join(lines) + "\n"


_ABOUT_CPU = (
    f"Unary, {CONNECTIONS} connections, all arms in turn, by the kernel's accounts: the least of rounds (and their "
    f"median). The worker in {WORKER.rounds} rounds of {CONNECTIONS * WORKER.each} requests; all processes in "
    f"{EVERYTHING.rounds} of {CONNECTIONS * EVERYTHING.each}, with what the examiner does afterwards, and what every "
    "process does by the clock meanwhile. One request in a hundred is mirrored."
)


def _spread(values: Sequence[float]) -> str:
    return f"{min(values):.0f} ({statistics.median(values):.0f})"


def _ratio(found: Found, arm: Arm) -> str:
    return f"{min(found[arm.name]) / min(found[ARMS[0].name]):.3f}"


def main() -> None:
    """Measure, and keep what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.observability", description=__doc__)
    parser.add_argument("--no-instructions", action="store_true", help="CPU alone, printed and not kept")
    parser.add_argument("--collector", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.collector:
        http.server.ThreadingHTTPServer(("127.0.0.1", arguments.collector), _Sink).serve_forever()
    try:
        instructions = {} if arguments.no_instructions else counted()
    except NotCountableError as missing:
        raise SystemExit(str(missing)) from missing
    text = report(instructions, alone(), *measured())
    sys.stdout.write(text)
    if instructions:
        KEPT.write_text(text)


if __name__ == "__main__":
    main()
