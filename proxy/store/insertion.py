"""Rows into a table, many at once, by statements that are made once for each database and not for each batch.

Making a statement anew, and taking every value through its column's type, costs SQLAlchemy more than the row costs the
database. Here its compiler writes the text once, and rows go to the driver as they are, so they hold nothing but what
both drivers take: numbers, texts, bytes and None. It refuses to know any table; its counterparts are ``rows``, which
makes what may be stored, and ``sums``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Union

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.dialects import sqlite

from proxy.store.rows import Row

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql

    Insert = Union[postgresql.Insert, sqlite.Insert]
    Conflict = Callable[[Insert], Insert]
    """What to do with a row whose key is there already. It is asked once for all batches, so give a named function."""


def refused(new: Insert) -> Insert:
    """It is an error of the data."""
    return new


def ignored(new: Insert) -> Insert:
    """What is there stays."""
    return new.on_conflict_do_nothing()


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row], conflict: Conflict = refused) -> None:
    """Insert rows that all have the same columns, in the order given."""
    if rows:
        statement = _statement(connection.dialect, table, tuple(rows[0]), conflict)
        connection.exec_driver_sql(statement, rows)


def inserting(dialect: Dialect, table: Table) -> Insert:
    """An INSERT that may say ON CONFLICT. Both databases spell it alike, but SQLAlchemy has a class for each."""
    if dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- many modules, for who reaches it by them anyway

    return postgresql.insert(table)


@lru_cache(maxsize=256)
def _statement(dialect: Dialect, table: Table, columns: tuple[str, ...], conflict: Conflict) -> str:
    """The text, with a place for each column's value by its name, as both drivers take them."""
    by_name = sqlite.dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
    return str(conflict(inserting(dialect, table)).compile(dialect=by_name, column_keys=list(columns)))
