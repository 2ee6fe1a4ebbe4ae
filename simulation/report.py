"""Tables as people read them: Markdown, and how each sort of cell looks. Nothing else makes text of a figure."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10
from pathlib import Path

import numpy as np

from simulation.table import Cell, Percent, Promise, Share, Table, Waits

HEADING = """# What the evidence was simulated to do

Made by `make simulate` with seed {seed} and {scale} replicates: {machine}. {took}
[README.md](README.md) says what is simulated and how to read it. A share stands with its Monte-Carlo standard error;
one that was promised to stay below a level also with that level, and with **BROKEN** where it is above by more than
chance explains (three standard errors). Waits are a median and a 90th percentile in parentheses; a dash: more
seldom than that, or never.
"""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How the tables came about."""

    seed: int
    scale: float
    seconds: float
    processes: int


def markdown(tables: Sequence[Table], how: Circumstances) -> str:
    """The whole report."""
    scale = "all" if how.scale == 1.0 else f"{how.scale:g} times as many"
    took = f"It took {how.seconds:.0f} s of {how.processes} processes."
    heading = HEADING.format(seed=how.seed, scale=scale, machine=machine(), took=took)
    return "\n".join([heading, *(rendered(table) for table in tables)])


def rendered(table: Table) -> str:
    """One table, with its title and its words."""
    return "\n".join(_lines(table)) + "\n"


def machine() -> str:
    """Processor, Python, numpy."""
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{model}, {platform.system()}, Python {platform.python_version()}, numpy {np.__version__}"


def _lines(table: Table) -> Iterator[str]:
    yield f"## {table.title}"
    yield ""
    yield table.says
    yield ""
    yield f"| {' | '.join(table.columns)} |"
    yield "|---" * len(table.columns) + "|"
    for row in table.rows:
        yield f"| {' | '.join(map(shown, row))} |"


def shown(cell: Cell) -> str:  # noqa: PLR0911 -- one for each sort of cell
    """One cell."""
    match cell:
        case None:
            return "-"
        case str():
            return cell
        case int():
            return _grouped(cell)
        case float():
            return f"{cell:g}"
        case Percent(value):
            return f"{_digits(100 * value)} %"
        case Share():
            return f"{_digits(100 * cell.value, 2)} ± {_digits(100 * cell.error, 1)} %"
        case Promise(observed, stated):
            verdict = "" if cell.kept else " **BROKEN**"
            return f"{shown(observed)} (≤ {_digits(100 * stated)} %){verdict}"
        case Waits(median, late):
            return f"{_wait(median)} ({_wait(late)})"


def _wait(value: int | None) -> str:
    return "-" if value is None else _grouped(value)


def _grouped(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _digits(value: float, most: int = 3) -> str:
    """So many significant digits, and all that stand before the point."""
    if value == 0.0:
        return "0"
    after = max(0, most - 1 - floor(log10(abs(value))))
    text = f"{value:.{after}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
