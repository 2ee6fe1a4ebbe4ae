"""What observability costs: ``python -m benchmarks.observability``, which rewrites ``observability.md``.

Two measures. *Instructions*, which no busy machine moves: of a worker for a request, under callgrind, by how it is
observed; and of each thing that is done for a request besides (``isolated``), among them counting in our totals and
with prometheus_client. *CPU per request* by the kernel's accounts, of the worker and of all processes, of
installations that run side by side and are asked in turns, with a collector that takes what comes: on a quiet machine
only, and refused on another. A ratio is to everything off in the same run; of CPU, of the least of all rounds, because
what others do on the machine only ever adds. Each section is kept until it is measured anew.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benchmarks import accounting, isolated
from benchmarks.collector import collecting
from benchmarks.instructions import NotCountableError, count_requests, interpreter
from benchmarks.isolated import Cost
from benchmarks.native import Load, Programs, Running, Upstream
from benchmarks.stage import free_port, page, request, stop

KEPT = Path(__file__).with_suffix(".md")
COUNTS = 2
"""How often a worker's instructions are counted, in turns: the least counts, because its clock only ever adds."""
CONNECTIONS = 8
BUSY = 0.15
"""The share of the cores' time beyond which CPU is not measured."""
RATE = 1000
"""Requests a second of a worker, for its share of what it does by the clock."""
_FRAMES = 2  # a second, in which totals are handed over
_LOOKS = 3.0  # seconds in which the machine is to be quiet
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

NOTHING = "nothing, not even metrics"


@dataclass(frozen=True, slots=True)
class Price:
    """Of one request: the worker's instructions, and what the examiner does more than with everything off."""

    worker: float
    examiner: Cost


def counted(costs: Mapping[str, Cost]) -> dict[str, Price]:
    """By how a worker is observed. The worker's at 5 % follow from those at 0 and at 100 %."""
    ways = {NOTHING: (ARMS[0], "benchmarks.without_metrics")} | {
        arm.name: (arm, _WORKER) for arm in ARMS if _whole(arm)
    }
    turns = [{name: count_requests(sections(arm, 1), way) for name, (arm, way) in ways.items()} for _ in range(COUNTS)]
    found = {name: min(turn[name] for turn in turns) for name in ways}
    counts, times = ({name: value(cost) for name, cost in costs.items()} for value in (_instructions, _cpu))
    more = {arm.name: Cost(_examiner(arm, counts), _examiner(arm, times)) for arm in ARMS}
    prices = {arm.name: Price(_worker(arm, found), more[arm.name]) for arm in ARMS}
    return {NOTHING: Price(found[NOTHING], Cost(0.0, 0.0))} | prices


_WORKER = "proxy.worker"
_DRAWN = 0.05  # of the arms at 5 %


def _whole(arm: Arm) -> bool:
    return arm.traces in {None, 0, 100} and arm.logs in {0, 100}


def _worker(arm: Arm, found: Mapping[str, float]) -> float:
    if arm.name in found:
        return found[arm.name]
    if arm.traces is None:  # which requests have a line a worker does not know
        return found[ARMS[0].name]
    none, every = (found[name] for name in ("traces at 0 %", "traces at 100 %"))
    return (1 - _DRAWN) * none + _DRAWN * every


def _instructions(cost: Cost) -> float:
    return cost.instructions


def _cpu(cost: Cost) -> float:
    return cost.cpu


def _examiner(arm: Arm, costs: Mapping[str, float]) -> float:
    """What it does more than with everything off, for which a line and a trace are not drawn either."""
    more = arm.logs / 100 * (costs[isolated.LINE] - costs[isolated.NO_LINE])
    if arm.traces is None:
        return more
    traces, drawn = arm.traces / 100, costs[isolated.TRACED] + costs[isolated.SENT]
    return more + (1 - traces) * costs[isolated.UNDRAWN] + traces * drawn - costs[isolated.UNTRACED]


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


WORKER, EVERYTHING = Plan(30, 100, 0.0), Plan(4, 400, _SETTLES)
Found = dict[str, list[float]]


def measured() -> tuple[Found, Found]:
    """Microseconds of CPU per request by arm, round by round: of the worker, and of all processes."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        programs = Programs.build(folder)
        upstream = Upstream(programs.upstream, free_port(), interval=0.0, chunks=1)
        stack.callback(upstream.stop)
        collector = stack.enter_context(collecting())
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


def busy(seconds: float = _LOOKS) -> float:
    """The share of all cores' time that was spent on something, in the seconds that this takes."""
    before = _times()
    time.sleep(seconds)
    spent, idle = (after - earlier for after, earlier in zip(_times(), before, strict=True))
    return spent / (spent + idle)


def _times() -> tuple[int, int]:
    """Ticks of all cores since the machine started: at work, and idle."""
    user, nice, system, idle, waiting, *others = (int(word) for word in Path("/proc/stat").read_text().split()[1:9])
    return user + nice + system + sum(others), idle + waiting


def refuse_noise() -> None:
    """Raises SystemExit where something else is going on."""
    share = busy()
    if share > BUSY:
        raise SystemExit(
            f"{share:.0%} of the cores' time went into something else in the last {_LOOKS:g} s: CPU is measured where "
            f"that is at most {BUSY:.0%}. Try again later, or count instructions alone: --only instructions"
        )


# The report

INSTRUCTIONS, COUNTING, BESIDES, CPU = (
    "Instructions per request",
    "Counting one request, in two ways",
    "What is done for one request besides serving it",
    "CPU per request",
)


def of_instructions(prices: Mapping[str, Price], costs: Mapping[str, Cost]) -> dict[str, str]:
    """The sections of what is counted, by their titles."""
    return {INSTRUCTIONS: _priced(prices), COUNTING: _two_ways(costs), BESIDES: _besides(costs)}


def of_cpu(worker: Found, everything: Found) -> dict[str, str]:
    """The section of CPU."""
    rows = []
    for arm in ARMS:
        cells = [cell for found in (worker, everything) for cell in (_spread(found[arm.name]), _ratio(found, arm))]
        rows.append((arm.name, *cells))
    heads = ("observed by", "worker, us", "ratio", "all processes, us", "ratio")
    return {CPU: f"{_ABOUT_CPU}\n\n{_table(heads, rows)}\n\n{_machine()}"}


def merged(before: str, found: Mapping[str, str]) -> str:
    """The page with these sections in place of those it had."""
    parts = re.split(r"^## (.+)\n+", before, flags=re.MULTILINE)
    known = {title: text.strip() for title, text in zip(parts[1::2], parts[2::2], strict=True)} | found
    body = "\n\n".join(
        f"## {title}\n\n{known[title]}" for title in (INSTRUCTIONS, COUNTING, BESIDES, CPU) if title in known
    )
    return f"# What observability costs\n\n`python -m benchmarks.observability` wrote this.\n\n{body}\n"


def _priced(prices: Mapping[str, Price]) -> str:
    off = prices[ARMS[0].name].worker
    rows = [
        (
            name,
            f"{one.worker:,.0f}",
            f"{one.worker / off:.4f}",
            f"{one.examiner.instructions:,.0f}",
            f"{one.examiner.cpu:.1f}",
        )
        for name, one in prices.items()
    ]
    heads = ("observed by", "worker", "ratio", "examiner, more", "its CPU, us")
    return f"{_ABOUT_INSTRUCTIONS}\n\n{_table(heads, rows)}\n\n{_machine()}"


def _two_ways(costs: Mapping[str, Cost]) -> str:
    ours, frame, theirs = (costs[name] for name in (isolated.OURS, isolated.FRAME, isolated.PROMETHEUS))
    each = _FRAMES / RATE
    share = Cost(frame.instructions * each, frame.cpu * each)
    whole = Cost(ours.instructions + share.instructions, ours.cpu + share.cpu)
    library = f"prometheus_client {version('prometheus-client')}, multiprocess mode"
    named = {
        "our totals": ours,
        f"their share of a handover, at {RATE:,} requests a second": share,
        "together": whole,
        library: theirs,
    }
    rows = [(name, f"{one.instructions:,.0f}", f"{one.cpu:.2f}") for name, one in named.items()]
    rows.append(("ratio", f"{theirs.instructions / whole.instructions:.1f}", f"{theirs.cpu / whole.cpu:.1f}"))
    even = _FRAMES * frame.instructions / (theirs.instructions - ours.instructions)
    about = (
        f"{len(isolated.COUNTERS)} counters and {len(isolated.HISTOGRAMS)} histograms, under labels that were looked "
        f"up before. Ours travel {_FRAMES} times a second whole: a frame costs {frame.instructions:,.0f} instructions, "
        f"from the worker's totals to the examiner's, of a worker of one route. They are the cheaper way from "
        f"{even:.0f} requests a second on."
    )
    return f"{about}\n\n{_table(('way', 'instructions', 'CPU, us'), rows)}\n\n{_machine()}"


def _besides(costs: Mapping[str, Cost]) -> str:
    shown = [name for name in costs if name not in {isolated.OURS, isolated.FRAME, isolated.PROMETHEUS}]
    rows = [(name, f"{costs[name].instructions:,.0f}", f"{costs[name].cpu:.1f}") for name in shown]
    about = f"By the examiner, from the record it gets in any case. Spans are sent in batches of {isolated.BATCH}."
    return f"{about}\n\n{_table(('what', 'instructions', 'CPU, us'), rows)}\n\n{_machine()}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" if line[0] != "---" else f"|{'|'.join(line)}|" for line in lines)


def _machine() -> str:
    return f"{interpreter()}; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}."


_ABOUT_INSTRUCTIONS = (
    "Unary, counted by callgrind: of the worker, which is what throughput hangs on, with all it does for a request; at "
    "5 % it is 0.95 and 0.05 of what it is at 0 and 100 %. The examiner, a process of its own, is shown with what it "
    "does more than with everything off, made of the table of single things below."
)

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
    parser.add_argument("--only", choices=("cpu", "instructions"), help="measure this, and leave the rest as it is")
    only = parser.parse_args().only
    found: dict[str, str] = {}
    if only != "instructions":
        refuse_noise()
        found |= of_cpu(*measured())
    if only != "cpu":
        try:
            costs = isolated.measured()
            found |= of_instructions(counted(costs), costs)
        except NotCountableError as missing:
            raise SystemExit(str(missing)) from missing
    KEPT.write_text(merged(KEPT.read_text(), found))
    sys.stdout.write(KEPT.read_text())


if __name__ == "__main__":
    main()
