"""``python -m simulation`` asks every question and keeps the answers in ``results.md``; with names it only prints them.

The exit code is 1 where a promise was broken, so that a change to the evidence cannot break one quietly.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from simulation.parts import PARTS
from simulation.replication import Run
from simulation.report import Circumstances, markdown, rendered, shown
from simulation.table import Table

RESULTS = Path(__file__).with_name("results.md")
SEED = 20_240_601


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(PARTS)} (default: all, and keep them)")
    parser.add_argument("--replicates", type=_scale, default=1.0, help="times as many, more than 0 (default: 1)")
    parser.add_argument("--seed", type=int, default=SEED, help="(default: %(default)s)")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="(default: one a core)")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in PARTS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    began = time.monotonic()
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("spawn")) as pool:
        tables = simulated(Run(asked.seed, asked.replicates, pool), asked.names or list(PARTS))
    if not asked.names and asked.replicates == 1.0:
        how = Circumstances(asked.seed, asked.replicates, time.monotonic() - began, asked.processes)
        RESULTS.write_text(markdown(tables, how), encoding="utf-8")
    return _broken(tables)


def simulated(run: Run, names: Sequence[str]) -> list[Table]:
    """The tables of these parts, printed as they come."""
    tables: list[Table] = []
    for name in names:
        began = time.monotonic()
        found = PARTS[name](run)
        sys.stdout.writelines(f"{rendered(table)}\n" for table in found)
        sys.stdout.flush()
        sys.stderr.write(f"{name}: {time.monotonic() - began:.0f} s\n")
        tables += found
    return tables


def _broken(tables: Sequence[Table]) -> int:
    lines = [f"BROKEN: {table.title}: {', '.join(map(shown, row))}\n" for table in tables for row in table.broken]
    sys.stderr.writelines(lines)
    return 1 if lines else 0


def _scale(text: str) -> float:
    scale = float(text)
    if scale <= 0.0:
        raise argparse.ArgumentTypeError(f"{text}: give a number above 0")
    return scale


if __name__ == "__main__":
    raise SystemExit(main())
