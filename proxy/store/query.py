"""What one may ask of the stored pairs, and the statement that finds their ids, newest first.

A behavior or a direction asks for the pairs in which the *student diverged* so; such questions walk the index of
trials, all others an index of pairs. Pages go by the position of their last pair, not by number, so a page never
repeats or misses a pair while others are written. The counterpart that runs these statements is ``proxy.store.store``.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Table, select, tuple_

from proxy.store.errors import CursorError
from proxy.store.pair import Pair
from proxy.store.schema import STUDENT, pairs, trials
from routing.divergence import Direction

ANY_FALLBACK = "any"


@dataclass(frozen=True, slots=True)
class PairFilter:
    """Which pairs, newest first; what is None does not restrict. ``limit`` None means all.

    ``since`` (inclusive) and ``until`` (exclusive) are Unix seconds. ``diverged`` tells divergent pairs from agreeing
    ones; ``fallback`` is why the teacher answered in the student's place, ``ANY_FALLBACK`` for any reason.
    ``before_cursor`` is ``cursor(pair)`` of the last pair of the page before.
    """

    route: str | None = None
    behavior: str | None = None
    slice: str | None = None
    direction: Direction | None = None
    diverged: bool | None = None
    since: float | None = None
    until: float | None = None
    limit: int | None = None
    before_cursor: str | None = None
    fallback: str | None = None


def cursor(pair: Pair) -> str:
    """Where a page that ends with this pair ends."""
    return f"{pair.started!r}:{pair.id}"


def ids(wanted: PairFilter) -> Select[tuple[str]]:
    """The statement that yields the ids of the pairs wanted, newest first."""
    by_trial = wanted.behavior is not None or wanted.direction is not None
    table, key = (trials, trials.c.pair_id) if by_trial else (pairs, pairs.c.id)
    found = select(key, table.c.started).where(*_conditions(wanted, table, key))
    if by_trial:
        found = found.where(*_divergence(wanted)).distinct()
    rows = found.order_by(table.c.started.desc(), key.desc()).limit(wanted.limit).subquery()
    return select(rows.c[key.name]).order_by(rows.c.started.desc(), rows.c[key.name].desc())


def _conditions(wanted: PairFilter, table: Table, key: ColumnElement[str]) -> list[ColumnElement[bool]]:
    conditions = [
        table.c[name] == value
        for name, value in (("route", wanted.route), ("slice", wanted.slice), ("diverged", wanted.diverged))
        if value is not None
    ]
    if wanted.since is not None:
        conditions.append(table.c.started >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.c.started < wanted.until)
    if wanted.fallback is not None:
        fell_back = select(pairs.c.id).where(
            pairs.c.fallback != "" if wanted.fallback == ANY_FALLBACK else pairs.c.fallback == wanted.fallback
        )
        conditions.append(key.in_(fell_back))
    if wanted.before_cursor is not None:
        conditions.append(tuple_(table.c.started, key) < tuple_(*_position(wanted.before_cursor)))
    return conditions


def _divergence(wanted: PairFilter) -> list[ColumnElement[bool]]:
    conditions = [trials.c.role == STUDENT, trials.c.diverged.is_(True)]
    if wanted.behavior is not None:
        conditions.append(trials.c.behavior == wanted.behavior)
    if wanted.direction is not None:
        conditions.append(trials.c.direction == wanted.direction.value)
    return conditions


def _position(text: str) -> tuple[float, str]:
    started, separator, pair_id = text.partition(":")
    try:
        position = float(started)
    except ValueError:
        separator = ""
    if not separator:
        raise CursorError(f"cursor {text!r} is none of this store's: pass back the one that came with a page")
    return position, pair_id
