"""Many rows by statements made once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, exc, select

from proxy.store.database import open_engine, translated, writing
from proxy.store.errors import UnstorableError
from proxy.store.insertion import ignored, insert_rows
from proxy.store.migrate import upgrade
from proxy.store.rows import Row
from proxy.store.schema import cells, confidences

REFUSALS: Row = {"route": "support", "slice": "math", "behavior": "refusal", "direction": "lost", "role": "student"}
UNIT: Row = {
    **dict.fromkeys(("route", "epoch", "function", "prompt_function", "slice", "endpoint", "conversation"), "ünü % :x"),
    **dict.fromkeys(("diverged", "served", "fallback"), ""),
    "started": 1.5,
    "stream": True,
    "tools": False,
    "json": True,
    "confidence": None,
    "heard": b"\x00\xff'",
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An empty database at the current schema."""
    opened = open_engine(database_url)
    upgrade(opened)
    yield opened
    opened.dispose()


def test_every_kind_of_value_comes_back(engine: Engine) -> None:
    """Rows pass no column's type on their way: a boolean, bytes and None must be what the drivers take them for."""
    rows: list[Row] = [UNIT | {"pair": f"p{number}", "confidence": number / 4 or None} for number in range(3)]
    with writing(engine).begin() as connection:
        insert_rows(connection, confidences, rows)
    with engine.connect() as connection:
        read = [dict(row) for row in connection.execute(select(confidences).order_by("pair")).mappings()]
    assert [{name: row[name] for name in UNIT} | {"pair": row["pair"]} for row in read] == rows
    assert [type(read[0][name]) for name in ("stream", "tools", "heard")] == [bool, bool, bytes]


def test_a_row_that_is_there_is_refused_or_stays(engine: Engine) -> None:
    """Two statements for one table are two, however often either was used."""
    for trials in (3, 4, 5):
        with writing(engine).begin() as connection:
            insert_rows(connection, cells, [REFUSALS | {"trials": trials, "diverged": 0}], ignored)
        with pytest.raises(UnstorableError), translated(engine), writing(engine).begin() as connection:
            insert_rows(connection, cells, [REFUSALS | {"trials": trials, "diverged": 0}])
    with engine.connect() as connection:
        assert connection.scalars(select(cells.c.trials)).all() == [3]


def test_no_rows_are_no_statement(engine: Engine) -> None:
    """A batch of pairs none of which is kept has none for three tables."""
    with engine.connect() as connection:
        insert_rows(connection, cells, [])
        assert not connection.in_transaction()


def test_rows_of_a_batch_have_the_same_columns(engine: Engine) -> None:
    """The statement is the first row's: one that lacks a column is an error, and never the default in silence."""
    whole: Row = REFUSALS | {"trials": 1, "diverged": 0}
    with pytest.raises((exc.StatementError, exc.DBAPIError)), writing(engine).begin() as connection:
        insert_rows(connection, cells, [whole, REFUSALS | {"role": "noise", "trials": 1}])
    with engine.connect() as connection:
        assert connection.scalars(select(cells.c.trials)).all() == []
