"""The weights: what their file holds, and what is made of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from routing.slices.fitted import COLUMNS, TASKS, Weights, load
from routing.slices.ngrams import BUCKETS, features
from routing.traits import Slice

MOST = 500_000  # bytes


def test_the_file_is_small_and_says_what_it_was_fitted_on() -> None:
    """It is a part of the package, and whoever doubts a label must find its origin."""
    path = Path(__file__).parents[3] / "routing" / "slices" / "weights.npz"
    assert path.stat().st_size < MOST
    assert "own" in load().note


def test_chances_are_chances_and_those_of_tasks_add_up() -> None:
    """A prompt sets one task."""
    scores = load().scores(features("What is the sum of 3 and 4?"))
    assert tuple(scores) == COLUMNS
    assert sum(scores[task] for task in TASKS) == pytest.approx(1)
    assert all(0 <= score <= 1 for score in scores.values())


def test_a_table_of_zeros_knows_nothing() -> None:
    """All tasks alike, and everything beside them even odds."""
    blank = Weights(np.zeros((BUCKETS, len(COLUMNS)), np.float32), np.zeros(len(COLUMNS), np.float32))
    scores = blank.scores(features("anything"))
    assert scores[Slice.MATH] == pytest.approx(1 / len(TASKS))
    assert scores[Slice.MULTILINGUAL] == 0.5


def test_weights_that_do_not_fit_the_features_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read silently, they would give every prompt a wrong slice."""
    package = tmp_path / "strange_weights"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    small = Weights(np.zeros((8, len(COLUMNS)), np.float32), np.zeros(len(COLUMNS), np.float32))
    with (package / "weights.npz").open("wb") as file:
        small.save(file)
    with pytest.raises(ValueError, match="fit it again"):
        load("weights.npz", "strange_weights")


def test_what_is_written_is_read_back_to_the_rounding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A weight takes a byte."""
    package = tmp_path / "copied_weights"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with (package / "weights.npz").open("wb") as file:
        load().save(file)
    copied, found = load("weights.npz", "copied_weights"), features("Write a poem in two lines.")
    assert copied.scores(found) == pytest.approx(load().scores(found), abs=1e-3)
