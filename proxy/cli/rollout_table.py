"""A rollout in ``practicum status``: a line for each slice, then what stands in the way of those that do not pass."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.invocation import invocation
from proxy.cli.terminal import cells, headed_table, moment, plain, print_rows
from proxy.examiner.status import RouteStatus, SliceStatus
from proxy.examiner.wording import (
    FAIL,
    HOLD,
    PASS,
    besides,
    decided,
    decider,
    limited,
    moves,
    ranked,
    served,
    standing,
    stuck,
)

_DECISIONS = 3
_VERDICT = 4  # its column
STYLES = {FAIL: "bold red", HOLD: "yellow", PASS: "green"}


def show_rollout(console: Console, route: RouteStatus) -> None:
    """Print how a route's slices stand and what was decided last; nothing where there is no rollout."""
    if not moves(route):
        return
    if route.slices:
        console.print()
        print_rows(console, _table(ranked(route.slices), route.waits))
        console.print()
        _show_stuck(console, route)
    for at, what in decided(route.decisions, _DECISIONS):
        console.print(Text(f"  {moment(at)}  {plain(what)}"), soft_wrap=True)
    console.print()


def _table(slices: Iterable[SliceStatus], waits: str) -> Table:
    table = headed_table("  slice", ">weight", "limited by", ">conversations", "verdict", "decided by")
    for one in slices:
        limit = limited(one, waits) or "-"
        shown = cells(f"  {one.slice}", served(one.weights), limit, f"{one.conversations:,}", one.verdict, decider(one))
        shown[_VERDICT].stylize(STYLES.get(one.verdict, ""))
        table.add_row(*shown)
    return table


def _show_stuck(console: Console, route: RouteStatus) -> None:
    """Why slices fail, hold or were taken back, and how to ask for more about the worst."""
    found = [one for one in ranked(route.slices) if stuck(one)]
    for one in found:
        style = STYLES[FAIL] if one.verdict == FAIL else ""
        console.print(Text(f"  {plain(standing(one))}", style), soft_wrap=True)
        if also := besides(one):
            console.print(Text(f"    {plain(also)}"), soft_wrap=True)
    named = next((one for one in found if decider(one)), None)
    if named:
        asked = " ".join(shlex.quote(plain(word)) for word in (route.name, decider(named), "--slice", named.slice))
        console.print(Text(f"  {invocation()} explain {asked}", "dim"), soft_wrap=True)
