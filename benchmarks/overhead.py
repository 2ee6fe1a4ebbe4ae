"""What Practicum adds to a stream: its own overhead histogram, and what a client sees, mirror on and off.

All on loopback: a teacher and a student that stream ten events over about 20 ms, and two installations of Practicum
with one worker each. Rounds are interleaved. It refuses to judge; it prints.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from aiohttp import web
from rich.console import Console
from rich.table import Table

EVENTS = 10
ANSWER = 0.020  # seconds a whole reply takes
REQUEST = json.dumps(
    {"model": "m", "stream": True, "messages": [{"role": "user", "content": "What is 6 * 7? " + "x" * 1400}]}
).encode()
_BUCKET = re.compile(r'practicum_overhead_seconds_bucket\{.*le="([^"]+)".*\} ([0-9.e+]+)')


@dataclass(frozen=True, slots=True)
class Arm:
    """One thing to measure: where clients call it, and where its metrics are ("" if it has none)."""

    name: str
    url: str
    metrics: str = ""


async def upstream(port: int) -> None:
    """A model that streams ten events over 20 ms."""

    async def chat(request: web.Request) -> web.StreamResponse:
        await request.read()
        reply = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await reply.prepare(request)
        for number in range(EVENTS):
            await asyncio.sleep(ANSWER / EVENTS)
            delta = {"choices": [{"index": 0, "delta": {"content": f"token {number} "}}]}
            await reply.write(b"data: " + json.dumps(delta).encode() + b"\n\n")
        await reply.write(b"data: [DONE]\n\n")
        return reply

    application = web.Application()
    application.router.add_post("/v1/chat/completions", chat)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


async def one_round(arm: Arm, streams: int, seconds: float) -> list[float]:
    """Seconds that each stream took, with so many at once for so long."""
    took: list[float] = []
    until = time.monotonic() + seconds

    async def client(session: aiohttp.ClientSession) -> None:
        while time.monotonic() < until:
            began = time.monotonic()
            async with session.post(arm.url + "/v1/chat/completions", data=REQUEST) as reply:
                body = await reply.read()
            if reply.status != 200 or b"[DONE]" not in body:  # noqa: PLR2004 -- anything else is a broken benchmark
                raise SystemExit(f"{arm.name} answered {reply.status}: {body[:200]!r}")
            took.append(time.monotonic() - began)

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(client(session) for _ in range(streams)))
    return took


async def overhead_buckets(arm: Arm) -> dict[float, float]:
    """The cumulative overhead histogram as it stands."""
    async with aiohttp.ClientSession() as session, session.get(arm.metrics) as reply:
        page = await reply.text()
    return {float(bound): float(count) for bound, count in _BUCKET.findall(page)}


def quantile(buckets: dict[float, float], share: float) -> float:
    """A quantile of a cumulative histogram, linear within its bucket, as Prometheus computes it."""
    total = max(buckets.values(), default=0.0)
    lower, below = 0.0, 0.0
    for bound, count in sorted(buckets.items()):
        if count >= share * total and count > below:
            inside = (share * total - below) / (count - below)
            return lower if bound == float("inf") else lower + (bound - lower) * inside
        lower, below = bound, count
    return float("nan")


@contextmanager
def practicum(folder: Path, name: str, percentage: int, ports: tuple[int, ...]) -> Iterator[Arm]:
    """A running installation with one worker."""
    data, admin, teacher, student = ports
    config = {
        "listen": {"host": "127.0.0.1", "port": data},
        "admin": {"port": admin},
        "database": f"sqlite:///{folder}/{name}.db",
        "routes": {
            "m": {
                "models": ["*"],
                "teacher": {"base_url": f"http://127.0.0.1:{teacher}/v1"},
                "student": {"base_url": f"http://127.0.0.1:{student}/v1", "model": "s"},
                "mirror": {"percentage": percentage},
                "noise_floor": {"percentage": 0},
            }
        },
    }
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(config))
    with process([sys.executable, "-m", "proxy", "serve", "--config", str(path)], folder / f"{name}.log"):
        yield Arm(f"mirror {name}", f"http://127.0.0.1:{data}", f"http://127.0.0.1:{admin}/metrics")


@contextmanager
def process(command: list[str], log: Path) -> Iterator[None]:
    """A process that is stopped in the end."""
    with log.open("wb") as out:
        running = subprocess.Popen(command, stdout=out, stderr=out)  # noqa: S603 -- commands of our own making
        try:
            yield
        finally:
            running.terminate()
            running.wait(60)


async def measure(arms: list[Arm], rounds: int, seconds: float) -> None:
    """Measure all arms in turn, and print."""
    console = Console(width=120)
    table = Table("streams", "arm", "requests", "client p50 ms", "client p99 ms", "p50 / direct", "overhead p50 us")
    for column in ("p90 us", "p99 us"):
        table.add_column(column)
    for streams in (1, 64):
        took: dict[str, list[float]] = {arm.name: [] for arm in arms}
        before = {arm.name: await overhead_buckets(arm) if arm.metrics else {} for arm in arms}
        for arm in arms:
            await one_round(arm, streams, 1.0)  # warm-up
        for _ in range(rounds):
            for arm in arms:
                took[arm.name] += await one_round(arm, streams, seconds)
        await asyncio.sleep(1.5)  # workers hand their counts over twice a second
        direct = statistics.median(took[arms[0].name])
        for arm in arms:
            table.add_row(*row(streams, arm, took[arm.name], direct, await grown(arm, before[arm.name])))
    console.print(table)


async def grown(arm: Arm, before: dict[float, float]) -> dict[float, float]:
    """What the histogram gained."""
    if not arm.metrics:
        return {}
    return {bound: count - before.get(bound, 0.0) for bound, count in (await overhead_buckets(arm)).items()}


def row(streams: int, arm: Arm, took: list[float], direct: float, buckets: dict[float, float]) -> list[str]:
    """One line of the table."""
    cuts = statistics.quantiles(took, n=100)
    seen = [str(len(took)), f"{cuts[49] * 1e3:.2f}", f"{cuts[98] * 1e3:.2f}", f"{cuts[49] / direct:.3f}"]
    own = [f"{quantile(buckets, share) * 1e6:.0f}" if buckets else "-" for share in (0.5, 0.9, 0.99)]
    return [str(streams), arm.name, *seen, *own]


async def ready(arms: list[Arm]) -> None:
    """Wait until everything answers."""
    for arm in arms:
        for _ in range(200):
            try:
                await one_round(arm, 1, 0)
                await one_round(arm, 1, 0.01)
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round")
    parser.add_argument("--base-port", type=int, default=18400)
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.upstream:
        asyncio.run(upstream(arguments.upstream))
    base = arguments.base_port
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        for port in (base, base + 1):
            command = [sys.executable, "-m", "benchmarks.overhead", "--upstream", str(port)]
            stack.enter_context(process(command, folder / f"{port}.log"))
        models = (base, base + 1)
        arms = [
            Arm("direct", f"http://127.0.0.1:{base}"),
            stack.enter_context(practicum(folder, "off", 0, (base + 2, base + 3, *models))),
            stack.enter_context(practicum(folder, "on", 100, (base + 4, base + 5, *models))),
        ]
        asyncio.run(ready(arms))
        asyncio.run(measure(arms, arguments.rounds, arguments.seconds))


if __name__ == "__main__":
    main()
