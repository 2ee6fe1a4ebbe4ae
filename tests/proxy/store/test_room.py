"""The room that is left beside a database."""

from __future__ import annotations

import shutil
from pathlib import Path

from proxy.store.room import free_bytes

TOLERATED = 2**30  # others write to this disk as well


def test_of_a_file_it_is_its_disks(tmp_path: Path) -> None:
    """Also before the file is there, which is when an operator looks first."""
    found = free_bytes(f"sqlite:///{tmp_path}/pairs.db")
    assert found is not None
    assert abs(found - shutil.disk_usage(tmp_path).free) < TOLERATED


def test_a_name_without_a_folder_is_in_this_one() -> None:
    """As the default is."""
    assert free_bytes("sqlite:///practicum.db")


def test_of_a_server_it_says_nothing() -> None:
    """Its disk is not ours to see, and a number of our own would be believed."""
    assert free_bytes("postgresql://user@host/db") is None


def test_a_folder_that_is_not_there_is_unknown(tmp_path: Path) -> None:
    """The database says what is wrong; the metrics page has to come all the same."""
    assert free_bytes(f"sqlite:///{tmp_path}/gone/pairs.db") is None
