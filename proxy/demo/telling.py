"""How it goes while callers call: a live view on a terminal, a line now and then elsewhere.

It shows what the status says and refuses to know more: a phase or a weight that moves is seen to move.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.text import Text

from proxy.cli.terminal import cells, headed_table, percent
from proxy.demo.findings import Finding, findings
from proxy.demo.traffic import Traffic
from proxy.examiner.status import RouteStatus
from routing.divergence import Direction
from routing.observation import Arm

_LINE = 5.0  # seconds between lines where there is no terminal
_BAR = 40  # cells


class Telling:
    """A context manager; ``tell`` shows the counts as they are."""

    def __init__(self, console: Console, seconds: float) -> None:
        self._console = console
        self._seconds = seconds
        self._began = self._told = asyncio.get_running_loop().time()
        self._live = Live(console=console, transient=True, auto_refresh=False)

    def __enter__(self) -> Telling:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def tell(self, traffic: Traffic, route: RouteStatus) -> None:
        """Show how it stands."""
        now = asyncio.get_running_loop().time()
        passed = now - self._began
        if self._console.is_terminal:
            self._live.update(view(passed, self._seconds, traffic, route), refresh=True)
        elif now - self._told >= _LINE:
            self._told = now
            self._console.print(Text(f"  {passed:3.0f} s  {line(traffic, route)}"), soft_wrap=True)


def view(passed: float, seconds: float, traffic: Traffic, route: RouteStatus) -> RenderableType:
    """The live view: time, counts, and what diverged so far."""
    table = headed_table("  behavior", ">lost", ">gained")
    for behavior, lost, gained in _by_behavior(findings(route.cells)):
        table.add_row(*cells(f"  {behavior}", lost, gained))
    passed = min(passed, seconds)
    bar = Padding(ProgressBar(total=seconds, completed=passed, width=_BAR), (0, 0, 0, 2))
    return Group(Text(f"  {passed:.0f} of {seconds:.0f} s"), bar, Text(f"  {counts(traffic, route)}"), table)


def line(traffic: Traffic, route: RouteStatus) -> str:
    """The same in one line: only what diverged, and no rates."""
    found = findings(route.cells)
    parts = [counts(traffic, route)]
    for direction in Direction:
        named = [f"{f.behavior} {f.diverged}" for f in found if f.direction is direction and f.diverged]
        parts += [f"{direction}: {', '.join(named)}"] if named else []
    return "; ".join(parts)


def counts(traffic: Traffic, route: RouteStatus) -> str:
    """Calls, comparisons, and where the rollout stands."""
    by_student = traffic.served[Arm.STUDENT]
    served = f"{by_student} by the student" if by_student else "all by the teacher"
    failed = f", {traffic.failed} failed" if traffic.failed else ""
    compared = route.mirror.outcomes.get("compared", 0)
    weight = f"phase {route.phase}, weight {route.weights.effective:g} %"
    return f"{traffic.calls} calls served, {served}{failed}; {compared} compared; {weight}"


def _by_behavior(found: Iterable[Finding]) -> Iterator[tuple[str, str, str]]:
    sides: dict[str, dict[Direction, str]] = {}
    for one in found:
        rate = f"{one.diverged} of {one.trials} ({percent(one.diverged, one.trials)})"
        sides.setdefault(one.behavior, {})[one.direction] = rate
    for behavior, side in sides.items():
        yield behavior, side.get(Direction.LOST, "-"), side.get(Direction.GAINED, "-")
