"""Opens the database that a URL names, and translates what databases raise into the store's own errors.

SQLite runs in WAL mode with ``synchronous=NORMAL``: a killed process loses nothing that was committed, a power cut
perhaps the last moments. PostgreSQL is reached through psycopg 3. This module refuses in-memory databases: every
thread would see one of its own. Its counterpart is ``proxy.store.migrate``, which gives the opened database its tables.
"""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from proxy.store.errors import StoreError, UnavailableError, UnstorableError

BUSY_TIMEOUT = 5.0  # seconds that SQLite waits for another process's write lock
_SPELLING = "write sqlite:///FILE or postgresql://USER@HOST/NAME"
_DRIVER = "postgresql+psycopg"
_WRITES = "practicum_writes"
_PRAGMAS = ("synchronous=NORMAL", "foreign_keys=ON", "journal_size_limit=67108864", "temp_store=MEMORY")
# Of every connection to PostgreSQL: a host that is gone is noticed within seconds, also where nothing is being sent.
_BOUNDS: Mapping[str, str | int] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    "application_name": "practicum",
}
_DATA_FAULTS = ("22", "23", "54")  # SQLSTATE classes: data exception, integrity violation, limit exceeded
_REMEDIES = {
    "unable to open database file": "create its directory, and let this process write there",
    "readonly database": "let this process write to the file and its directory",
    "database is locked": "another process holds it; stop that, or use PostgreSQL for several hosts",
    "disk is full": "free space, or lower privacy.maxBytes or privacy.retention",
    "disk i/o error": "free space, and look at the disk's health",
    "file is not a database": "move the file away, or name another",
    'database "[^"]*" does not exist': "create it, or correct the URL",
    'role "[^"]*" does not exist': "correct the user in the URL",
    "authentication failed": "correct the user, or give the password in the URL, PGPASSWORD or ~/.pgpass",
    "permission denied for|read-only transaction": "use the role of `practicum serve`, or grant this one as much",
    "is the server running": "start the server, or correct the URL's host and port",
    "could not translate host|failed to resolve host": "correct the URL's host",
}


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///FILE`` or ``postgresql://USER@HOST/NAME`` that has answered once.

    Raises ``StoreError`` naming the URL (its password masked) and the remedy.
    """
    parsed = _parse(url)
    engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgresql(parsed)
    try:
        with translated(engine), engine.connect():
            return engine
    except StoreError:
        engine.dispose()
        raise


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: SQLite takes the write lock at their start, not in their middle."""
    return engine.execution_options(**{_WRITES: True})


def snapshot(engine: Engine) -> Engine:
    """The same engine for transactions whose statements are all of one moment: SQLite's are so by nature."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def conninfo(url: str) -> str:
    """A PostgreSQL URL as libpq takes it, with the bounds of an engine's connections; "" for SQLite."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "sqlite":
        return ""
    from psycopg.conninfo import make_conninfo  # noqa: PLC0415 -- of the extra [postgres]

    _, given = parsed.set(drivername=_DRIVER).get_dialect()().create_connect_args(parsed)
    return make_conninfo("", **{**_BOUNDS, **given})


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Database errors inside become ``UnstorableError`` (the data's fault) or ``UnavailableError`` (the database's)."""
    try:
        yield
    except (exc.IntegrityError, exc.DataError) as error:
        raise UnstorableError(_message(engine, error)) from error
    except exc.DBAPIError as error:
        kind = UnstorableError if _is_data_fault(error) else UnavailableError
        raise kind(_message(engine, error)) from error
    except exc.TimeoutError as error:
        raise UnavailableError(_message(engine, error)) from error
    except (exc.StatementError, OverflowError, UnicodeError) as error:
        raise UnstorableError(_message(engine, error)) from error


def shown(engine: Engine) -> str:
    """The engine's URL as people write it, its password masked."""
    return repr(engine.url.set(drivername=engine.url.get_backend_name()))


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (exc.ArgumentError, ValueError) as error:
        shown = re.sub(r"(?<=//)[^/]*@", "***@", url)
        raise StoreError(f"database {shown!r} is no URL: {_SPELLING}") from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql", "postgres"}:
        raise StoreError(f"database {parsed!r} is of no kind this store knows: {_SPELLING}")
    return parsed


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:" or "mode" in url.query:
        raise StoreError(f"database {url!r} names no file: write sqlite:///practicum.db, or sqlite:////absolute/path")
    if not Path(url.database).absolute().parent.is_dir():
        directory = Path(url.database).absolute().parent
        raise StoreError(f"database {url!r}: there is no directory {directory}: create it, or name another file")
    try:
        engine = create_engine(url.set(drivername="sqlite"), connect_args={"timeout": BUSY_TIMEOUT})
    except exc.ArgumentError as error:
        raise StoreError(f"database {url!r}: {error}") from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL) -> Engine:
    driver = url.set(drivername=_DRIVER)
    given = {name: value for name, value in _BOUNDS.items() if name not in url.query}
    try:
        return create_engine(driver, connect_args=given, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise StoreError(f"database {url!r} needs the PostgreSQL driver: pip install 'practicum[postgres]'") from error


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where we say, DDL included, not where the driver guesses
    if connection.execute("PRAGMA page_count").fetchone() == (0,):  # of an old file it would need the write lock
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # must come before WAL
    _enter_wal(connection, time.monotonic() + BUSY_TIMEOUT)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _enter_wal(connection: sqlite3.Connection, deadline: float) -> None:
    """The change to WAL does not wait for a lock as statements do, so several first starts need this patience."""
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _is_data_fault(error: exc.DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return isinstance(state, str) and state.startswith(_DATA_FAULTS)


def _message(engine: Engine, error: Exception) -> str:
    cause = error.orig if isinstance(error, exc.StatementError) and error.orig is not None else error
    said = " ".join(str(cause).split()).rstrip(".?")
    remedy = next((text for sign, text in _REMEDIES.items() if re.search(sign, said, re.IGNORECASE)), None)
    return f"database {shown(engine)}: {said}" + (f": {remedy}" if remedy else "")
