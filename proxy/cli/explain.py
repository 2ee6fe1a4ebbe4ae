"""``practicum explain``: why a behavior's gate says what it says, as a colleague would put it.

One line with the verdict and why; then what is known in both directions, what is missing, whether the gate acts, what
the slice is served and why not more, and pairs to look at. A slice that passes needs no more than its line, unless it
was asked for by name. The exit code is 1 where a gate fails.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from proxy.cli.admin_api import AdminApi
from proxy.cli.invocation import invocation
from proxy.cli.rollout_table import STYLES
from proxy.cli.terminal import cells, moment, page_console, percent, plain
from proxy.examiner.explanation import Example, Explanation, SliceExplanation
from proxy.examiner.status import Cell, DirectionStatus, GateStatus
from proxy.examiner.wording import FAIL, PASS, acting, decided, limits, missing, says, served, wanted, weighed
from proxy.examiner.wording import percent as share
from routing.observation import Arm

_POINTS = 100  # of a share


def run(arguments: argparse.Namespace) -> int:
    """Explain; 1 with the reason on standard error where a gate fails."""
    asked = {"behavior": arguments.behavior} | ({"slice": arguments.slice} if arguments.slice is not None else {})
    with AdminApi(arguments.admin) as api:
        raw = api.get(f"/api/routes/{AdminApi.segment(arguments.route)}/explain", asked)
        found = api.decode(raw, Explanation)
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(raw) + b"\n")
    else:
        show_explanation(page_console(), found, whole=arguments.slice is not None, admin=arguments.admin)
    sys.stdout.flush()
    for one in found.slices:
        if one.gate.verdict == FAIL:
            sys.stderr.write(f"practicum: {plain(_verdict(found, one))}\n")
    return int(found.verdict == FAIL)


def show_explanation(console: Console, found: Explanation, *, whole: bool, admin: str) -> None:
    """Print it. ``whole``: also slices that pass in full. ``admin`` is the port that the commands name."""
    if found.trouble:
        console.print(Text(f"! the rollout: {plain(found.trouble)}", "bold red"), soft_wrap=True)
    for one in found.slices:
        console.print(Text(plain(_verdict(found, one)), STYLES.get(one.gate.verdict, "")), soft_wrap=True)
        if whole or one.gate.verdict != PASS:
            console.print(_table(_facts(one, found.waits)))
    console.print(_table(_about_all(found, admin)))


def _verdict(found: Explanation, one: SliceExplanation) -> str:
    idle = f"; it does not act: {one.gate.idle}" if one.gate.idle else ""
    return f"{found.behavior} {says(one.gate.verdict)} in {one.slice}: {one.gate.reason}{idle}"


def _table(facts: Iterable[tuple[str, str]]) -> Table:
    """Names and what is to say of them; long sentences go on below themselves."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, said in facts:
        table.add_row(*cells(f"  {name}", said))
    return table


def _facts(one: SliceExplanation, waits: str) -> Iterator[tuple[str, str]]:
    """All about one gate and its slice, but for what its first line and the route's ``waits`` say."""
    gate, weights = one.gate, one.weights
    for way in gate.directions:
        yield way.direction, _counted(way)
    for cell in one.noise:
        yield "teacher alone", _noise(cell)
    yield "limits", limits(gate)
    if lacking := missing(gate):
        yield "missing", lacking
    yield "acts", acting(gate)
    yield "served", f"{served(weights)} of {one.slice}, the least of {weighed(weights)}"
    if one.limit:
        yield "why not more", one.limit.removesuffix(f": {waits}").removesuffix(f": {gate.behavior} {gate.reason}")
    if one.taken_back and one.taken_back not in one.limit:
        yield "taken back", one.taken_back
    yield from _others(one.others)


def _others(gates: Sequence[GateStatus]) -> Iterator[tuple[str, str]]:
    """What else holds the slice back: failures in full, the rest in a line."""
    for gate in gates:
        if gate.verdict == FAIL:
            yield "besides", f"{gate.behavior} fails: {gate.reason}"
    if holding := [gate for gate in gates if gate.verdict != FAIL]:
        yield "besides", f"others hold, {wanted(holding)}"


def _counted(way: DirectionStatus) -> str:
    """Counts, their rate, its bounds, and how far that is from what the teacher does to itself."""
    if not way.trials:
        return "no conversation yet in which it could have been seen"
    rate = f"{way.diverged:,} of {way.trials:,} conversations ({percent(way.diverged, way.trials)})"
    bounds = f"between {share(way.lower)} and {share(way.upper)}"
    return f"{rate}, {bounds}; {_over_noise(way)}"


def _over_noise(way: DirectionStatus) -> str:
    if way.excess is None:
        return "the teacher was never asked twice"
    return f"{_POINTS * way.excess:+.1f} points beyond the teacher's own, in {way.noise_trials:,} asked twice"


def _noise(cell: Cell) -> str:
    rate = percent(cell.noise_diverged, cell.noise_trials)
    return (
        f"{cell.direction} by itself on {cell.noise_diverged:,} of {cell.noise_trials:,} requests asked twice ({rate})"
    )


def _about_all(found: Explanation, admin: str) -> Iterator[tuple[str, str]]:
    if found.steps:
        yield (
            "rollout",
            f"{found.phase}, step {found.step} of {found.steps}" + (found.waits and f"; waits: {found.waits}"),
        )
    for name, (at, what) in zip(_first("decided"), decided(found.decisions, len(found.decisions)), strict=False):
        yield name, f"{moment(at)}  {what}"
    for name, example in zip(_first("examples"), found.examples, strict=False):
        yield name, _example(example)
    if found.examples:
        shown = next((example for example in found.examples if example.counts), found.examples[0])
        yield "look at one", f"{invocation()} pair {shlex.quote(shown.id)} --admin {shlex.quote(admin)}"


def _first(name: str) -> Iterator[str]:
    """The name beside the first line of several."""
    return chain([name], repeat(""))


def _example(example: Example) -> str:
    notes = [] if example.counts else ["of an earlier epoch: it does not count any more"]
    if example.served == Arm.STUDENT:
        notes.append("the caller got it")
    told = f"{example.id}  {moment(example.started)}  {example.slice}  {' and '.join(example.directions)}"
    return f"{told}  ({'; '.join(notes)})" if notes else told
