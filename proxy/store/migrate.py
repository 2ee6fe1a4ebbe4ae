"""Brings a database to the current schema, also when several processes start at once.

Whoever holds the lock migrates; the others wait and then find nothing to do. The lock is an advisory one of the
transaction in PostgreSQL and the write lock in SQLite, where DDL is as transactional as everything else: a migration
that fails leaves the database as it was. Who only reads changes nothing: an older program may be at work on what it
reads. This module refuses to downgrade: restore a backup instead.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from proxy.store.database import shown, translated, writing
from proxy.store.errors import StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x70726163  # "prac": any number that nobody else in the database uses


def upgrade(engine: Engine) -> None:
    """Create or upgrade the schema. Raises ``StoreError`` where the database is newer than this version."""
    with translated(engine), engine.connect() as connection:
        if not _pending(connection, _config(connection)):
            return  # without the lock: a command that only reads must not wait for a writer
    with translated(engine), writing(engine).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config = _config(connection)
        if _pending(connection, config):
            command.upgrade(config, "head")


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def require_current(engine: Engine) -> None:
    """Change nothing. Raises ``StoreError`` where the schema is not this version's, or there is none."""
    with translated(engine), engine.connect() as connection:
        current, head = _revisions(connection, _config(connection))
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


def _pending(connection: Connection, config: Config) -> bool:
    """Whether there is anything to do. Raises ``StoreError`` for a revision this version does not know."""
    current, head = _revisions(connection, config)
    return current != head


def _revisions(connection: Connection, config: Config) -> tuple[str | None, str | None]:
    """The database's and this version's. Raises ``StoreError`` for a revision this version does not know."""
    scripts = ScriptDirectory.from_config(config)
    current, head = MigrationContext.configure(connection).get_current_revision(), scripts.get_current_head()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"the database has schema revision {current}, this version of practicum knows up to {head}: "
            "run the version that wrote it, or restore a backup made before the upgrade"
        )
    return current, head
