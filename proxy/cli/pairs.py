"""``practicum pairs``: the pairs, newest first, as a table or as data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from proxy.cli.no_match import no_match
from proxy.cli.sources import open_pairs
from proxy.cli.terminal import cells, headed_table, moment, one_line, print_rows, table_console
from proxy.cli.wanted import wanted
from proxy.examiner.documents import ArmRow, PairPage, PairRow, document

_LONGEST, _SHORTEST = 48, 16  # characters of a preview; where there is room for fewer, there is none
_NAME = 40
_GAP = 2


def run(arguments: argparse.Namespace) -> int:
    """List pairs."""
    asked, limit = wanted(arguments), int(arguments.limit)
    with open_pairs(arguments) as source:
        if arguments.format == "jsonl":
            for pair in source.pairs(asked, limit):
                sys.stdout.buffer.write(msgspec.json.encode(document(pair)) + b"\n")
            return 0
        found = tuple(source.rows(asked, limit))
        nothing = "" if found else no_match(asked, source.routes())
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(PairPage(found, None))) + b"\n")
    elif found:
        console = table_console()
        print_rows(console, pair_table(found, console.width))
    else:
        sys.stderr.write(f"{nothing}\n")
    return 0


def pair_table(found: Sequence[PairRow], width: int) -> Table:
    """Rows for people. Only what the arms said is ever cut: to the room that ``width`` leaves beside the rest."""
    facts = [
        [*cells(row.id, moment(row.started), one_line(row.route, _NAME), row.slice), divergences(row)] for row in found
    ]
    used = sum(max(cell.cell_len for cell in column) + _GAP for column in zip(*facts, strict=True))
    preview = min(_LONGEST, (width - used) // 2 - _GAP)
    shown = preview >= _SHORTEST
    table = headed_table("pair", "when", "route", "slice", "diverged", *(["teacher", "student"] if shown else []))
    for row, fact in zip(found, facts, strict=True):
        said = [_said(row.teacher, preview), _said(row.student, preview)] if shown else []
        table.add_row(*fact, *said)
    return table


def divergences(row: PairRow) -> Text:
    """What the student lost and gained, or that it agreed or failed; and in what the teacher diverged from itself."""
    parts = [_signed(row.lost, "-", "red"), _signed(row.gained, "+", "yellow")]
    if row.teacher.failure or row.student.failure:
        parts = [Text("not compared", "dim")]
    elif not any(parts):
        parts = [Text("agrees", "dim")]
    parts.append(_signed(row.noise or (), "~", "dim"))
    return Text(" ").join(filter(None, parts))


def _signed(names: Iterable[str], sign: str, style: str) -> Text:
    return Text(" ").join(Text(f"{sign}{one_line(name, _NAME)}", style) for name in names)


def _said(arm: ArmRow, limit: int) -> Text:
    if arm.failure:
        return Text(f"({one_line(arm.failure, limit - 2)})", "dim")
    return Text(one_line(arm.preview, limit)) or Text("(nothing)", "dim")
