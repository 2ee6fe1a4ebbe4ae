"""What is done for one request besides serving it, each thing alone: counted by callgrind, and timed by its process.

A child process (``python -m benchmarks.isolated COLLECTOR``) does one thing so many times for each line it reads; its
parent runs one under callgrind and one without. Counted are two runs that differ only in how often the thing is done.

Counting is done in two ways, to hold them against each other: in our totals, which travel twice a second, and by
prometheus_client in its multiprocess mode. Both add the same six values under labels that were looked up before.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from benchmarks.collector import collecting
from benchmarks.instructions import NotCountableError
from benchmarks.stage import request
from proxy.config import settings
from proxy.examiner.tracing.otlp import open_sender
from proxy.examiner.tracing.served import served_spans
from proxy.examiner.tracing.traces import Traces
from proxy.handover import Counts, Record, frame
from proxy.telemetry.catalog import ATTEMPTS, DURATION, FIRST_TOKEN, HANDED, OVERHEAD, REQUESTS, Metric
from proxy.telemetry.logs import formatter
from proxy.telemetry.request_log import RequestLog
from proxy.telemetry.tally import Tally, key
from proxy.worker.endpoints import new_pair_id

Act = Callable[[], object]

BATCH = 256
"""Spans that are sent at once."""
COUNTERS = {REQUESTS: ("m", "chat_completions", "teacher", "ok"), ATTEMPTS: ("m", "teacher", "serve", "ok"),
            HANDED: ("accepted",)}  # fmt: skip
HISTOGRAMS = {DURATION: (("m", "teacher", "false"), 0.3), OVERHEAD: (("m", "teacher"), 0.0002),
              FIRST_TOKEN: (("m", "teacher", "false"), 0.2)}  # fmt: skip
"""What a worker adds to for one unary request that goes well, and what."""

_HEADER = 4  # bytes of a frame's length
_OUTCOMES = ("ok", "client_error", "upstream_error", "truncated", "client_gone", "rejected")
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Cost:
    """Of doing a thing once: machine instructions, and microseconds of CPU."""

    instructions: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that is done for a request. ``per`` is for how many at once; counted are ``few`` and ``many`` times."""

    make: Callable[[int], Act]
    per: int = 1
    few: int = 20
    many: int = 220
    timed: int = 1000


# What is done


def _in_our_totals(_: int) -> Act:
    tally = Tally()
    counters = [key(metric, *labels) for metric, labels in COUNTERS.items()]
    histograms = [(tally.histogram(metric, *labels), value) for metric, (labels, value) in HISTOGRAMS.items()]

    def act() -> None:
        for counter in counters:
            tally.increment(counter)
        for histogram, value in histograms:
            histogram.observe(value)

    return act


def _by_prometheus(_: int) -> Act:
    """In multiprocess mode: this process was started so."""
    import prometheus_client  # noqa: PLC0415 -- it looks at the environment when it is imported

    def child(made: type[prometheus_client.Counter] | type[prometheus_client.Histogram], metric: Metric) -> object:
        buckets = {"buckets": metric.buckets} if metric.buckets else {}
        labels = COUNTERS.get(metric) or HISTOGRAMS[metric][0]
        return made(metric.name, metric.help, metric.labels, registry=None, **buckets).labels(*labels)

    counters = [child(prometheus_client.Counter, metric) for metric in COUNTERS]
    histograms = [(child(prometheus_client.Histogram, metric), value) for metric, (_, value) in HISTOGRAMS.items()]

    def act() -> None:
        for counter in counters:
            counter.inc()  # type: ignore[attr-defined] # a child of the kind that was asked for
        for histogram, value in histograms:
            histogram.observe(value)  # type: ignore[attr-defined]

    return act


def _handed_over(_: int) -> Act:
    """A worker's totals, on their way: made a frame of, read, and added up by the examiner."""
    from proxy.handover import _decoder  # noqa: PLC0415 -- of the frame's own module, as ``frames`` has it

    worker = worked()

    def act() -> None:
        sent = frame(Counts(*worker.totals(), 0, "0123456789ab", config_ok=True))
        Tally().add(_decoder.decode(sent[_HEADER:]))

    return act


def worked() -> Tally:
    """The totals of a worker of one route that has seen every outcome on two endpoints."""
    tally = Tally()
    for outcome in _OUTCOMES:
        for endpoint in ("chat_completions", "messages"):
            tally.count(REQUESTS, "m", endpoint, "teacher", outcome)
        tally.count(ATTEMPTS, "m", "teacher", "serve", outcome)
    for outcome in ("accepted", "shed"):
        tally.count(HANDED, outcome)
    for stream in ("false", "true"):
        for metric in (DURATION, FIRST_TOKEN):
            tally.histogram(metric, "m", "teacher", stream).observe(0.2)
    tally.histogram(OVERHEAD, "m", "teacher").observe(0.0002)
    return tally


def _record() -> Record:
    return Record(
        pair=new_pair_id(), route="m", endpoint="chat_completions", path="/chat/completions", started=time.time(),
        request=request({}, stream=False).partition(b"\r\n\r\n")[2], arm="teacher", reason="weight_zero", status=200,
        content_type="application/json", encoding="", reply=_REPLY, failure="", outcome="ok", first_token=0.2,
        total=0.3, overhead=0.0002, gaps=[], asked=0.001,
    )  # fmt: skip


_REPLY = json.dumps(
    {
        "id": "chatcmpl-1",
        "model": "m",
        "choices": [{"index": 0, "message": {"content": "It leaves. " * 100}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 300, "completion_tokens": 200},
    }
).encode()
_UPSTREAM = settings.Upstream("http://127.0.0.1:9/v1", "m")
_ROUTE = settings.Route("m", ("*",), _UPSTREAM, _UPSTREAM)


def _line(share: float) -> Callable[[int], Act]:
    def make(_: int) -> Act:
        config, told = settings.Config({}, log=settings.Log(requests=share)), _record()
        log = logging.getLogger("practicum.requests")
        log.setLevel(logging.INFO)
        log.propagate = False
        if not log.handlers:
            handler = logging.StreamHandler(Path(os.devnull).open("w"))  # noqa: SIM115 -- it is for good
            handler.setFormatter(formatter("examiner", "json"))
            log.addHandler(handler)
        requests = RequestLog(lambda: config, Tally())
        return lambda: requests.took(told)

    return make


def _taken(share: float | None) -> Callable[[int], Act]:
    """A record, by the examiner's traces; what it builds is dropped, once as much waits as may."""

    def make(_: int) -> Act:
        tracing = settings.Tracing(None if share is None else "http://127.0.0.1:9", sample=share or 0.0)
        traces, told = Traces(tracing, {}, Tally()), _record()
        return lambda: traces.took(told, _ROUTE)

    return make


def _sent(collector: int) -> Act:
    sender = open_sender(settings.Tracing(f"http://127.0.0.1:{collector}"), "")
    spans = served_spans(_record(), _ROUTE, "sampled")
    batch = spans * (BATCH // len(spans))
    return lambda: sender.send(batch)


OURS, FRAME, PROMETHEUS = "in our totals", "a frame of totals", "prometheus_client"
NO_LINE, LINE = "a line of the log that is not drawn", "a line of the log"
UNTRACED, UNDRAWN, TRACED = "a record, nothing traced", "a record that is not drawn", "a record's two spans, built"
SENT = "two spans, encoded and sent"
THINGS: Mapping[str, Thing] = {
    OURS: Thing(_in_our_totals, timed=20_000),
    FRAME: Thing(_handed_over),
    PROMETHEUS: Thing(_by_prometheus, timed=20_000),
    NO_LINE: Thing(_line(0.0), timed=20_000),
    LINE: Thing(_line(100.0)),
    UNTRACED: Thing(_taken(None), timed=20_000),
    UNDRAWN: Thing(_taken(0.0), timed=20_000),
    TRACED: Thing(_taken(100.0)),
    SENT: Thing(_sent, per=BATCH // 2, few=1, many=5, timed=10),
}


# The child


def _serve(collector: int) -> None:
    """Do what is asked, line by line: its name, and how often. Answer with its nanoseconds of CPU."""
    made: dict[str, Act] = {}
    for line in sys.stdin:
        times, _, name = line.strip().partition(" ")
        act = made.get(name) or made.setdefault(name, THINGS[name].make(collector))
        sys.stdout.write(f"{_cpu(act, int(times))}\n")
        sys.stdout.flush()


def _cpu(act: Act, times: int) -> int:
    gc.collect()
    began = time.process_time_ns()
    for _ in range(times):
        act()
    return time.process_time_ns() - began


# The parent


@dataclass(frozen=True, slots=True)
class _Child:
    process: subprocess.Popen[str]
    asked: IO[str]
    answers: IO[str]
    out: Path

    def does(self, name: str, times: int) -> int:
        """Nanoseconds of CPU."""
        self.asked.write(f"{times} {name}\n")
        self.asked.flush()
        answer = self.answers.readline()
        if not answer:
            raise NotCountableError(f"the process that was to do {name!r} ended with {self.process.wait()}")
        return int(answer)

    def instructions(self, name: str, times: int) -> int:
        """As callgrind counts them, with all that belongs to doing it at all."""
        self._control("--instr=on")
        self.does(name, times)
        self._control("--instr=off")
        before = set(self.out.parent.glob("callgrind.*"))
        self._control("--dump")
        (dump,) = set(self.out.parent.glob("callgrind.*")) - before
        (total,) = [line.split()[1] for line in dump.read_text().splitlines() if line.startswith("totals:")]
        return int(total)

    def _control(self, option: str) -> None:
        command = ["callgrind_control", option, str(self.process.pid)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- as installed
        if done.returncode:
            raise NotCountableError(f"{' '.join(command)}: {done.stdout}{done.stderr}")


def measured() -> dict[str, Cost]:
    """What each of ``THINGS`` costs, for one request. Raises NotCountableError."""
    with tempfile.TemporaryDirectory() as name, collecting() as collector:
        with _child(Path(name), collector) as timed:
            cpu = {thing: _least(timed, thing) for thing in THINGS}
        with _child(Path(name), collector, under="callgrind") as counted:
            return {thing: Cost(_more(counted, thing), cpu[thing]) for thing in THINGS}


def _least(child: _Child, name: str) -> float:
    thing = THINGS[name]
    child.does(name, 1)
    return min(child.does(name, thing.timed) for _ in range(_TRIES)) / thing.timed / thing.per / 1e3


def _more(child: _Child, name: str) -> float:
    thing = THINGS[name]
    child.does(name, 2)
    less, more = (child.instructions(name, times) for times in (thing.few, thing.many))
    return (more - less) / (thing.many - thing.few) / thing.per


@contextmanager
def _child(folder: Path, collector: int, under: str = "") -> Iterator[_Child]:
    out = folder / "callgrind"
    multiprocess = folder / f"prometheus{under}"
    multiprocess.mkdir()
    tool = ["valgrind", "--quiet", f"--tool={under}", "--instr-atstart=no", f"--{under}-out-file={out}"]
    command = [*(tool if under else []), sys.executable, "-m", "benchmarks.isolated", str(collector)]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PROMETHEUS_MULTIPROC_DIR": str(multiprocess)}
    try:
        process = subprocess.Popen(  # noqa: S603 -- ourselves
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
    except FileNotFoundError as missing:
        raise NotCountableError("valgrind is not installed (Debian: the package valgrind)") from missing
    try:
        yield _Child(process, cast("IO[str]", process.stdin), cast("IO[str]", process.stdout), out)
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
