"""What is measured of citations."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring import grounding
from measuring.data import DEFAULT


def test_without_the_sets_there_are_no_lines(tmp_path: Path) -> None:
    """A report without a set says so by what is missing."""
    assert grounding.results(tmp_path) == []


@pytest.mark.skipif(not DEFAULT.is_dir(), reason="the labeled sets are not here")
def test_the_goal_is_met() -> None:
    """Marks are found where people found them, and count only where they name something."""
    lines = grounding._of_marks(grounding._rows(DEFAULT))
    assert all(line.f1 >= 0.99 for line in lines)
