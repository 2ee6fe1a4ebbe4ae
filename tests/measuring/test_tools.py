"""What is measured of calls and of plans after a failure."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring import tools
from measuring.data import DEFAULT
from measuring.trajectories import steps


def test_without_the_sets_there_are_no_lines(tmp_path: Path) -> None:
    """A report without a set says so by what is missing."""
    assert tools.results(tmp_path) == []


@pytest.mark.skipif(not DEFAULT.is_dir(), reason="the labeled sets are not here")
def test_the_goals_are_met() -> None:
    """Every failed result is recognized, and none of the others."""
    found = steps(DEFAULT)
    assert len(found) > 100
    lines = {line.label: line for line in tools._of_failures(found)}
    assert lines["failed result"].f1 == 1.0
    assert lines["repaired"].f1 > 0.95
