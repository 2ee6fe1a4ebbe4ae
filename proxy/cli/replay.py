"""``practicum replay``: stored pairs labeled again by today's detectors, and what is different. It changes nothing.

The detectors are those of the program that runs the verb, wherever the pairs come from; the operator's own patterns and
schemas are those of the configuration in effect, or of one that is named. LLM judges are not asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.admin_api import AdminApi
from proxy.cli.no_match import no_match
from proxy.cli.refused import Refused
from proxy.cli.sources import open_pairs
from proxy.cli.terminal import cells, headed_table, one_line, print_rows, table_console
from proxy.cli.wanted import wanted
from proxy.config.own import OwnBehavior
from proxy.config.parse import load, parse
from proxy.errors import ConfigError
from proxy.examiner.own_behaviors import table_of
from proxy.examiner.replay import Change, ChangeCount, ChangedPair, Replay, ReplayCell, Replayed, Unjudged, Whose

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
    asked, replay = wanted(arguments), Replay(table_of(_own(arguments)), arguments.limit)
    with open_pairs(arguments) as source:
        for pair in source.pairs(asked, None):
            replay.add(pair)
        found = replay.result()
        nothing = "" if found.pairs else no_match(asked, source.routes())
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
    elif found.pairs:
        show_replayed(table_console(), found)
    if nothing:
        sys.stderr.write(f"{nothing}\n")
    elif found.left and arguments.database is not None and arguments.config is None:
        sys.stderr.write("a database knows no patterns and schemas of an operator's own: --config FILE brings them\n")
    return 0


def _own(arguments: argparse.Namespace) -> tuple[OwnBehavior, ...]:
    """The operator's own behaviors of the route; none where only a database is known."""
    if arguments.config is not None:
        return _own_of_file(Path(arguments.config), arguments.route)
    if arguments.database is not None:
        return ()
    with AdminApi(arguments.admin) as api:
        body = api.get("/api/config")
    try:
        found = parse(body, arguments.admin).config.routes.get(arguments.route)
    except ConfigError as exc:
        raise Refused(
            f"the configuration in effect is of another version than this program: {exc.problems[0]}"
        ) from exc
    return found.behaviors if found else ()


def _own_of_file(file: Path, route: str) -> tuple[OwnBehavior, ...]:
    try:
        routes = load(file).config.routes
    except ConfigError as exc:
        raise Refused("\n".join(str(problem) for problem in exc.problems)) from exc
    if route not in routes:
        raise Refused(f"{str(file)!r} has no route {route!r}; known: {', '.join(routes)}")
    return routes[route].behaviors


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
        console.print(Text(f"{found.changed - len(found.examples)} more changed; --limit lists more of them"))


def _account(found: Replayed) -> Iterator[str]:
    unjudged = [f"{count} {_WHY[Unjudged(why)]}" for why, count in found.unjudged.items() if count]
    yield f"{found.judged} of {found.pairs} pairs judged again" + (f"; not: {', '.join(unjudged)}" if unjudged else "")
    if found.left:
        left = ", ".join(f"{one_line(name, _NAME)} (pairs: {count})" for name, count in found.left.items())
        yield f"left as they are, for none of the detectors run here makes them: {left}"
    if found.judged:
        yield f"pairs with a label that changed: {found.changed}"
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
