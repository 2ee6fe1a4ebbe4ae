"""What is measured, one function a scenario: each takes a bench and leaves samples in it.

Requests are 1.5 kB, replies 1.2 kB, streams 64 events of which one comes every 20 ms. An arm named ``+m`` copies every
request to a second upstream; Practicum's also compares and stores the pair, in another process on the other core.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import accounting, peers, shadow
from benchmarks.bench import Bench, Figures
from benchmarks.machine import pinned
from benchmarks.native import Load
from benchmarks.peers import PRACTICUM, Peer
from benchmarks.stage import Arm, Stage, free_port, measure, page, seen_by_clients, stop

_SERIES = re.compile(r"^(practicum_\w+)(?:\{([^}]*)\})? ([0-9.e+-]+)", re.MULTILINE)
_OPEN = 2000
_OK = 200
_REFUSED_AFTER = 60.0  # seconds that counts may take to agree


@dataclass(frozen=True, slots=True)
class Scenario:
    """A name for the command line, what the report says of it, how it is run, and the arm that ratios are against."""

    name: str
    says: str
    run: Callable[[Bench], None]
    base: str
    figures: tuple[tuple[str, str], ...]  # as sampled, as shown


def unary(bench: Bench) -> None:
    """Whole replies at 32 connections, as fast as they come."""
    load = Load(32, warmup=0.3, seconds=2.0)
    bench.interleave("unary", bench.arms(plain=True, mirrored=True), lambda arm: measure(bench.stage, arm, load))


def streams(bench: Bench) -> None:
    """32 paced streams at once, begun over 20 ms so that they do not march in step."""
    arms = bench.arms(plain=True, mirrored=True)
    for arm in arms:
        measure(bench.stage, arm, Load(8, each=1, rate=400), stream=True)  # warm-up
    load = Load(32, each=2, rate=1600)
    bench.interleave("streams", arms, lambda arm: measure(bench.stage, arm, load, stream=True))


def latency(bench: Bench) -> None:
    """One connection: what each proxy adds to a direct call.

    Paced, so that an examiner has done with a pair before the next request comes: else, on two cores, the load would
    wait for it, and be taken for the proxy.
    """
    arms = [bench.stage.direct(), *bench.arms(plain=True, mirrored=True)]
    load = Load(1, warmup=0.2, seconds=1.6, rate=150)
    bench.interleave("latency", arms, lambda arm: measure(bench.stage, arm, load))


def first_token(bench: Bench) -> None:
    """Up to 256 paced streams at once, begun evenly over the length of one."""
    arms = [bench.stage.direct(), *bench.arms(plain=False, mirrored=True, slow=False)]
    load = Load(256, each=2, rate=200)
    bench.interleave("first-token", arms, lambda arm: measure(bench.stage, arm, load, stream=True))


def growth(bench: Bench) -> None:
    """The cost of a request from one connection to a thousand."""
    arms = bench.arms(plain=False, mirrored=True, slow=False)
    for connections in (1, 32, 1000):
        load = Load(connections, warmup=1.0, seconds=2.0)
        name = f"growth-{connections}"
        bench.interleave(name, arms, lambda arm, load=load: measure(bench.stage, arm, load), rounds=bench.fewer)  # type: ignore[misc]


def hung(bench: Bench) -> None:
    """A student that hangs while requests come: SIGSTOP in the midst. Every proxy is fresh each time."""
    for number in bench.few():
        for peer in bench.peers(slow=False):
            if peer.mirrors:
                bench.take("hung", f"{peer.name}+m", number, lambda peer=peer: _hang(bench, peer))  # type: ignore[misc]


def _hang(bench: Bench, peer: Peer) -> Figures:
    with bench.stage.running(peer, mirror=True) as arm:
        healthy = seen_by_clients(bench.stage.load(arm, Load(32, warmup=1.0, seconds=3.0)).outcome())
        before = accounting.memory_kib(arm.serving)
        bench.stage.student.hang()
        try:
            outcome = bench.stage.load(arm, Load(32, seconds=5.0)).outcome(faultless=False)
            grown = (accounting.memory_kib(arm.serving) - before) / 1024
        finally:
            bench.stage.student.wake()
        figures = {
            "kept": outcome.in_time / outcome.seconds / healthy["per_second"],
            "grown_mib": grown,
            "healthy_per_second": healthy["per_second"],
            "hung_per_second": outcome.in_time / outcome.seconds,
            "healthy_p99_us": healthy["p99_us"],
            "hung_p99_us": outcome.p99_us,
            "unanswered": float(outcome.unanswered + outcome.errors),
        }
        if peer is PRACTICUM:
            figures |= _account(arm)
        return figures


def _account(arm: Arm) -> Figures:
    """Wait until every record has its outcome: requests served, less records handed and shed, must come to nothing."""
    end = time.monotonic() + _REFUSED_AFTER
    while True:
        counts = Counts.of(arm)
        if counts.unaccounted == 0 or time.monotonic() > end:
            return {"shed": counts.shed, "unaccounted": counts.unaccounted}
        time.sleep(0.5)


@dataclass(frozen=True, slots=True)
class Counts:
    """What Practicum's metrics say became of its requests."""

    served: float
    handed: float
    shed: float
    sampled: float
    concluded: float
    compared: float

    @classmethod
    def of(cls, arm: Arm) -> Counts:
        """As they stand."""
        totals: dict[tuple[str, str], float] = {}
        for name, labels, value in _SERIES.findall(page(arm.admin, "/metrics")[1]):
            outcome = re.search(r'outcome="(\w+)"', labels)
            key = (name, outcome[1] if outcome else "")
            totals[key] = totals.get(key, 0.0) + float(value)
        pairs = {outcome: n for (name, outcome), n in totals.items() if name == "practicum_mirror_pairs_total"}
        handed = totals.get(("practicum_records_handed_total", "accepted"), 0.0)
        shed = totals.get(("practicum_records_handed_total", "shed"), 0.0)
        served = sum(n for (name, _), n in totals.items() if name == "practicum_requests_total")
        sampled = totals.get(("practicum_mirror_sampled_total", ""), 0.0)
        return cls(
            served,
            handed + shed,
            shed + pairs.get("shed", 0.0),
            sampled,
            sum(pairs.values()),
            pairs.get("compared", 0.0),
        )

    @property
    def unaccounted(self) -> float:
        """Requests without a record handed or shed, and sampled records without an outcome."""
        return abs(self.served - self.handed) + abs(self.sampled - self.concluded)


def pairs(bench: Bench) -> None:
    """All CPU of Practicum per request that is mirrored, compared and stored, at a rate the examiner keeps up with."""
    for number in bench.few():
        bench.take("pairs", "practicum+m", number, lambda: _cost_of_pairs(bench))


def _cost_of_pairs(bench: Bench) -> Figures:
    with bench.stage.running(PRACTICUM, mirror=True) as arm:
        bench.stage.load(arm, Load(8, seconds=1.0, rate=50)).outcome()  # warm-up
        _account(arm)
        everyone = {"worker": list(arm.serving), "examiner": accounting.titled(arm.root, "practicum examiner")}
        everyone["supervisor"] = [arm.root]
        before = {who: accounting.cpu_ns(pids) for who, pids in everyone.items()}
        compared = Counts.of(arm).compared
        bench.stage.load(arm, Load(8, seconds=4.0, rate=100)).outcome()
        _account(arm)
        compared = Counts.of(arm).compared - compared
        figures = {
            f"{who}_us": (accounting.cpu_ns(pids) - before[who]) / 1e3 / compared for who, pids in everyone.items()
        }
        return {**figures, "all_us": sum(figures.values()), "compared": compared}


def memory(bench: Bench) -> None:
    """2 000 streams that have begun and go on no further, in fresh proxies."""
    with Stage(bench.stage.cores, interval=600.0) as stage:
        for number in bench.few():
            for peer in bench.peers(slow=False):
                mirror = peer.mirrors
                bench.take(
                    "memory", f"{peer.name}+m" if mirror else peer.name, number, lambda peer=peer: _hold(stage, peer)
                )  # type: ignore[misc]


def _hold(stage: Stage, peer: Peer) -> Figures:
    with stage.running(peer, mirror=peer.mirrors) as arm:
        measure(stage, arm, Load(32, seconds=0.5))  # warm-up
        before = accounting.memory_kib(arm.serving)
        with stage.holding(arm, _OPEN):
            held = accounting.memory_kib(arm.serving)
        return {"per_stream_kb": (held - before) * 1.024 / _OPEN, "before_mib": before / 1024, "held_mib": held / 1024}


def workers(bench: Bench) -> None:
    """One worker on one core, two on two, at a rate that neither is full at, and as fast as they can."""
    stage = bench.stage
    with (
        stage.running(PRACTICUM, mirror=False) as one,
        stage.running(PRACTICUM, mirror=False, workers=2, cores=stage.every_core) as two,
    ):
        full = measure(stage, one, Load(64, warmup=0.5, seconds=2.0))["per_second"]
        for number in bench.few():
            for arm, name in ((one, "one worker"), (two, "two workers")):
                bench.take("workers", name, number, lambda arm=arm: _share(bench, arm, full * 0.4))  # type: ignore[misc]


def _share(bench: Bench, arm: Arm, rate: float) -> Figures:
    """The most that these workers could serve is bounded by the busiest of them."""
    before = {pid: accounting.cpu_ns([pid]) for pid in arm.serving}
    completed = bench.stage.load(arm, Load(64, seconds=3.0, rate=rate)).outcome().completed
    used = [(accounting.cpu_ns([pid]) - ns) / 1e9 for pid, ns in before.items()]
    flat_out = measure(bench.stage, arm, Load(64, warmup=0.3, seconds=2.0))
    return {
        "capacity": completed / max(used),
        "cpu_us": sum(used) * 1e6 / completed,
        "busiest_share": max(used) / sum(used),
        "per_second": flat_out["per_second"],
    }


def start(bench: Bench) -> None:
    """From the command to the first reply, and what importing the worker takes."""
    for number in bench.few():
        bench.take("start", "practicum", number, lambda: {**_start_cold(bench), **_import()})


def _start_cold(bench: Bench) -> Figures:
    stage = bench.stage
    port, admin = free_port(), free_port()
    place = peers.Place(stage.folder, port, admin, stage.teacher.port, stage.student.port, mirror=True)
    launch = PRACTICUM.launch(place)
    with (stage.folder / "start.log").open("wb") as out, pinned(stage.every_core):
        began = time.monotonic()
        process = subprocess.Popen(launch.command, stdout=out, stderr=out, env=peers.environment(launch))  # noqa: S603
    try:
        while not _ready(admin):
            time.sleep(0.005)
        return {"ready_s": time.monotonic() - began}
    finally:
        stop(process)


def _ready(admin: int) -> bool:
    try:
        return page(admin, "/readyz")[0] == _OK
    except OSError:
        return False


_IMPORT = "import time; t = time.perf_counter(); import proxy.worker.__main__; print(time.perf_counter() - t)"


def _import() -> Figures:
    command = [sys.executable, "-c", _IMPORT]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=peers.REPOSITORY)  # noqa: S603
    return {"import_s": float(done.stdout)}


_COST = (("cpu_us", "CPU µs of the worker"), ("cpu_all_us", "CPU µs of all processes"))
_SEEN = (("per_second", "a second"), ("p50_us", "p50 µs"), ("p99_us", "p99 µs"))
_FIRST = (("first_p50_us", "first chunk p50 µs"), ("first_p99_us", "p99 µs"))
_MEMORY = (("memory_mib", "memory MiB"),)
_PIECES = (("pieces", "reads per chunk"),)

SCENARIOS = (
    Scenario("unary", "Whole replies, 32 connections, per request", unary, "nginx+m", (*_COST, *_SEEN, *_MEMORY)),
    Scenario(
        "streams",
        "32 streams, a chunk every 20 ms, per chunk",
        streams,
        "nginx+m",
        (*_COST, *_PIECES, *_FIRST, *_MEMORY),
    ),
    Scenario("latency", "Whole replies, one connection, 150 a second", latency, "direct", (*_SEEN[1:], _COST[0])),
    Scenario("first-token", "256 paced streams", first_token, "direct", (*_FIRST, _COST[0], *_PIECES)),
    Scenario(
        "hung",
        "The student hangs (SIGSTOP) under 32 connections",
        hung,
        "nginx+m",
        (
            ("kept", "throughput kept"),
            ("grown_mib", "worker grew by MiB"),
            ("hung_p99_us", "p99 µs while it hangs"),
            ("unanswered", "unanswered"),
            ("shed", "shed"),
            ("unaccounted", "unaccounted for"),
        ),
    ),
    Scenario("memory", "2 000 idle open streams", memory, "nginx+m", (("per_stream_kb", "kB a stream"),)),
    Scenario(
        "pairs",
        "Every request mirrored, compared and stored: CPU µs per pair",
        pairs,
        "practicum+m",
        (
            ("worker_us", "worker"),
            ("examiner_us", "examiner with store"),
            ("supervisor_us", "supervisor"),
            ("all_us", "all"),
        ),
    ),
    Scenario(
        "examiner",
        "An examiner on one core: all behaviors, replies of 2 kB, every pair kept",
        shadow.examiner,
        "practicum",
        (
            ("pairs_per_cpu_second", "pairs a second of CPU"),
            ("main_us", "CPU µs per pair, main thread"),
            ("others_us", "store's thread"),
            ("pairs_per_second", "pairs a second"),
        ),
    ),
    Scenario(
        "evidence",
        "Storing pairs beside the evidence of so many routes, 352 cells each",
        shadow.evidence,
        "10 routes",
        (("store_us", "CPU µs per pair"),),
    ),
    Scenario(
        "workers",
        "One worker and two, shadow off, 64 connections",
        workers,
        "one worker",
        (
            ("capacity", "requests per CPU second of the busiest worker"),
            ("busiest_share", "its share"),
            ("cpu_us", "CPU µs per request"),
            ("per_second", "a second, flat out beside the load"),
        ),
    ),
    Scenario(
        "start",
        "Cold start",
        start,
        "practicum",
        (("ready_s", "seconds to ready"), ("import_s", "import of the worker")),
    ),
    *(
        Scenario(f"growth-{n}", f"Whole replies, {n} connections", growth, "nginx+m", (_COST[0], *_SEEN))
        for n in (1, 32, 1000)
    ),
)
