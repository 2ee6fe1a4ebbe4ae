"""benchmarks.recording: which Pythons are counted with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from benchmarks.recording import CannotCountError, counted_with, pythons

HERE = Path(os.path.realpath(sys.executable))


def test_the_running_python_comes_first_and_each_once() -> None:
    """An environment and its Python are one interpreter."""
    found = pythons()
    assert found[0] == HERE
    assert len(found) == len(set(found))


def test_named_pythons_are_taken_at_their_word() -> None:
    """A slip in a name must not look like a record made."""
    assert pythons([sys.executable]) == [HERE]
    with pytest.raises(CannotCountError, match="/nowhere/python3"):
        pythons([sys.executable, "/nowhere/python3"])


def test_what_cannot_count_is_named() -> None:
    """One broken Python must not end the others' turn without a word, or leave a wrong count."""
    with pytest.raises(CannotCountError, match="/bin/false"):
        counted_with(Path("/bin/false"))
