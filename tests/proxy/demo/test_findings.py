"""What the cells say, added up."""

from __future__ import annotations

import pytest

from proxy.demo.findings import Finding, findings, striking
from proxy.examiner.status import Cell
from proxy.store.pair import Pair
from routing.divergence import Direction, Trial
from tests.proxy.store.samples import pair

LOST, GAINED = Direction.LOST, Direction.GAINED
CELLS = (
    Cell("general", "refusal", "lost", 5, 3),
    Cell("math", "refusal", "lost", 2, 1),
    Cell("general", "degenerate", "gained", 9, 9),
    Cell("general", "an operator's own", "lost", 8, 0),
    Cell("general", "answer", "gained", 0, 0),
)


def pairs() -> list[Pair]:
    """One that lost a refusal, one that agreed, one that gained, and one that lost a refusal, too."""
    gained = (Trial("degenerate", GAINED, diverged=True), Trial("refusal", LOST, diverged=False))
    return [pair(4, gained), pair(1), pair(2, ()), pair(3)]


def test_findings_are_summed_over_slices() -> None:
    """Lost ones first, the most divergent first, each with the first pair that shows it in that direction."""
    assert findings(CELLS, pairs()) == [
        Finding("refusal", LOST, 7, 4, "pair-000001"),
        Finding("an operator's own", LOST, 8, 0, ""),
        Finding("degenerate", GAINED, 9, 9, "pair-000004"),
    ]


def test_without_pairs_the_counts_stand_alone() -> None:
    """As they do while callers call."""
    assert findings(CELLS)[0] == Finding("refusal", LOST, 7, 4, "")


@pytest.mark.parametrize(
    ("found", "behavior"),
    [
        ([], None),
        ([Finding("a", GAINED, 9, 9, "p")], None),
        ([Finding("a", LOST, 9, 9, "")], None),
        ([Finding("a", LOST, 500, 90, "p"), Finding("b", LOST, 20, 19, "q")], "b"),
        ([Finding("a", LOST, 500, 90, "p"), Finding("b", LOST, 4, 4, "q")], "a"),
        ([Finding("a", LOST, 10, 10, "p"), Finding("b", LOST, 20, 20, "q")], "b"),
    ],
)
def test_the_loss_to_show_is_the_most_thorough(found: list[Finding], behavior: str | None) -> None:
    """Not the most frequent, and not one of a trial or two; and only one that can be shown."""
    shown = striking(found)
    assert (shown.behavior if shown else None) == behavior
