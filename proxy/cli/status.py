"""``practicum status``: what the examiner knows, on one screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.admin_api import AdminApi
from proxy.cli.rollout_table import show_rollout
from proxy.cli.style_table import show_style
from proxy.cli.terminal import cells, headed_table, percent, plain, print_rows, table_console
from proxy.examiner.status import Cell, MirrorHealth, RouteStatus, Status
from proxy.examiner.wording import assured, most_served, moves, position, served, weighed


def run(arguments: argparse.Namespace) -> int:
    """Show all routes, or one."""
    route: str | None = arguments.route
    with AdminApi(arguments.admin) as api:
        raw = api.get(f"/api/routes/{AdminApi.segment(route)}" if route else "/api/routes")
        if arguments.json:
            sys.stdout.buffer.write(msgspec.json.format(raw) + b"\n")
            return 0
        console = table_console()
        if route:
            show_route(console, api.decode(raw, RouteStatus))
        else:
            show_status(console, api.decode(raw, Status))
    return 0


def show_status(console: Console, status: Status) -> None:
    """The whole status as text for people."""
    console.print(Text(_first_line(status)))
    for trouble in _troubles(status):
        console.print(Text(f"! {trouble}", "bold red"))
    for route in status.routes:
        console.print()
        show_route(console, route)


def _first_line(status: Status) -> str:
    in_flight = sum(worker.in_flight for worker in status.workers)
    return (
        f"Practicum {plain(status.version)}, configuration {plain(status.config_hash[:12])}, "
        f"{len(status.workers)} worker(s), {in_flight} request(s) in flight"
    )


def _troubles(status: Status) -> Iterable[str]:
    if not status.config_ok:
        yield "the configuration file is broken; the last good one is in effect (see `practicum check FILE`)"
    if not status.store_ok:
        why = plain(status.store_error) or "is the disk full?"
        yield f"the store takes no pairs: shadow work stands still, serving goes on ({why})"
    if status.lost_records:
        yield f"{status.lost_records} record(s) were lost with a process that died"
    skewed = [worker.name for worker in status.workers if worker.config_hash != status.config_hash]
    if skewed:
        yield f"on another configuration than the examiner: {plain(', '.join(skewed))}"


def show_route(console: Console, route: RouteStatus) -> None:
    """One route as text for people."""
    console.print(Text(f"{plain(route.name)}: {plain(position(route))}", "bold"), soft_wrap=True)
    if route.trouble:
        console.print(Text(f"! the rollout: {plain(route.trouble)}", "bold red"), soft_wrap=True)
    facts = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(route):
        facts.add_row(*cells(f"  {name}", value))
    console.print(facts)
    show_rollout(console, route)
    if route.cells:
        print_rows(console, _cell_table(route.cells))
    else:
        console.print(Text("  nothing has been compared yet"))
    show_style(console, route.style)


def _facts(route: RouteStatus) -> Iterable[tuple[str, str]]:
    weights = route.weights
    yield "models", ", ".join(route.models)
    yield "teacher", route.teacher
    yield "student", route.student
    if route.slices and moves(route):
        shares = (
            f"{most_served(weights)}, by slice as below" if weights.effective else "0 %: the teacher serves everything"
        )
        yield "weight", shares
    else:
        yield "weight", f"{served(weights)}, the least of {weighed(weights)}"
    if route.confidence is not None:
        yield "confidence", assured(route.confidence)
    yield from _mirror_facts(route.mirror)
    if route.judging.pairs:
        yield "judges", f"{route.judging.pairs} compared and not yet judged ({route.judging.size} bytes)"


def _mirror_facts(mirror: MirrorHealth) -> Iterable[tuple[str, str]]:
    outcomes = ", ".join(f"{name} {count}" for name, count in mirror.outcomes.items() if count)
    yield "mirrored", f"{mirror.sampled} sampled" + (f": {outcomes}" if outcomes else "")
    yield "lane", f"{mirror.queue_records} queued ({mirror.queue_bytes} bytes), {mirror.inflight} in flight"
    if mirror.failures:
        yield "failed calls", ", ".join(f"{how} {count}" for how, count in mirror.failures.items())
    load = [f"circuit {mirror.circuit}"]
    if mirror.waiting is not None:
        load.append(f"{mirror.waiting:g} waiting")
    if mirror.kv_cache is not None:
        load.append(f"KV cache {100 * mirror.kv_cache:.0f} %")
    yield "student load", ", ".join(load)
    if mirror.paused:
        yield "paused", mirror.paused


def _cell_table(found: Iterable[Cell]) -> Table:
    table = headed_table("  behavior", "slice", "direction", ">trials", ">diverged", ">rate", ">teacher alone")
    for cell in sorted(found, key=lambda c: (-c.diverged, c.behavior, c.slice, c.direction)):
        rate = percent(cell.diverged, cell.trials)
        noise = percent(cell.noise_diverged, cell.noise_trials)
        numbers = (str(cell.trials), str(cell.diverged), rate, noise)
        table.add_row(*cells(f"  {cell.behavior}", cell.slice, cell.direction, *numbers))
    return table
