"""What is kept of a route's rollout: its state, who decided what about it and why, and the epochs it has been in.

A state is saved by comparing and swapping its revision: who decided on a state that is no longer the newest learns so,
reads again and decides anew. The decisions that led to it are written with it or not at all, and on PostgreSQL every
examiner hears of it (``proxy.store.signals``). Decisions are never changed or deleted: they are the log of the rollout.

A state is opaque here. What it means, and what may follow it, is ``routing.rollout``'s; which examiner may raise a
weight is ``proxy.store.acting``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, text, update

from proxy.store.database import translated, writing
from proxy.store.decided import Decided
from proxy.store.insertion import inserting
from proxy.store.rows import Row, clean, name, number
from proxy.store.schema import decisions, epochs, rollouts
from proxy.store.store import Store

CHANNEL = "practicum_rollouts"  # of PostgreSQL's NOTIFY: a rollout of this database was saved
_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Stored:
    """A route's state, as JSON text; ``revision`` counts from 1, ``written`` is Unix seconds."""

    revision: int
    epoch: str
    state: str
    written: float


class Rollouts:
    """The rollouts in a store. All methods block, and raise ``UnavailableError`` as the store's own do."""

    def __init__(self, store: Store) -> None:
        """``store`` is open for writing, and is closed by who opened it."""
        self._engine = store.engine
        self._writing = writing(store.engine)
        self._positions: dict[tuple[str, str], int] = {}

    def read(self) -> dict[str, Stored]:
        """The newest state of every route that has one."""
        with translated(self._engine), self._engine.connect() as connection:
            found = connection.execute(select(rollouts))
            return {row.route: Stored(row.revision, row.epoch, row.state, row.written) for row in found}

    def save(self, route: str, state: str, epoch: str, revision: int, decided: Sequence[Decided], now: float) -> bool:
        """Save a route's next state, and what was decided; False where ``revision`` is no longer its newest.

        ``revision`` is that of the state which was read, 0 where there was none; the saved one's is the next. Where it
        is not the newest, nothing is written.
        """
        stored: Row = {"epoch": name(epoch), "state": clean(state), "written": number(now)}
        with translated(self._engine), self._writing.begin() as connection:
            if not _swapped(connection, name(route), revision, stored):
                return False
            if decided:
                connection.execute(insert(decisions), [_row(route, one) for one in decided])
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"NOTIFY {CHANNEL}"))
            return True

    def decisions(self, route: str, limit: int = 20) -> tuple[Decided, ...]:
        """What was decided about a route, the newest first; those of one ``save`` in the order given, reversed."""
        columns = [column for column in decisions.c if column.name not in {"id", "route"}]
        found = select(*columns).where(decisions.c.route == name(route)).order_by(decisions.c.id.desc()).limit(limit)
        with translated(self._engine), self._engine.connect() as connection:
            return tuple(Decided(**row) for row in connection.execute(found).mappings())

    def position(self, route: str, epoch: str, now: float) -> int:
        """Which of the route's epochs this is, from 1 on; one not seen before comes after all others, for ever."""
        known = self._positions.get((route, epoch))
        if known is not None:  # for ever
            return known
        with translated(self._engine):
            while (found := self._position(name(route), name(epoch))) is None:
                with self._writing.begin() as connection:
                    _register(connection, name(route), name(epoch), number(now))
        self._positions[route, epoch] = found
        return found

    def _position(self, route: str, epoch: str) -> int | None:
        found = select(epochs.c.position).where(epochs.c.route == route, epochs.c.epoch == epoch)
        with self._engine.connect() as connection:
            return connection.scalar(found)


def _swapped(connection: Connection, route: str, revision: int, stored: Row) -> bool:
    if revision == 0:
        new = inserting(connection.dialect, rollouts).values(route=route, revision=1, **stored)
        return connection.scalar(new.on_conflict_do_nothing().returning(rollouts.c.revision)) is not None
    newest = update(rollouts).where(rollouts.c.route == route, rollouts.c.revision == revision)
    swap = newest.values(revision=revision + 1, **stored).returning(rollouts.c.revision)
    return connection.scalar(swap) is not None


def _register(connection: Connection, route: str, epoch: str, now: float) -> None:
    """Number an epoch next, unless another process numbers this one or takes that number at the same moment."""
    newest = connection.scalar(select(func.max(epochs.c.position)).where(epochs.c.route == route)) or 0
    new = inserting(connection.dialect, epochs).values(route=route, epoch=epoch, position=newest + 1, begun=now)
    connection.execute(new.on_conflict_do_nothing())


def _row(route: str, one: Decided) -> Row:
    short = {"route": name(route), "who": name(one.who), "slice": name(one.slice), "what": name(one.what)}
    long = {"before": clean(one.before), "after": clean(one.after), "why": clean(one.why), "inputs": clean(one.inputs)}
    return {"at": number(one.at), **short, **long}
