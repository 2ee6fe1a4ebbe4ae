"""What is measured of final answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring import answers
from measuring.data import DEFAULT


def test_without_the_set_there_are_no_lines(tmp_path: Path) -> None:
    """A report without a set says so by what is missing."""
    assert answers.results(tmp_path) == []


@pytest.mark.skipif(not DEFAULT.is_dir(), reason="the labeled sets are not here")
def test_answers_are_found_with_and_without_their_mark() -> None:
    """On a sample, for time's sake."""
    found = answers._solutions(DEFAULT)[::6]
    assert len(found) > 100
    assert answers._of_workings(found).f1 > 0.98
    assert answers._of_forms(found).f1 > 0.98
