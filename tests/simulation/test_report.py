"""How figures look."""

from __future__ import annotations

import pytest

from simulation.report import Circumstances, markdown, shown
from simulation.table import Cell, Percent, Promise, Share, Table, Waits


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "-"),
        ("good", "good"),
        (12_500, "12 500"),
        (0.3, "0.3"),
        (Percent(0.005), "0.5 %"),
        (Percent(0.0), "0 %"),
        (Percent(1.0), "100 %"),
        (Share(462, 10_000), "4.6 ± 0.2 %"),
        (Share(0, 100), "0 ± 1 %"),
        (Promise(Share(46, 1000), 0.05), "4.6 ± 0.7 % (≤ 5 %)"),
        (Promise(Share(460, 1000), 0.05), "46 ± 2 % (≤ 5 %) **BROKEN**"),
        (Waits(125, 1_308), "125 (1 308)"),
        (Waits(406, None), "406 (-)"),
    ],
)
def test_cells(cell: Cell, text: str) -> None:
    """One look for each sort."""
    assert shown(cell) == text


def test_a_report_says_how_it_came_about() -> None:
    """A figure without its seed and its machine cannot be checked."""
    table = Table("Question", "Answer.", ("limit", "wait"), ((Percent(0.03), Waits(1, 2)),))
    text = markdown([table], Circumstances(seed=17, scale=1.0, seconds=61.4, processes=2))
    assert "seed 17" in text
    assert "numpy" in text
    assert text.endswith("## Question\n\nAnswer.\n\n| limit | wait |\n|---|---|\n| 3 % | 1 (2) |\n")
