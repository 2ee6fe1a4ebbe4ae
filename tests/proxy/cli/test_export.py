"""``practicum export``."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.proxy.cli.command import practicum
from tests.proxy.cli.conftest import GAINED


@pytest.mark.parametrize("source", ["admin", "database_url"])
@pytest.mark.parametrize("name", ["pairs.parquet", "pairs.jsonl"])
def test_both_forms_from_both_sources(request: pytest.FixtureRequest, tmp_path: Path, source: str, name: str) -> None:
    """The same rows, wherever they were read."""
    option = ["--admin" if source == "admin" else "--database", request.getfixturevalue(source)]
    ran = practicum("export", "support", "--to", str(tmp_path / name), *option)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"3 pairs of route support written to {tmp_path / name}\n"
    assert ids(tmp_path / name) == ["pair-000003", "pair-000002", "pair-000001"]


def ids(path: Path) -> list[str]:
    """The ids in a file."""
    if path.suffix == ".jsonl":
        return [json.loads(line)["id"] for line in path.read_text().splitlines()]
    return [str(value) for value in pq.read_table(path)["id"].to_pylist()]


def test_filters(tmp_path: Path, database_url: str) -> None:
    """Only what was asked for."""
    target = tmp_path / "pairs.jsonl"
    ran = practicum("export", "support", "--to", str(target), "--direction", "gained", "--database", database_url)
    assert ran.err.startswith("1 pair of route support")
    assert ids(target) == [GAINED.id]


@pytest.mark.parametrize("name", ["pairs.csv", "none/pairs.jsonl"])
def test_a_target_that_cannot_be_written_is_refused(tmp_path: Path, database_url: str, name: str) -> None:
    """By its ending, or for want of its directory; nothing is left behind."""
    ran = practicum("export", "support", "--to", str(tmp_path / name), "--database", database_url)
    assert ran.code == 1
    assert ran.err.count(name) == 1
    assert list(tmp_path.iterdir()) == []


def test_an_export_of_nothing_says_why(tmp_path: Path, database_url: str) -> None:
    """A file of no rows looks like a system without losses."""
    ran = practicum("export", "suport", "--to", str(tmp_path / "x.jsonl"), "--database", database_url)
    assert 'did you mean "support"?' in ran.err
    assert "0 pairs of route suport" in ran.err


def test_a_failing_source_leaves_the_old_file(tmp_path: Path) -> None:
    """Half a new file is worse than the whole old one."""
    target = tmp_path / "pairs.jsonl"
    target.write_text("old")
    ran = practicum("export", "support", "--to", str(target), "--admin", "http://127.0.0.1:9")
    assert ran.code == 1
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.jsonl"]
