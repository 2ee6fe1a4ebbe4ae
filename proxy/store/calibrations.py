"""The calibrations of a route, version after version: made by the examiner that acts, read by all of them.

A version is written once and never changed, under a number that no other of its route ever has, whatever its epoch:
what is promised is promised of all of them together, so each is judged more strictly than the one before.

The body is opaque here; what it means is ``proxy.examiner.confidence``'s.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from proxy.store.database import translated, writing
from proxy.store.insertion import inserting
from proxy.store.rows import Row, name, number
from proxy.store.schema import calibrations


@dataclass(frozen=True, slots=True)
class Made:
    """A version of a route's calibrations. ``made`` is Unix seconds."""

    version: int
    epoch: str
    made: float
    body: bytes


class Calibrations:
    """The calibrations in a store. All methods block, and raise ``UnavailableError`` as the store's own do."""

    def __init__(self, engine: Engine) -> None:
        """``engine`` is the store's."""
        self._engine = engine
        self._writing = writing(engine)

    def versions(self) -> dict[str, int]:
        """The newest version of each route that has one."""
        newest = select(calibrations.c.route, func.max(calibrations.c.version)).group_by(calibrations.c.route)
        with translated(self._engine), self._engine.connect() as connection:
            return dict(list(connection.execute(newest)))

    def newest(self, route: str) -> Made | None:
        """The newest version, of whatever epoch."""
        table = calibrations.c
        found = select(table.version, table.epoch, table.made, table.body).where(table.route == name(route))
        with translated(self._engine), self._engine.connect() as connection:
            row = connection.execute(found.order_by(table.version.desc()).limit(1)).one_or_none()
        return None if row is None else Made(*row)

    def save(self, route: str, made: Made) -> bool:
        """Save a version; False, and nothing is written, where the route has one of this number."""
        row: Row = {"route": name(route), "version": made.version, "epoch": name(made.epoch)}
        row |= {"made": number(made.made), "body": made.body}
        with translated(self._engine), self._writing.begin() as connection:
            new = inserting(connection.dialect, calibrations).values(**row).on_conflict_do_nothing()
            return connection.scalar(new.returning(calibrations.c.version)) is not None
