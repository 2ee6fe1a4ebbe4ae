"""What is told at the end."""

from __future__ import annotations

import dataclasses
import io

from rich.console import Console

from proxy.cli.invocation import invocation
from proxy.demo.ending import Finding, agreement, commands, findings, show_ending
from proxy.examiner.documents import PairRow, row
from proxy.examiner.status import Cell
from routing.divergence import Direction, Trial
from tests.proxy.desk import route_status
from tests.proxy.store.samples import pair, reply

CELLS = (
    Cell("general", "refusal", "lost", 5, 3),
    Cell("math", "refusal", "lost", 2, 1),
    Cell("general", "degenerate", "gained", 9, 9),
    Cell("general", "answer", "lost", 8, 0),
    Cell("general", "answer", "gained", 0, 0),
)


def rows() -> list[PairRow]:
    """A pair that lost a refusal, one that agreed, and one whose student failed."""
    failed = dataclasses.replace(reply(), failure="connect")
    gained = (Trial("degenerate", Direction.GAINED, diverged=True),)
    return [row(pair(1)), row(pair(2, ())), row(pair(3, (), student=failed)), row(pair(4, gained))]


def test_findings_are_summed_over_slices() -> None:
    """Lost ones first, the most divergent first, each with a pair that shows it in that direction."""
    assert findings(CELLS, rows()) == [
        Finding("refusal", Direction.LOST, 7, 4, "pair-000001"),
        Finding("answer", Direction.LOST, 8, 0, ""),
        Finding("degenerate", Direction.GAINED, 9, 9, "pair-000004"),
    ]


def test_agreement_counts_compared_headline_pairs_only() -> None:
    """A student that failed has not agreed, and the other prompts are not the headline."""
    headline = {"pair-000001": True, "pair-000002": True, "pair-000003": True, "pair-000004": False}
    assert agreement(rows(), headline) == (1, 2)
    assert agreement([], {}) == (0, 0)


def test_the_first_command_shows_the_most_divergent() -> None:
    """One copies the first line."""
    first, second = commands(findings(CELLS, rows()), "--admin x")
    assert first == f"{invocation()} pair pair-000001 --admin x"
    assert second == f"{invocation()} pairs --direction lost --admin x"


def test_without_divergence_there_is_no_pair_to_show() -> None:
    """But still a list."""
    assert len(list(commands([], "--admin x"))) == 1


def test_the_page() -> None:
    """Agreement beside what it hides, and the mirror's outcomes."""
    file = io.StringIO()
    route = dataclasses.replace(route_status(), cells=CELLS)
    show_ending(Console(file=file, width=120, markup=False, highlight=False), route, rows(), {"pair-000002": True})
    shown = file.getvalue()
    assert "agree on 1 of 1 (100.0 %)" in shown
    assert ["refusal", "lost", "7", "4", "57.1", "%", "pair-000001"] in [line.split() for line in shown.splitlines()]
    assert "12 sampled: compared 9, shed 3" in shown
