"""Files that other tools read, whole or not at all."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from proxy.store.entry import Entry
from proxy.store.errors import StoreError
from proxy.store.export import SCHEMA, export, flat
from proxy.store.pair import Pair
from proxy.store.query import PairFilter
from proxy.store.store import Store
from tests.proxy.store.samples import LOST, noisy, pair, reply


def read(path: Path) -> list[dict[str, object]]:
    """The rows of a file of either kind."""
    if path.suffix == ".parquet":
        rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
        return rows
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(params=[".parquet", ".jsonl"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where to export to, once for each kind."""
    return tmp_path / f"pairs{request.param}"


def test_a_file_has_every_pair_and_every_fact(store: Store, path: Path) -> None:
    """Both kinds show the same rows, the ones documented, in the order they came."""
    written = [noisy(3), pair(2, teacher=reply(first_token=None, prompt_tokens=None)), pair(1, ())]
    store.write([Entry(one) for one in written], "batch")
    assert export(store.iterate(PairFilter()), path) == 3
    rows = read(path)
    assert rows == [flat(one) for one in written]
    assert [list(row) for row in rows] == [SCHEMA.names] * 3
    assert rows[0]["noise_text"] == "I can't help with that."
    assert rows[1]["noise_text"] is None
    assert rows[1]["trials"] == [
        {"role": "student", "behavior": "refusal", "direction": "lost", "diverged": True, "severity": LOST[0].severity}
    ]


def test_what_is_no_text_becomes_text(path: Path) -> None:
    """A lone surrogate or a broken byte must not cost the export."""
    odd = pair(teacher=reply("\ud800", b"\xff\x00{}"), conversation="\udfff")
    assert export([odd], path) == 1
    assert read(path)[0]["teacher_body"] == "\ufffd\ufffd{}"
    assert read(path)[0]["conversation"] == "\ufffd"


def test_no_pairs_make_an_empty_file(path: Path) -> None:
    """A script that counts lines gets nought, not an error."""
    assert export([], path) == 0
    assert read(path) == []


def test_a_failed_export_leaves_the_old_file_and_no_other(path: Path) -> None:
    """Half a file looks like a whole one."""

    def interrupted() -> Iterator[Pair]:
        yield pair()
        raise ConnectionResetError

    export([pair()], path)
    before = path.read_bytes()
    with pytest.raises(ConnectionResetError):
        export(interrupted(), path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_only_the_owner_may_read_it(path: Path) -> None:
    """It holds what users said."""
    export([pair()], path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_large_bodies_make_small_row_groups(tmp_path: Path) -> None:
    """Memory is bounded by bytes as well as by pairs, for us and for whoever reads the file."""
    path = tmp_path / "pairs.parquet"
    large = dataclasses.replace(pair(), teacher=reply(body=b"x" * 9_000_000))
    export((dataclasses.replace(large, id=str(number)) for number in range(5)), path)
    assert pq.ParquetFile(path).num_row_groups == 3


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    """Guessing would write something that nothing opens."""
    with pytest.raises(StoreError, match=r"end the file's name in \.parquet or \.jsonl"):
        export([pair()], tmp_path / "pairs.csv")
    assert list(tmp_path.iterdir()) == []
