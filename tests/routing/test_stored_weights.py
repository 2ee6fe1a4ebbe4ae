"""Fitted weights in their files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from routing.stored_weights import Table, load

ROWS = np.array([[0.5, -2.0, 0.013], [0.0, 0.0, 0.0]], dtype=np.float32)
TABLE = Table(("one", "none"), ROWS, np.array([0.25, -1.0], dtype=np.float32), "made by a test")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package that holds the table as ``some.npz``."""
    folder = tmp_path / "stored_by_a_test"
    folder.mkdir()
    (folder / "__init__.py").touch()
    with (folder / "some.npz").open("wb") as file:
        TABLE.save(file)
    monkeypatch.syspath_prepend(tmp_path)
    return folder.name


def test_a_table_survives_its_file_but_for_the_rounding(package: str) -> None:
    """Half a step of 127 of a row's greatest weight; a row of zeros stays one."""
    stored = load("some.npz", package, features=3)
    assert (stored.names, stored.note) == (TABLE.names, TABLE.note)
    assert np.abs(stored.rows - ROWS).max() <= 2.0 / 127 / 2
    assert stored.rows.dtype == np.float32
    assert (stored.biases == TABLE.biases).all()


def test_a_table_for_other_features_is_refused(package: str) -> None:
    """Read silently, its weights would be those of other words."""
    with pytest.raises(ValueError, match=r"shape \(2, 3\), not \(2, 4\): fit it again"):
        load("some.npz", package, features=4)


def test_a_missing_file_says_so(package: str) -> None:
    """The process must not start without its weights."""
    with pytest.raises(FileNotFoundError):
        load("other.npz", package, features=3)
