"""What came of the demonstration: what the student lost, beside the agreement that hides it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from proxy.cli.invocation import invocation
from proxy.cli.terminal import cells, headed_table, percent, print_rows
from proxy.examiner.documents import PairRow
from proxy.examiner.status import Cell, RouteStatus
from routing.divergence import Direction

_LEGEND = (
    "  lost: the teacher did it, the student did not; gained: the reverse.\n"
    "  A trial is a request on which the one did; where neither did, there was nothing to lose."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Trials and divergences of one behavior in one direction over all slices, and a pair that shows it, or ""."""

    behavior: str
    direction: Direction
    trials: int
    diverged: int
    pair: str


def findings(cells: Iterable[Cell], rows: Sequence[PairRow]) -> list[Finding]:
    """What was found where there were trials at all, the most divergent first."""
    sums: dict[tuple[str, Direction], tuple[int, int]] = {}
    for cell in cells:
        key = cell.behavior, Direction(cell.direction)
        trials, diverged = sums.get(key, (0, 0))
        sums[key] = trials + cell.trials, diverged + cell.diverged
    found = [Finding(*key, *counts, _example(*key, rows)) for key, counts in sums.items() if counts[0]]
    return sorted(found, key=lambda f: (f.direction is Direction.GAINED, -f.diverged, f.behavior))


def _example(behavior: str, direction: Direction, rows: Sequence[PairRow]) -> str:
    shown = (row.id for row in rows if behavior in (row.lost if direction is Direction.LOST else row.gained))
    return next(shown, "")


def agreement(rows: Iterable[PairRow], headline: Mapping[str, bool]) -> tuple[int, int]:
    """How many of the compared headline pairs agreed in every behavior, and how many there were."""
    compared = (row for row in rows if not (row.teacher.failure or row.student.failure))
    scored = [not (row.lost or row.gained) for row in compared if headline.get(row.id)]
    return sum(scored), len(scored)


def show_ending(console: Console, route: RouteStatus, rows: Sequence[PairRow], headline: Mapping[str, bool]) -> None:
    """Print all of it but the commands."""
    agreed, asked = agreement(rows, headline)
    outcomes = ", ".join(f"{name} {count}" for name, count in route.mirror.outcomes.items() if count)
    console.print()
    console.print(Text("What an eval suite sees", "bold"))
    console.print(Text(f"  headline prompts: both arms agree on {agreed} of {asked} ({percent(agreed, asked)})"))
    console.print()
    console.print(Text("What users would notice", "bold"))
    table = headed_table("  behavior", "direction", ">trials", ">diverged", ">rate", "a pair that shows it")
    for found in findings(route.cells, rows):
        rate = percent(found.diverged, found.trials)
        counts = (str(found.trials), str(found.diverged), rate)
        style = "red" if found.diverged else "dim"
        table.add_row(*cells(f"  {found.behavior}", found.direction, *counts, found.pair), style=style)
    print_rows(console, table)
    console.print(Text(_LEGEND, "dim"))
    console.print()
    console.print(Text(f"Mirrored: {route.mirror.sampled} sampled: {outcomes}. Every call was served by the teacher."))


def commands(found: Iterable[Finding], source: str) -> Iterator[str]:
    """The commands that show a pair of the most divergent behavior, and more. ``source`` are the options to find it."""
    example = next((finding.pair for finding in found if finding.pair), "")
    if example:
        yield f"{invocation()} pair {example} {source}"
    yield f"{invocation()} pairs --direction lost {source}"
