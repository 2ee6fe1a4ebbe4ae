"""How it goes: the view of a terminal and the lines of a pipe say the same."""

from __future__ import annotations

import asyncio
import dataclasses
import io
from collections import Counter

from rich.console import Console

from proxy.demo.telling import Telling, line, view
from proxy.demo.traffic import Traffic
from proxy.examiner.status import Cell, RouteStatus, Weights
from tests.proxy.desk import route_status

CELLS = (
    Cell("general", "abstention", "lost", 40, 38),
    Cell("general", "format", "lost", 30, 0),
    Cell("general", "format", "gained", 31, 1),
)
TRAFFIC = Traffic(calls=90, failed=2, served=Counter(teacher=88))


def status(phase: str = "shadow", weight: float = 0.0) -> RouteStatus:
    """A route in this phase, at this weight."""
    weights = Weights(100.0, weight, weight, weight)
    return dataclasses.replace(route_status(), cells=CELLS, phase=phase, weights=weights)


def test_a_line_has_counts_and_what_diverged() -> None:
    """And nothing that did not."""
    assert line(TRAFFIC, status()) == (
        "90 calls served, all by the teacher, 2 failed; 9 compared; phase shadow, weight 0 %; lost: abstention 38; "
        "gained: format 1"
    )


def test_phase_weight_and_who_served_are_the_statuses_own() -> None:
    """The demonstration is to show a rollout that moves, and never to say that one does."""
    traffic = Traffic(calls=90, served=Counter(teacher=70, student=20))
    assert "90 calls served, 20 by the student; 9 compared; phase canary, weight 12.5 %" in line(
        traffic, status("canary", 12.5)
    )


def test_the_view_has_a_row_for_each_behavior() -> None:
    """With both directions; time beyond the end is the end."""
    file = io.StringIO()
    Console(file=file, width=120, markup=False, highlight=False).print(view(64.0, 60.0, TRAFFIC, status()))
    rows = [" ".join(row.split()) for row in file.getvalue().splitlines()]
    assert "60 of 60 s" in rows
    assert "abstention 38 of 40 (95.0 %) -" in rows
    assert "format 0 of 30 (0.0 %) 1 of 31 (3.2 %)" in rows


def told(console: Console) -> None:
    """Tell something twice."""

    async def story() -> None:
        with Telling(console, 60.0) as telling:
            telling.tell(TRAFFIC, status())
            telling.tell(TRAFFIC, status())

    asyncio.run(story())


def test_a_terminal_is_drawn_on_and_left_clean() -> None:
    """The view goes when it ends: what came of it is told below."""
    file = io.StringIO()
    told(Console(file=file, width=100, force_terminal=True, markup=False, highlight=False))
    assert "phase shadow" in file.getvalue()
    assert file.getvalue().endswith("\x1b[1A\x1b[2K")


def test_a_pipe_gets_no_line_at_once() -> None:
    """A log of a minute has a dozen of them, not hundreds."""
    file = io.StringIO()
    told(Console(file=file, width=100, markup=False, highlight=False))
    assert file.getvalue() == ""
