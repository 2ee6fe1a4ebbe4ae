"""The store's operations, each of them one or a few short transactions.

All methods block: ``proxy.store.writer`` calls ``write`` on a thread of its own, readers call the rest on theirs. An
engine and so a ``Store`` may be shared between threads. Every method raises ``UnavailableError`` when the database
cannot be used for now. Where the whole is more than one transaction (``iterate``, ``prune``), each step is complete in
itself.
"""

from __future__ import annotations

import dataclasses
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, Engine, RowMapping, Table, bindparam, select, text

from proxy.store import evidence, query, rows, schema
from proxy.store.confidences import insert_units, unit_row
from proxy.store.database import open_engine, snapshot, translated, writing
from proxy.store.entry import Entry
from proxy.store.errors import StoreError
from proxy.store.evidence import Turn
from proxy.store.insertion import insert_rows
from proxy.store.migrate import require_current, upgrade
from proxy.store.pair import Cell, Pair
from proxy.store.query import PairFilter
from proxy.store.retention import Pruned, Retention, prune
from proxy.store.rows import Codec, Row
from proxy.store.sums import add
from routing.ledger import Ledger
from routing.style import StyleDrift

PAGE = 200
CellKey = tuple[str, ...]
_CELL = tuple(column.name for column in schema.cells.primary_key)  # route, slice, behavior, direction, role
_cell = itemgetter(*_CELL)
_BATCH = select(schema.batches.c.token).where(schema.batches.c.token == bindparam("token"))
_PAIRS = select(schema.pairs.c.id).where(schema.pairs.c.id.in_(bindparam("ids", expanding=True)))


class Store:
    """Pairs, and the evidence they are, in one database."""

    def __init__(self, engine: Engine) -> None:
        """``engine`` is of ``open_engine`` and at the current schema; ``Store.open`` sees to both."""
        self._engine = engine
        self._writing = writing(engine)

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at a URL, at the current schema. Raises ``StoreError`` naming the URL and the remedy."""
        engine = open_engine(url)
        upgrade(engine)
        return cls(engine)

    @classmethod
    def read(cls, url: str) -> Store:
        """The store at a URL for who only reads: nothing is created or upgraded. Raises ``StoreError`` likewise."""
        engine = open_engine(url)
        try:
            require_current(engine)
        except StoreError:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def engine(self) -> Engine:
        """What the database is reached through, for ``proxy.store.rollouts`` and ``proxy.store.acting``."""
        return self._engine

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def write(self, batch: Sequence[Entry], token: str, now: float | None = None) -> None:
        """Write a batch in one transaction: the rows of the kept, and what all of them are as evidence and as style.

        ``token`` names the batch for ever. A batch whose token is known has been written, and so has a pair whose id is
        known: neither counts twice. ``now`` (Unix seconds; by default the clock's) is when its conversations were last
        heard of. Raises ``UnstorableError`` if the database refuses some of the data; nothing of the batch is written
        then.
        """
        prepared, now = _Batch.of(batch), time.time() if now is None else now
        with translated(self._engine), self._writing.begin() as connection:
            if connection.scalar(_BATCH, {"token": token}):
                return
            known = connection.scalars(_PAIRS, {"ids": list(prepared.pairs)})
            prepared = prepared.without(frozenset(known))
            insert_rows(connection, schema.batches, [{"token": token, "written": now}])
            for table, new in prepared.inserts():
                insert_rows(connection, table, new)
            insert_units(connection, prepared.units.values())
            evidence.count(connection, prepared.turns.values(), now)
            add(connection, schema.cells, prepared.cells())
            add(connection, schema.styles, prepared.style_rows())

    def settle(self, route: str, idle_since: float, most: int = 5000) -> int:
        """Settle conversations of a route of which nothing was written since then (Unix seconds), the oldest first.

        Returns how many; where it is ``most``, there may be more. They are counted at the stage of the settled from now
        on. One that gets another turn later stays settled, and that turn counts at both stages at once.
        """
        with translated(self._engine), self._writing.begin() as connection:
            return evidence.settle(connection, route, idle_since, most)

    def unsettled(self, idle_since: Mapping[str, float]) -> frozenset[str]:
        """Those of these routes that may have conversations to settle: one question instead of a write for each."""
        with translated(self._engine), self._engine.connect() as connection:
            found = evidence.unsettled(connection, max(idle_since.values(), default=0.0))
        return frozenset(route for route in idle_since if rows.name(route) in found)

    def ledger(self, route: str, epoch: str) -> Ledger:
        """All evidence of a route in one epoch, of all replicas, as it was at one moment."""
        with translated(self._engine), snapshot(self._engine).connect() as connection:
            return evidence.ledger(connection, route, epoch)

    def pairs(self, wanted: PairFilter) -> list[Pair]:
        """The pairs wanted, newest first. Raises ``CursorError``."""
        with translated(self._engine), self._engine.connect() as connection:
            return _load(connection, list(connection.scalars(query.ids(wanted))))

    def pair(self, pair_id: str) -> Pair | None:
        """One pair, or None if it is not kept."""
        with translated(self._engine), self._engine.connect() as connection:
            return next(iter(_load(connection, [rows.name(pair_id)])), None)

    def iterate(self, wanted: PairFilter) -> Iterator[Pair]:
        """The pairs wanted, newest first, a page at a time: bounded memory, and no transaction between pages."""
        left = wanted.limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            page = self.pairs(dataclasses.replace(wanted, limit=size))
            yield from page
            if len(page) < size:
                return
            left = None if left is None else left - size
            wanted = dataclasses.replace(wanted, before_cursor=query.cursor(page[-1]))

    def routes(self) -> tuple[str, ...]:
        """The routes of which pairs are kept, in order."""
        found = select(schema.pairs.c.route).distinct().order_by(schema.pairs.c.route)
        with translated(self._engine), self._engine.connect() as connection:
            return tuple(connection.scalars(found))

    def cells(self, route: str) -> tuple[Cell, ...]:
        """A route's accumulated trials and divergences, in order of slice, behavior and direction."""
        found = select(schema.cells).where(schema.cells.c.route == rows.name(route))
        counted: dict[tuple[str, str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
        with translated(self._engine), self._engine.connect() as connection:
            for row in connection.execute(found):
                counted[row.slice, row.behavior, row.direction][row.role] = (row.trials, row.diverged)
        return tuple(
            Cell(*key, *by_role.get(schema.STUDENT, (0, 0)), *by_role.get(schema.NOISE, (0, 0)))
            for key, by_role in sorted(counted.items())
        )

    def styles(self, route: str) -> dict[str, StyleDrift]:
        """How the student's manner drifted from the teacher's, by slice."""
        found = select(schema.styles).where(schema.styles.c.route == rows.name(route)).order_by(schema.styles.c.slice)
        with translated(self._engine), self._engine.connect() as connection:
            read = list(connection.execute(found).mappings())
        return {slice_: rows.read_style(of_slice) for slice_, of_slice in groupby(read, lambda row: str(row["slice"]))}

    def prune(self, now: float, routes: Mapping[str, Retention], others: Retention | None = None) -> Pruned:
        """Delete pairs beyond their route's retention; ``others`` is for routes not named (None: keep them)."""
        with translated(self._engine):
            return prune(self._engine, now, routes, others)

    def size(self) -> int:
        """Bytes the database takes on disk, free pages included."""
        statement = "SELECT pg_database_size(current_database())"
        if self._engine.dialect.name == "sqlite":
            statement = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        with translated(self._engine), self._engine.connect() as connection:
            return int(connection.execute(text(statement)).scalar_one())


@dataclasses.dataclass(frozen=True, slots=True)
class _Batch:
    """A batch as rows, made before its transaction begins: no lock is held while bytes are compressed."""

    pairs: Mapping[str, tuple[Row, list[Row]] | None]  # None: counted, not kept
    trials: Mapping[str, list[Row]]
    styles: Mapping[str, tuple[str, str, StyleDrift]]
    turns: Mapping[str, Turn]
    units: Mapping[str, Row]

    @classmethod
    def of(cls, batch: Sequence[Entry]) -> _Batch:
        codec = Codec()
        entries = {rows.name(entry.pair.id): entry for entry in batch}
        return cls(
            {pair_id: rows.pair_rows(e.pair, codec) if e.kept else None for pair_id, e in entries.items()},
            {pair_id: rows.trial_rows(e.pair) for pair_id, e in entries.items()},
            {pair_id: (e.pair.route, e.pair.slice, e.style) for pair_id, e in entries.items()},
            {pair_id: Turn.of(e.pair) for pair_id, e in entries.items() if e.counts},
            {pair_id: unit_row(e.pair, e.unit) for pair_id, e in entries.items() if e.unit and e.unit.counts},
        )

    def without(self, known: frozenset[str]) -> _Batch:
        if not known:
            return self
        return _Batch(
            {key: value for key, value in self.pairs.items() if key not in known},
            {key: value for key, value in self.trials.items() if key not in known},
            {key: value for key, value in self.styles.items() if key not in known},
            {key: value for key, value in self.turns.items() if key not in known},
            {key: value for key, value in self.units.items() if key not in known},
        )

    def inserts(self) -> list[tuple[Table, list[Row]]]:
        kept = {key: value for key, value in self.pairs.items() if value is not None}
        return [
            (schema.pairs, [pair for pair, _ in kept.values()]),
            (schema.replies, [reply for _, replies in kept.values() for reply in replies]),
            (schema.trials, [trial for key in kept for trial in self.trials[key]]),
        ]

    def cells(self) -> list[Row]:
        found = [row for pair_id in self.turns for row in self.trials[pair_id]]
        keys: list[CellKey] = [tuple(map(str, _cell(row))) for row in found]
        trials = Counter(keys)
        diverged = Counter(key for key, row in zip(keys, found, strict=True) if row["diverged"])
        # In one order everywhere, or two examiners could wait for each other's rows.
        return [
            {**dict(zip(_CELL, key, strict=True)), "trials": trials[key], "diverged": diverged[key]}
            for key in sorted(trials)
        ]

    def style_rows(self) -> list[Row]:
        """What the batch adds to each slice's sums; in one order, as the cells are."""
        added: dict[tuple[str, str], StyleDrift] = {}
        for route, slice_, style in self.styles.values():
            added[route, slice_] = added.get((route, slice_), StyleDrift()).merge(style)
        return [row for key in sorted(added) for row in rows.style_rows(*key, added[key])]


def _load(connection: Connection, wanted: list[str]) -> list[Pair]:
    """The pairs of these ids that exist, in this order."""
    codec, found = Codec(), {}
    for start in range(0, len(wanted), PAGE):
        some = wanted[start : start + PAGE]
        replies = _by_pair(connection, schema.replies, some)
        trials = _by_pair(connection, schema.trials, some)
        for row in connection.execute(select(schema.pairs).where(schema.pairs.c.id.in_(some))).mappings():
            if row["id"] in replies:  # else pruned between the statements
                found[row["id"]] = rows.read_pair(row, replies[row["id"]], trials.get(row["id"], ()), codec)
    return [found[pair_id] for pair_id in wanted if pair_id in found]


def _by_pair(connection: Connection, table: Table, wanted: list[str]) -> dict[str, list[RowMapping]]:
    found: dict[str, list[RowMapping]] = defaultdict(list)
    statement = select(table).where(table.c.pair_id.in_(wanted)).order_by(*table.primary_key)
    for row in connection.execute(statement).mappings():
        found[row["pair_id"]].append(row)
    return found
