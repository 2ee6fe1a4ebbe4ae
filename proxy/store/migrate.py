"""Brings a database to the current schema, also when several processes start at once.

Whoever holds the lock migrates; the others wait and then find nothing to do. The lock is an advisory one of the
transaction in PostgreSQL and the write lock in SQLite, where DDL is as transactional as everything else: a migration
that fails leaves the database as it was. Who only reads changes nothing: an older program may be at work on what it
reads. This module refuses to downgrade: restore a backup instead.

Migrations are one line, numbered by their files' names, so that what is pending is known from one row of Alembic's
table and a list of files: Alembic itself is imported only by who has something to migrate.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from proxy.store.database import shown, translated, writing
from proxy.store.errors import StoreError

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = table("alembic_version", column("version_num"))
_LOCK = 0x70726163  # "prac": any number that nobody else in the database uses


def upgrade(engine: Engine) -> None:
    """Create or upgrade the schema. Raises ``StoreError`` where the database is newer than this version."""
    with translated(engine), engine.connect() as connection:
        if not _pending(connection):
            return  # without the lock: a command that only reads must not wait for a writer
    with translated(engine), writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        if _pending(connection):
            _migrate(connection)


def _migrate(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 -- 0.07 s of CPU, for who has something to migrate

    command.upgrade(_config(connection), "head")


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 -- as above

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def require_current(engine: Engine) -> None:
    """Change nothing. Raises ``StoreError`` where the schema is not this version's, or there is none."""
    with translated(engine), engine.connect() as connection:
        current, head = _revisions(connection)
    if current is None:
        raise StoreError(
            f"database {shown(engine)}: there are no tables of practicum's in it: name the one that `practicum serve` "
            "writes to, as in its configuration"
        )
    if current != head:
        raise StoreError(
            f"database {shown(engine)}: it has schema revision {current}, this version of practicum reads {head}: "
            "`practicum serve` of this version upgrades it at its start"
        )


def _pending(connection: Connection) -> bool:
    """Whether there is anything to do. Raises ``StoreError`` for a revision this version does not know."""
    current, head = _revisions(connection)
    return current != head


def _revisions(connection: Connection) -> tuple[str | None, str]:
    """The database's and this version's. Raises ``StoreError`` for a revision this version does not know."""
    current, known = _current(connection), _known()
    if current is not None and current not in known:
        raise StoreError(
            f"the database has schema revision {current}, this version of practicum knows up to {known[-1]}: "
            "run the version that wrote it, or restore a backup made before the upgrade"
        )
    return current, known[-1]


def _current(connection: Connection) -> str | None:
    """The database's revision; None where there is none. Several at once are of no version of ours: all are named."""
    if not inspect(connection).has_table(_VERSIONS.name):
        return None
    return " and ".join(sorted(connection.scalars(select(_VERSIONS.c.version_num)))) or None


def _known() -> list[str]:
    """This version's revisions, the oldest first."""
    return sorted(file.name.partition("_")[0] for file in _MIGRATIONS.glob("versions/[0-9]*.py"))
