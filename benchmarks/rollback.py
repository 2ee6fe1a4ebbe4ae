"""How long a rollback takes on several hosts: ``python -m benchmarks.rollback``.

Three hosts on this machine, each a ``practicum serve`` with two workers, over one PostgreSQL. The student serves
everything; one host is ordered to abort; and a caller on a kept connection to each of the six workers, asking again
10 ms after every answer, sees who serves. The time is from the moment the order is sent to the moment the last worker's
first answer of the teacher's has come, after which none is the student's. Beside it stands when the order was answered:
the state is saved by then. Between two orders the route is retried and climbs again, on evidence that is written for
it. It refuses to judge; it prints. The goal is a second.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.end_to_end.hosts import PAUSE, Watching, hosts
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.rollouts import Said, School, certify, parsed, shown
from tests.postgres import Postgres

HOSTS, WORKERS, REPEATS = 3, 2, 20
GOAL = 1.0  # seconds
_ROUTE, _SLICE = "support", "code"
_STEPS = {"interval": "1s", "steps": [{"setWeight": 100}]}


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds from the order to its answer, to the last worker of the host that was ordered, and of all hosts."""

    answered: float
    here: float
    everywhere: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    repeats = parser.parse_args().repeats
    with Postgres() as server, School() as school, tempfile.TemporaryDirectory() as folder:
        database = server.create_database()
        section = school.section(mirror={"percentage": 0}, rollout=_STEPS)
        with hosts(Path(folder), {_ROUTE: section}, database, HOSTS, WORKERS) as started:
            Console().print(_table([_measure(started, database, turn) for turn in range(repeats)]))


def _measure(started: Sequence[Practicum], database: str, turn: int) -> Took:
    """One order, at another host each time."""
    certify(database, parsed(started[0]), [_SLICE], retries=turn)
    ordered = started[turn % len(started)]
    with (
        Watching(started, _ROUTE, Said(_SLICE, 0, forbidden=False)) as watching,
        httpx.Client(base_url=ordered.admin) as operator,
    ):
        watching.until("student", 60)
        began = time.monotonic()
        _order(operator, "abort")
        answered = time.monotonic()
        watching.until("teacher")
        time.sleep(20 * PAUSE)  # nobody goes back
    here = watching.over("student", ordered.pids("worker"))
    took = Took(*(1000 * (moment - began) for moment in (answered, here, watching.over("student"))))
    with httpx.Client(base_url=ordered.admin) as operator:
        _order(operator, "retry")
    until(lambda: all(shown(host).phase == "shadow" for host in started), "every host knows of the retry", 30)
    return took


def _order(operator: httpx.Client, verb: str) -> None:
    operator.post(f"/api/routes/{_ROUTE}/{verb}", json={"who": "benchmark"}).raise_for_status()


def _table(took: Sequence[Took]) -> Table:
    title = f"ms from the order at one of {HOSTS} hosts, {len(took)} times (goal: {1000 * GOAL:g} everywhere)"
    table = Table("until", "median", "least", "worst", title=title)
    rows = {
        "the order is answered": [one.answered for one in took],
        f"the {WORKERS} workers of that host serve the teacher": [one.here for one in took],
        f"all {HOSTS * WORKERS} workers do": [one.everywhere for one in took],
    }
    for name, costs in rows.items():
        table.add_row(name, *(f"{number:.0f}" for number in (statistics.median(costs), min(costs), max(costs))))
    return table


if __name__ == "__main__":
    main()
