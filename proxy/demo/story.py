"""The demonstration from beginning to end: set the stage, let callers call, wait for the comparisons, say what came.

It prints for people: a live bar on a terminal, plain lines elsewhere. It leaves nothing running and, unless its reader
can no longer ask the admin port, nothing on the disk.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from proxy.cli.admin_api import AdminApi
from proxy.cli.refused import Refused
from proxy.cli.sources import ApiPairs
from proxy.cli.wanted import Wanted
from proxy.demo.ending import commands, findings, show_ending
from proxy.demo.prompts import MODEL
from proxy.demo.stage import Stage, StageError, staged
from proxy.demo.traffic import Traffic, call
from proxy.examiner.documents import PairRow
from proxy.examiner.status import RouteStatus

_INTRODUCTION = (
    "A teacher and a student stand behind Practicum. Both are scripted: no model runs here, and their faults were "
    "written for this demonstration. Everything between them and the callers is the real thing."
)
_SETTLE = 20.0  # seconds for the shadow lane to finish after the last call
_TICK, _LINE = 0.5, 2.0  # seconds between looks at the status, and between lines where there is no terminal
_MOST_ROWS = 100_000
_ALL = Wanted(route=MODEL, behavior=None, slice=None, direction=None, since=None, until=None)


@dataclass(frozen=True, slots=True)
class Show:
    """What was asked for: for how long callers call, and whether to serve on afterwards until Ctrl-C."""

    seconds: float
    stay: bool


async def play(console: Console, show: Show) -> int:
    """Play the whole story; the exit code. Raises ``Refused`` where it cannot be played, or nothing was compared."""
    directory = Path(tempfile.mkdtemp(prefix="practicum-demo-"))
    kept = False
    try:
        console.print(Text(_INTRODUCTION))
        with _signals_cancel():
            async with staged(directory) as stage:
                await _perform(console, show, stage)
        kept = not show.stay
    except (StageError, OSError) as exc:
        raise Refused(f"the demonstration cannot start: {exc}") from exc
    finally:
        if not kept:
            shutil.rmtree(directory, ignore_errors=True)
    return 0


@contextmanager
def _signals_cancel() -> Iterator[None]:
    """SIGTERM and SIGHUP end the story as Ctrl-C does, with everything stopped."""
    loop, story = asyncio.get_running_loop(), asyncio.current_task()
    assert story is not None  # noqa: S101 -- we run in a task
    signals = (signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, story.cancel)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _perform(console: Console, show: Show, stage: Stage) -> None:
    traffic = Traffic()
    await _traffic(console, show.seconds, stage, traffic)
    route = await _settled(stage)
    rows = await asyncio.to_thread(_rows, stage)
    require_pairs(traffic, route, rows)
    show_ending(console, route, rows, traffic.headline)
    if traffic.failed:
        console.print(
            Text(f"{traffic.failed} of {traffic.calls} calls failed; the last: {traffic.last_failure}", "bold red")
        )
    source = f"--admin {stage.admin}" if show.stay else f"--database {shlex.quote(stage.database)}"
    console.print("\nLook at one:")
    for command in commands(findings(route.cells, rows), source):
        console.print(Text(f"  {command}", "bold"), soft_wrap=True)
    if show.stay:
        still = f"\nStill serving {stage.data}/v1 (model {MODEL}) and {stage.admin}/. Ctrl-C ends it."
        console.print(Text(still), soft_wrap=True)
        await _until_interrupted(stage)


def require_pairs(traffic: Traffic, route: RouteStatus, rows: Sequence[PairRow]) -> None:
    """Raise ``Refused`` where nothing was compared: tables without pairs would look like a perfect student."""
    if rows and route.mirror.outcomes.get("compared"):
        return
    failure = f"; the last of {traffic.failed} failed calls: {traffic.last_failure}" if traffic.failed else ""
    outcomes = ", ".join(f"{name} {count}" for name, count in route.mirror.outcomes.items() if count) or "none"
    raise Refused(f"{traffic.calls} calls were made, but no pair was compared; outcomes: {outcomes}{failure}")


async def _until_interrupted(stage: Stage) -> None:
    """Return on Ctrl-C: here it is no failure but how the demonstration ends."""
    try:
        await stage.serving.wait()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None:
            task.uncancel()
        return
    raise Refused("`practicum serve` ended by itself")


async def _traffic(console: Console, seconds: float, stage: Stage, traffic: Traffic) -> None:
    """Let the callers call, telling how it goes."""
    async with asyncio.TaskGroup() as group:
        calling = group.create_task(call(stage.data, seconds, traffic))
        with _Telling(console, seconds) as telling:
            while not calling.done():
                await asyncio.wait([calling], timeout=_TICK)
                telling.tell(traffic, await _news(stage))


class _Telling:
    """How it goes: a bar on a terminal, else a line now and then."""

    def __init__(self, console: Console, seconds: float) -> None:
        self._console = console
        self._seconds = seconds
        self._began = self._told = asyncio.get_running_loop().time()
        columns = (BarColumn(), TextColumn("{task.description}", markup=False))
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task("starting", total=seconds)

    def __enter__(self) -> _Telling:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, traffic: Traffic, route: RouteStatus | None) -> None:
        """Show the counts as they are; None where the admin port gave none."""
        if route is None:
            return
        now = asyncio.get_running_loop().time()
        diverged = sum(cell.diverged for cell in route.cells)
        compared = route.mirror.outcomes.get("compared", 0)
        line = f"{traffic.calls} calls served by the teacher, {compared} compared, {diverged} divergences"
        self._bar.update(self._task, completed=min(now - self._began, self._seconds), description=line)
        if not self._console.is_terminal and now - self._told >= _LINE:
            self._told = now
            self._console.print(Text(f"{now - self._began:4.0f} s  {line}"))


async def _news(stage: Stage) -> RouteStatus | None:
    """The status for the bar. A port that fails now is heard of after the last call, when it matters."""
    try:
        return await asyncio.to_thread(_route, stage)
    except Refused:
        return None


async def _settled(stage: Stage) -> RouteStatus:
    """The route's status once every sampled record has its outcome and the cells hold all of them, or patience ends."""
    deadline = asyncio.get_running_loop().time() + _SETTLE
    while True:
        route = await asyncio.to_thread(_route, stage)
        concluded = route.mirror.sampled == sum(route.mirror.outcomes.values())
        if (
            concluded and _counted(route, await asyncio.to_thread(_rows, stage))
        ) or asyncio.get_running_loop().time() > deadline:
            return route
        await asyncio.sleep(0.1)


def _counted(route: RouteStatus, rows: list[PairRow]) -> bool:
    """Whether the cells, which are read now and then, have caught up with the pairs, all of which are kept here."""
    compared = route.mirror.outcomes.get("compared", 0)
    found = sum(len(row.lost) + len(row.gained) for row in rows)
    return len(rows) >= compared and found == sum(cell.diverged for cell in route.cells)


def _route(stage: Stage) -> RouteStatus:
    with AdminApi(stage.admin, {}) as api:
        return api.decode(api.get(f"/api/routes/{MODEL}"), RouteStatus)


def _rows(stage: Stage) -> list[PairRow]:
    with AdminApi(stage.admin, {}) as api:
        return list(ApiPairs(api).rows(_ALL, _MOST_ROWS))
