"""``practicum replay``: stored pairs labeled again by today's detectors, and what is different. It changes nothing.

The detectors are those of the program that runs the verb, wherever the pairs come from.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.sources import open_pairs
from proxy.cli.terminal import cells, headed_table, one_line, print_rows, table_console
from proxy.cli.wanted import wanted
from proxy.examiner.replay import Change, ChangeCount, ChangedPair, Replay, ReplayCell, Replayed, Unjudged, Whose
from routing.behaviors.table import TABLE

_NAME = 40
_WHY = {
    Unjudged.REDACTED: "kept redacted",
    Unjudged.DIGEST: "kept as digests",
    Unjudged.FAILED: "an arm gave no reply",
    Unjudged.UNREADABLE: "not what they were taken for",
}
_ALONE = "teacher alone: "


def run(arguments: argparse.Namespace) -> int:
    """Judge a route's pairs again, the newest first."""
    asked, replay = wanted(arguments), Replay(TABLE, arguments.limit)
    with open_pairs(arguments) as source:
        for pair in source.pairs(asked, None):
            replay.add(pair)
    found = replay.result()
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    else:
        show_replayed(table_console(), found)
    return 0


def show_replayed(console: Console, found: Replayed) -> None:
    """What judging again came to, as text for people."""
    for line in _account(found):
        console.print(Text(line), soft_wrap=True)
    if not found.judged:
        return
    console.print()
    print_rows(console, _cell_table(found.cells))
    if found.changes:
        console.print()
        print_rows(console, _change_table(found.changes))
        console.print()
        print_rows(console, _pair_table(found.examples))
    if found.changed > len(found.examples):
        console.print(Text(f"{found.changed - len(found.examples)} more pairs changed; --limit lists more"))


def _account(found: Replayed) -> Iterator[str]:
    unjudged = [f"{count} {_WHY[Unjudged(why)]}" for why, count in found.unjudged.items() if count]
    yield f"{found.judged} of {found.pairs} pairs judged again" + (f"; not: {', '.join(unjudged)}" if unjudged else "")
    if found.left:
        left = ", ".join(f"{one_line(name, _NAME)} ({count} pairs)" for name, count in found.left.items())
        yield f"left as they are, for no detector of today's makes them: {left}"
    if found.judged:
        yield f"{found.changed} pairs have labels that changed"
        yield "counts of the pairs kept, which are all divergent ones and a sample of the agreeing: no rates"


def _cell_table(found: Iterable[ReplayCell]) -> Table:
    table = headed_table("behavior", "direction", ">trials", ">now", ">diverged", ">now")
    for cell in found:
        name = f"{_ALONE if cell.whose is Whose.NOISE else ''}{one_line(cell.behavior, _NAME)}"
        trials = _then_now(cell.trials_before, cell.trials_now)
        diverged = _then_now(cell.diverged_before, cell.diverged_now)
        table.add_row(*cells(name, cell.direction), *trials, *diverged)
    return table


def _then_now(before: int, now: int) -> tuple[Text, Text]:
    return Text(str(before)), Text(str(now), "" if before == now else "bold yellow")


def _change_table(found: Iterable[ChangeCount]) -> Table:
    table = headed_table("label", "whose", "was", "is", ">pairs")
    for counted in found:
        change = counted.change
        table.add_row(
            *cells(one_line(change.behavior, _NAME), _whose(change), change.before, change.now, str(counted.pairs))
        )
    return table


def _pair_table(found: Iterable[ChangedPair]) -> Table:
    table = headed_table("pair", "changed")
    for changed in found:
        told = ", ".join(
            f"{one_line(c.behavior, _NAME)} of the {_whose(c)}: {c.before} -> {c.now}" for c in changed.changes
        )
        table.add_row(*cells(changed.pair, told))
    return table


def _whose(change: Change) -> str:
    return "teacher, asked again" if change.whose is Whose.NOISE else change.whose
