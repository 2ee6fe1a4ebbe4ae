"""What holding back a student's stream costs: ``python -m benchmarks.holding``.

A worker between callers and a student that sends a token every 20 ms, all of whose tokens are certain: whatever is
certified is served. *Time*: how much later the first event comes, and the last one, by how much is held, as a ratio to
the same stream with nothing held in the same round. *CPU*: what an event costs the worker (its thread's CPU time) where
the reply is held, judged and stripped of log-probabilities, and where it is only listened to, as ratios to the same
events relayed from a teacher, who sends no log-probabilities. Rounds are interleaved; a number is the median of them,
with the least and the most. It refuses to judge; it prints.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

from proxy.config.settings import Fallback, Hold, Mirror, Upstream
from routing.confidence.views import WHOLE, rungs
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.behaviors import BEHAVIORS, begin_chunked, chunk
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import Fields, request
from tests.proxy.worker.served import Port, config
from tests.proxy.worker.students import Stage, Student, assurance, event, finish

TOKENS, PACE, STREAMS, ROUNDS = 96, 0.020, 8, 3
CPU_TOKENS, CPU_PACE, CPU_STREAMS, CPU_ROUNDS = 150, 0.004, 8, 5
_TEACHER: Fields = (("x-practicum-arm", "teacher"),)
_TOOLS = b'"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}], "x_mark"'
_PLAIN = ask(CHAT, "support", "m", stream=True)
_LONG = 30.0
_NOTHING = Fallback(promise="none", hold=Hold(tokens=0))


@dataclass(frozen=True, slots=True)
class Arm:
    """One way to serve the same stream."""

    name: str
    fallback: Fallback = _NOTHING
    body: bytes = _PLAIN
    headers: Fields = ()


def held(tokens: int, seconds: float = _LONG) -> Fallback:
    """So many tokens, for so long at the most."""
    return Fallback(hold=Hold(tokens=tokens, time=seconds))


TIMED = (
    Arm("nothing"),
    Arm("6 tokens", held(6)),
    Arm("24 tokens", held(24)),
    Arm("24 tokens or 400 ms (the default)", held(24, 0.4)),
    Arm("64 tokens", held(64)),
    Arm("the whole turn", held(24), _PLAIN.replace(b'"x_mark"', _TOOLS)),
)
COUNTED = (
    Arm("a teacher's, relayed", headers=_TEACHER),
    Arm("listened to; nothing held, nothing asked for"),
    Arm("24 tokens held, judged, all stripped", held(24)),
    Arm("the whole turn held, judged, stripped", held(24), _PLAIN.replace(b'"x_mark"', _TOOLS)),
)


@dataclass(frozen=True, slots=True)
class Times:
    """Of one stream, in seconds since it was asked for."""

    first: float
    last: float


class Paced(Student):
    """Sends so many tokens, one every so many seconds."""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.pace = TOKENS, PACE
        self.steps = (self._tokens, finish())

    async def _tokens(self, exchange: Exchange) -> None:
        await begin_chunked(exchange, replies.SSE_TYPE)
        clock = asyncio.get_running_loop().time
        began = clock()
        for number in range(self.count):
            await asyncio.sleep(began + number * self.pace - clock())
            await chunk(exchange, event(exchange, f"token {number} "))


@contextmanager
def running() -> Iterator[Stage]:
    """A worker whose teacher is the student itself."""
    with Server(BEHAVIORS) as nobody, Paced() as student:
        target = Upstream(student.url("scripted"), "m")
        known = config(target, mirror=Mirror(percentage=0))
        route = replace(known.routes["support"], student=replace(target, model="small"))
        with Port(replace(known, routes={"support": route})) as port:
            yield Stage(nobody, student, port)


async def stream(port: Port, arm: Arm) -> Times:
    """Ask for one and read it to its end."""
    began = time.monotonic()
    reader, writer = await asyncio.open_connection(*port.address)
    writer.write(request("POST", CHAT, arm.body, (*arm.headers, ("connection", "close"))))
    await reader.readuntil(b"\r\n\r\n")
    first = time.monotonic() - began
    whole = await reader.read(-1)
    writer.close()
    if b"[DONE]" not in whole:
        raise SystemExit(f"{arm.name}: a stream without its end")
    return Times(first, time.monotonic() - began)


async def streams(port: Port, arm: Arm, count: int) -> list[Times]:
    """So many at once."""
    return list(await asyncio.gather(*(stream(port, arm) for _ in range(count))))


def played(stage: Stage, arm: Arm, count: int) -> list[Times]:
    """A round of an arm: all of it served by whom it should be."""
    hold = arm.fallback.hold.tokens
    stage.port.records.clear()
    stage.set(arm.fallback, assurance(views=(WHOLE, *rungs(hold))))
    times = asyncio.run(streams(stage.port, arm, count))
    wanted = "teacher" if arm.headers else "student"
    if {record.arm for record in stage.port.settled(count)} != {wanted}:
        raise SystemExit(f"{arm.name}: not served by the {wanted}: {stage.port.records[0].fallback}")
    return times


def timed(stage: Stage) -> Mapping[str, list[tuple[float, float, float]]]:
    """By arm and round: milliseconds held, and the first and the last event as ratios to nothing held."""
    found: dict[str, list[tuple[float, float, float]]] = {arm.name: [] for arm in TIMED}
    for _ in range(ROUNDS):
        plain = Times(0.0, 0.0)
        for arm in TIMED:
            times = played(stage, arm, STREAMS)
            middle = Times(_median(one.first for one in times), _median(one.last for one in times))
            plain = plain if plain.last else middle
            waited = 1000 * _median(record.held for record in stage.port.records)
            found[arm.name].append((waited, 1000 * (middle.first - plain.first), middle.last / plain.last))
    return found


def counted(stage: Stage) -> Mapping[str, list[tuple[float, float]]]:
    """By arm and round: microseconds of CPU that an event costs the worker, and the ratio to a teacher's."""
    stage.student.count, stage.student.pace = CPU_TOKENS, CPU_PACE  # type: ignore[attr-defined] # it is Paced
    found: dict[str, list[tuple[float, float]]] = {arm.name: [] for arm in COUNTED}
    for _ in range(CPU_ROUNDS):
        plain = 0.0
        for arm in COUNTED:
            before = _worked(stage)
            played(stage, arm, CPU_STREAMS)
            each = 1e6 * (_worked(stage) - before) / (CPU_STREAMS * CPU_TOKENS)
            plain = plain or each
            found[arm.name].append((each, each / plain))
    return found


def _worked(stage: Stage) -> float:
    """Seconds of CPU that the worker's thread has used."""
    return time.clock_gettime(time.pthread_getcpuclockid(stage.port.thread.ident))


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _row(values: Sequence[float], digits: int) -> str:
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(prog="python -m benchmarks.holding", description=__doc__).parse_args()
    console = Console(width=120)
    with running() as stage:
        _print_times(console, timed(stage))
        _print_costs(console, counted(stage))


def _print_times(console: Console, found: Mapping[str, list[tuple[float, float, float]]]) -> None:
    table = Table(title=f"{TOKENS} tokens, one every {1000 * PACE:g} ms, {STREAMS} streams at once, {ROUNDS} rounds")
    for head in ("held", "held for, ms", "first event later by, ms", "last event, ratio"):
        table.add_column(head)
    for name, rounds in found.items():
        waited, later, last = zip(*rounds, strict=True)
        table.add_row(name, _row(waited, 0), _row(later, 0), _row(last, 3))
    console.print(table)


def _print_costs(console: Console, found: Mapping[str, list[tuple[float, float]]]) -> None:
    table = Table(title=f"The worker's CPU for each of {CPU_TOKENS} events, {CPU_STREAMS} streams, {CPU_ROUNDS} rounds")
    for head in ("served", "us an event", "ratio"):
        table.add_column(head)
    for name, rounds in found.items():
        each, ratio = zip(*rounds, strict=True)
        table.add_row(name, _row(each, 1), _row(ratio, 2))
    console.print(table)


if __name__ == "__main__":
    main()
