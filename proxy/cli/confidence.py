"""``practicum confidence``: how sure the student has to be before a caller gets its reply, and whether that holds.

What is promised; for each slice and view the certified threshold, or what is missing for one; what audits found of what
was served; and confidence held against what was acceptable, as a diagram of text. The examiner's numbers are shown as
they are, and nothing is judged anew.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.admin_api import AdminApi
from proxy.cli.terminal import cells, headed_table, moment, page_console, percent, plain, print_rows
from proxy.examiner.status import Bin, ConfidenceStatus, SliceConfidence, ViewConfidence
from proxy.examiner.wording import kept, promised
from routing.confidence.views import WHOLE, label

_BAR = 40  # characters that stand for 100 %
_NOTHING = "-"
_WHOLE = label(WHOLE)


@dataclass(frozen=True, slots=True)
class _Answer:
    route: str
    confidence: ConfidenceStatus | None


def run(arguments: argparse.Namespace) -> int:
    """Show how one route's student is judged."""
    with AdminApi(arguments.admin) as api:
        raw = api.get(f"/api/routes/{AdminApi.segment(arguments.route)}/confidence")
        found = api.decode(raw, _Answer)
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(raw) + b"\n")
    elif found.confidence is None:
        sys.stdout.write(f"{plain(found.route)}: the examiner has not looked at it yet\n")
    else:
        show_confidence(page_console(), found.route, found.confidence)
    return 0


def show_confidence(console: Console, route: str, told: ConfidenceStatus) -> None:
    """Print it."""
    console.print(Text(f"{plain(route)}: {plain(promised(told))}", "bold"), soft_wrap=True)
    facts = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for name, said in chain(_about_route(told), _about_slices(told.slices)):
        facts.add_row(*cells(f"  {name}", said))
    console.print(facts)
    if any(one.views for one in told.slices):
        console.print()
        print_rows(console, _views(told.slices))
    for name, view in _drawn(told.slices):
        if view.diagram:
            console.print()
            console.print(Text(f"  {plain(name)}, {plain(view.view)}: of replies so sure, so many were acceptable"))
            print_rows(console, _diagram(view.diagram))


def _about_route(told: ConfidenceStatus) -> Iterator[tuple[str, str]]:
    if told.promise != "none":
        yield "calibration", _calibration(told)
    for endpoint in told.silent:
        yield "silent", f"{endpoint}: the student gives no log-probabilities there, the hard rules alone decide"


def _calibration(told: ConfidenceStatus) -> str:
    progress = f"{told.fitted:,} of {told.due:,} conversations to fit"
    if not told.version:
        return f"none yet: {progress} the first one"
    return f"{told.version}, made {moment(told.made)}; {progress} the next one, of {told.units:,} in all"


def _about_slices(slices: Iterable[SliceConfidence]) -> Iterator[tuple[str, str]]:
    """Why nothing is served where nothing is, what was kept of the promise, and what else holds replies back."""
    slices = list(slices)
    for name, one in _named("not served", [one for one in slices if one.uncertified]):
        yield name, f"{one.slice}: {one.uncertified}"
    for name, one in _named("served", [one for one in slices if kept(one)]):
        back = f"; {one.fell_back:,} audited requests fell back" if one.fell_back else ""
        yield name, f"{one.slice}: {kept(one)}{back}"
    for name, one in _named("unproven", [one for one in slices if one.unproven]):
        yield name, f"{one.slice}: no reply is taken that may differ in {', '.join(one.unproven)}"
    for name, one in _named("before the call", [one for one in slices if one.prompt]):
        yield name, f"{one.slice}: hopeless requests go to the teacher without the student being asked"


def _named(name: str, slices: list[SliceConfidence]) -> Iterator[tuple[str, SliceConfidence]]:
    """The name beside the first of several."""
    return zip(chain([name], repeat("")), slices, strict=False)


def _viewed(slices: Iterable[SliceConfidence]) -> Iterator[tuple[str, ViewConfidence]]:
    return ((one.slice, view) for one in slices for view in one.views)


def _drawn(slices: Iterable[SliceConfidence]) -> Iterator[tuple[str, ViewConfidence]]:
    """The views that decide as a rule: whole replies, and of prefixes the longest, which comes last."""
    for one in slices:
        for place, view in enumerate(one.views, 1):
            if view.view == _WHOLE or place == len(one.views):
                yield one.slice, view


def _views(slices: Iterable[SliceConfidence]) -> Table:
    numbers = (">threshold", ">coverage", ">answers", ">diverged", ">of", ">needed")
    table = headed_table("  slice", "view", *numbers, "calibration", ">Brier", ">ECE")
    for name, view in _viewed(slices):
        certified = view.threshold is not None
        counts = (f"{view.answers:,}", f"{view.diverged:,}", f"{view.of:,}", _needed(view))
        shown = (_share(view.threshold, 4), percent(view.answers, view.of) if certified else _NOTHING, *counts)
        fit = f"{'its own' if view.own else 'of all slices'}, {view.fitted:,}"
        errors = (_share(view.brier, 3), _NOTHING if view.ece is None else f"{100 * view.ece:.1f} %")
        row = cells(f"  {name}", view.view, *shown, fit, *errors)
        row[2].stylize("green" if certified else "yellow")
        table.add_row(*row)
    return table


def _needed(view: ViewConfidence) -> str:
    if view.threshold is not None:
        return _NOTHING
    return "out of reach" if view.needed is None else f"{view.needed:,}"


def _share(value: float | None, digits: int) -> str:
    return _NOTHING if value is None else f"{value:.{digits}f}"


def _diagram(bins: Iterable[Bin]) -> Table:
    """A bar for what was acceptable, and a mark where confidence said that it would end."""
    table = headed_table(">    confidence", ">acceptable", ">answers", f"0 % {'100 %':>{_BAR - 3}}")
    for one in bins:
        numbers = (f"{100 * one.confidence:.1f} %", f"{100 * one.acceptable:.1f} %", f"{one.units:,}")
        table.add_row(*cells(*numbers, _bar(one)))
    return table


def _bar(one: Bin) -> str:
    drawn = list("=" * round(_BAR * one.acceptable) + " " * (_BAR + 1 - round(_BAR * one.acceptable)))
    drawn[round(_BAR * one.confidence)] = "|"
    return "".join(drawn).rstrip()
