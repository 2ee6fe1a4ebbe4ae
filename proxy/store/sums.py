"""Rows that are sums: what a batch adds to them is added by the database, key by key.

Two replicas that add to one row at the same moment both count; nobody reads a sum to write it. The counterparts are the
tables of ``proxy.store.schema`` in which every column beside the key is a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

from proxy.store.insertion import insert_rows
from proxy.store.rows import Row

if TYPE_CHECKING:
    from proxy.store.insertion import Insert


def add(connection: Connection, table: Table, increments: Sequence[Row]) -> None:
    """Add to a table of sums, creating the rows that are not there.

    Give ``increments`` sorted by their keys: replicas that take the same rows in two orders wait in a circle.
    """
    insert_rows(connection, table, increments, _added)


def _added(new: Insert) -> Insert:
    table = new.table
    sums = {column.name: column + new.excluded[column.name] for column in table.c if not column.primary_key}
    return new.on_conflict_do_update(index_elements=list(table.primary_key), set_=sums)
