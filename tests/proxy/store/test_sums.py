"""Rows that are sums."""

from __future__ import annotations

from sqlalchemy import select

from proxy.store.database import open_engine, writing
from proxy.store.migrate import upgrade
from proxy.store.rows import Row
from proxy.store.schema import cells
from proxy.store.sums import add


def cell(slice_: str, trials: int, diverged: int) -> Row:
    """What to add to one row."""
    key: Row = {"route": "support", "slice": slice_, "behavior": "refusal", "direction": "lost", "role": "student"}
    return key | {"trials": trials, "diverged": diverged}


def test_rows_are_created_added_to_and_may_fall(database_url: str) -> None:
    """A conversation that moves from one set to another is taken from the first."""
    engine = open_engine(database_url)
    upgrade(engine)
    for increments in ([cell("code", 3, 1), cell("math", 5, 0)], [cell("code", 4, 2), cell("math", -2, 0)], []):
        with writing(engine).begin() as connection:
            add(connection, cells, increments)
    with engine.connect() as connection:
        found = connection.execute(
            select(cells.c.slice, cells.c.trials, cells.c.diverged).order_by(cells.c.slice)
        ).all()
    assert [tuple(row) for row in found] == [("code", 7, 3), ("math", 3, 0)]
    engine.dispose()
