"""Rows that are sums: what a batch adds to them is added by the database, key by key.

Two replicas that add to one row at the same moment both count; nobody reads a sum to write it. The counterparts are the
tables of ``proxy.store.schema`` in which every column beside the key is a number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

from proxy.store.rows import Row

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def add(connection: Connection, table: Table, increments: list[Row]) -> None:
    """Add to a table of sums, creating the rows that are not there.

    Give ``increments`` sorted by their keys: replicas that take the same rows in two orders wait in a circle.
    """
    if not increments:
        return
    new = inserting(connection, table)
    sums = {column.name: column + new.excluded[column.name] for column in table.c if not column.primary_key}
    connection.execute(new.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums), increments)


def inserting(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that may say ON CONFLICT. Both databases spell it alike, but SQLAlchemy has a class for each."""
    if connection.dialect.name != "postgresql":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- many modules, for who reaches it by them anyway

    return postgresql.insert(table)
