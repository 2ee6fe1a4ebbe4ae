"""Keeps the store small: pairs go by age, and by size when a route's share is full.

By age, everything older than the route's retention. By size, the oldest agreeing pairs first, and divergent ones only
when no agreeing pair is left. The sums stay: evidence is a few numbers and holds no text. Conversations go once they
are settled and have been idle for a week: what they counted stays, and a turn that comes later still is one of a new
conversation. What confidence rests on goes by its route's retention once its epoch is over, and so do calibrations that
are not the route's newest. Rows are deleted a few hundred at a time, so that a writer never waits long for its turn.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Engine, Select, delete, func, select, tuple_

from proxy.store.database import writing
from proxy.store.schema import batches, calibrations, confidences, conversations, pairs, rollouts

_CHUNK = 500  # pairs per transaction
_TOKENS_KEPT = 86400.0  # seconds: no writer retries a batch for a day
_CONVERSATIONS_KEPT = 7 * 86400.0  # seconds after a conversation's last turn
_VACUUM_PAGES = 10_000  # 40 MB given back to the file system per call; the rest is reused or goes next time

Found = Select[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Retention:
    """How long (seconds) and how much (stored bytes) of one route is kept."""

    seconds: float
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Pruned:
    """Pairs deleted for their age and for their route's size, and the stored bytes both took."""

    expired: int = 0
    oversize: int = 0
    bytes: int = 0


def prune(engine: Engine, now: float, routes: Mapping[str, Retention], others: Retention | None) -> Pruned:
    """Delete what is beyond its route's retention at ``now`` (Unix seconds); ``others`` is for routes not named."""
    expired = oversize = size = 0
    for route, retention in _retentions(engine, routes, others):
        for _, bytes_ in _expire(engine, route, now - retention.seconds):
            expired, size = expired + 1, size + bytes_
        for _, bytes_ in _shrink(engine, route, retention.max_bytes):
            oversize, size = oversize + 1, size + bytes_
        _outdate(engine, route, now - retention.seconds)
    _forget(engine, now - _CONVERSATIONS_KEPT)
    with writing(engine).begin() as connection:
        connection.execute(delete(batches).where(batches.c.written < now - _TOKENS_KEPT))
    if engine.dialect.name == "sqlite":
        _give_back(engine)
    return Pruned(expired, oversize, size)


def _retentions(
    engine: Engine, routes: Mapping[str, Retention], others: Retention | None
) -> Iterator[tuple[str, Retention]]:
    with engine.connect() as connection:
        stored = list(_routes(connection))
    for route in stored:
        retention = routes.get(route, others)
        if retention is not None:
            yield route, retention


def _routes(connection: Connection) -> Iterator[str]:
    """The routes that have pairs, by hopping along the index: DISTINCT would read every row."""
    route = connection.scalar(select(func.min(pairs.c.route)))
    while route is not None:
        yield route
        route = connection.scalar(select(func.min(pairs.c.route)).where(pairs.c.route > route))


def _expire(engine: Engine, route: str, before: float) -> Iterator[tuple[str, int]]:
    old = select(pairs.c.id, pairs.c.size).where(pairs.c.route == route, pairs.c.started < before).limit(_CHUNK)
    while found := _delete(engine, old, None):
        yield from found


def _shrink(engine: Engine, route: str, max_bytes: int) -> Iterator[tuple[str, int]]:
    with engine.connect() as connection:
        total = connection.scalar(select(func.coalesce(func.sum(pairs.c.size), 0)).where(pairs.c.route == route)) or 0
    least = select(pairs.c.id, pairs.c.size).where(pairs.c.route == route)
    least = least.order_by(pairs.c.diverged, pairs.c.started).limit(_CHUNK)
    excess = int(total) - max_bytes
    while excess > 0 and (found := _delete(engine, least, excess)):
        excess -= sum(size for _, size in found)
        yield from found


def _delete(engine: Engine, wanted: Found, excess: int | None) -> list[tuple[str, int]]:
    """Delete the pairs found, with their replies and trials; of them only as many as make up ``excess`` bytes."""
    with writing(engine).begin() as connection:
        found = [(row.id, row.size) for row in connection.execute(wanted)]
        if excess is not None:
            found = list(_until(found, excess))
        if found:
            connection.execute(delete(pairs).where(pairs.c.id.in_([pair_id for pair_id, _ in found])))
        return found


def _forget(engine: Engine, before: float) -> None:
    """Delete the settled conversations without a turn since then. One that gets a turn just now is looked at again."""
    old = conversations.c.settled.is_(True), conversations.c.updated < before
    key = list(conversations.primary_key)
    some = delete(conversations).where(*old, tuple_(*key).in_(select(*key).where(*old).limit(_CHUNK)))
    deleted = _CHUNK
    while deleted == _CHUNK:
        with writing(engine).begin() as connection:
            deleted = connection.execute(some).rowcount


def _outdate(engine: Engine, route: str, before: float) -> None:
    """Delete what is that old of calibrations that have been replaced, and of units of epochs that are over."""
    newest = select(func.max(calibrations.c.version)).where(calibrations.c.route == route).scalar_subquery()
    replaced = calibrations.c.route == route, calibrations.c.made < before, calibrations.c.version < newest
    current = select(rollouts.c.epoch).where(rollouts.c.route == route)
    unit = confidences.c
    over = unit.route == route, unit.started < before, unit.epoch != current.scalar_subquery()
    some = delete(confidences).where(unit.position.in_(select(unit.position).where(*over).limit(_CHUNK)))
    with writing(engine).begin() as connection:
        connection.execute(delete(calibrations).where(*replaced))
    deleted = _CHUNK
    while deleted == _CHUNK:
        with writing(engine).begin() as connection:
            deleted = connection.execute(some).rowcount


def _give_back(engine: Engine) -> None:
    """Hand free pages to the file system. Only a script is stepped to its end; ``execute`` would free a single page."""
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        cast("sqlite3.Cursor", cursor).executescript(f"PRAGMA incremental_vacuum({_VACUUM_PAGES})")


def _until(found: list[tuple[str, int]], excess: int) -> Iterator[tuple[str, int]]:
    for pair_id, size in found:
        if excess <= 0:
            return
        excess -= size
        yield pair_id, size
