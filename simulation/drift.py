"""After promotion: how soon the watch over a certified rate finds that it has risen, and how often it cries wolf."""

from __future__ import annotations

from functools import partial
from math import log

import numpy as np
import numpy.typing as npt

from routing.evidence.changes import STAKES
from simulation.borders import NEVER, Counts
from simulation.replication import Run
from simulation.table import Percent, Promise, Share, Table, Waits

LIMIT, USUAL = 0.05, 0.03
RUN = 20_000  # trials between two false alarms, at least, on average
_QUIET = 500  # trials before a change
_AFTER = 5000
_REPLICATES = 2000

Levels = npt.NDArray[np.float64]


def fed(logs: Levels, diverged: npt.NDArray[np.bool_], limit: float) -> Levels:
    """``Watch.fed`` after one more trial of each row; (rows, stakes)."""
    stakes = np.array(STAKES)
    gain = np.where(diverged[:, None], np.log1p(stakes * (1.0 - limit)), np.log1p(-stakes * limit))
    risen: Levels = np.maximum(0.0, logs) + gain
    return risen


def level(logs: Levels) -> Levels:
    """``Watch.log_level`` of each row."""
    most = logs.max(axis=1)
    mean: Levels = most + np.log(np.exp(logs - most[:, None]).mean(axis=1))
    return mean


def alarms(before: float, after: float, change: int, trials: int, chance: np.random.Generator, rows: int) -> Counts:
    """At which trial each row's watch first alarms, ``NEVER`` where it does not; the rate changes after ``change``."""
    logs, found = np.zeros((rows, len(STAKES))), np.full(rows, NEVER, np.int32)
    for number in range(1, trials + 1):
        logs = fed(logs, chance.random(rows) < (before if number <= change else after), LIMIT)
        found[(found == NEVER) & (level(logs) >= log(RUN))] = number
    return found


def tables(run: Run) -> tuple[Table, ...]:
    """Delays, and false alarms."""
    replicates = run.replicates(_REPLICATES)
    delays = tuple(_delay(run, after, known, replicates) for after, known in ((0.10, "410"), (0.25, "44")))
    quiet = tuple(_false(run, rate, known, replicates) for rate, known in ((USUAL, ".03"), (LIMIT, None)))
    return (
        Table(
            "Drift after promotion: how soon it is found",
            f"The rate is {100 * USUAL:g} % for {_QUIET} conversations, and then higher; the limit is {100 * LIMIT:g} "
            f"%, the watch is set to one false alarm in {RUN:,} conversations. Conversations from the change to the "
            "alarm.",
            ("rate after the change", "delay", "alarm before the change", "median that is known"),
            delays,
        ),
        Table(
            "Drift after promotion: false alarms",
            f"How often an alarm comes within {RUN:,} conversations though nothing changed. At the limit itself, the "
            "worst case, the average run is at least that long, so at most some two thirds alarm within it.",
            ("rate", "false alarm", "share that is known"),
            quiet,
        ),
    )


def _delay(run: Run, after: float, known: str, replicates: int) -> tuple[Percent, Waits, Share, str]:
    work = partial(alarms, USUAL, after, _QUIET, _QUIET + _AFTER)
    times = np.concatenate(run.over(work, f"drift {after}", replicates, batch=500))
    early = times <= _QUIET
    late = np.where(times == NEVER, NEVER, times - _QUIET)[~early]
    return Percent(after), Waits.of(late), Share(int(early.sum()), replicates), known


def _false(run: Run, rate: float, known: str | None, replicates: int) -> tuple[Percent, Promise, str | None]:
    work = partial(alarms, rate, rate, RUN, RUN)
    times = np.concatenate(run.over(work, f"drift {rate}", replicates, batch=500))
    return Percent(rate), Promise(Share(int((times != NEVER).sum()), replicates), 1 - 1 / np.e), known
