"""Opening a database, and what is said when that fails."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine, exc, text

from proxy.store.database import open_engine, snapshot, translated, writing
from proxy.store.errors import StoreError, UnavailableError, UnstorableError
from tests.postgres import Postgres


def sqlite_engine(directory: Path) -> Engine:
    """An engine on a file of its own."""
    return open_engine(f"sqlite:///{directory / 'pairs.db'}")


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("nonsense", "'nonsense' is no URL: write sqlite:///FILE or postgresql://USER@HOST/NAME"),
        ("mysql://root@localhost/x", "mysql://root@localhost/x is of no kind"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/at/all.db", "no directory /nowhere/at: create it"),
        ("sqlite:////dev/null/x.db", "/dev/null"),
        ("sqlite:////proc", "unable to open database file"),
        ("postgresql://u@127.0.0.1:1/x", "127.0.0.1"),
        ("postgresql://u@127.0.0.1:port/x", "is no URL"),
    ],
)
def test_a_database_that_cannot_be_opened_is_named(url: str, named: str) -> None:
    """The message is all an operator sees of a service that does not start."""
    with pytest.raises(StoreError) as raised:
        open_engine(url)
    assert named in str(raised.value)


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@127.0.0.1:1/x", "oops//u:hunter2@h/x", "?://u:hunter2@h/x"])
def test_passwords_are_masked(url: str) -> None:
    """Messages end in logs."""
    with pytest.raises(StoreError) as raised:
        open_engine(url)
    assert "hunter2" not in str(raised.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """A wrong path must not cost somebody's file."""
    path = tmp_path / "notes.txt"
    path.write_text("these are notes, and no database at all" * 100)
    with pytest.raises(StoreError, match="name another"):
        open_engine(f"sqlite:///{path}")
    assert path.read_text().startswith("these are notes")


def test_a_missing_database_of_a_server_is_named(postgres: Postgres) -> None:
    """The server is there, the database is not: a different remedy than a server that is down."""
    with pytest.raises(StoreError, match=r"does not exist.*create it, or correct the URL"):
        open_engine(postgres.url("absent"))


def test_a_missing_driver_names_the_extra(tmp_path: Path) -> None:
    """The driver is optional, and its absence must not look like a bug."""
    (tmp_path / "psycopg.py").write_text("raise ModuleNotFoundError('No module named psycopg')\n")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from proxy.store.database import open_engine\n"
        "from proxy.store.errors import StoreError\n"
        "try: open_engine('postgresql://u@h/x')\n"
        "except StoreError as error: print(error)\n"
    )
    said = subprocess.run([sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True).stdout
    assert "pip install 'practicum[postgres]'" in said


def test_sqlite_is_set_up_for_one_writer_and_many_readers(tmp_path: Path) -> None:
    """Without WAL a reader would hold up the writer, and without foreign keys retention would leave orphans."""
    engine = sqlite_engine(tmp_path)
    with engine.connect() as connection:
        found = {
            name: connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "auto_vacuum")
        }
    normal, incremental = 1, 2
    assert found == {
        "journal_mode": "wal",
        "synchronous": normal,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "auto_vacuum": incremental,
    }
    engine.dispose()


def test_a_writing_transaction_takes_the_lock_at_its_start(tmp_path: Path) -> None:
    """Taken in its middle, the lock could not be waited for: SQLite would refuse at once."""
    engine = sqlite_engine(tmp_path)
    other = sqlite3.connect(tmp_path / "pairs.db", timeout=0)
    with writing(engine).begin(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    with engine.connect():
        other.execute("BEGIN IMMEDIATE")  # a reader does not take it
    other.close()
    engine.dispose()


def test_the_statements_of_a_snapshot_are_of_one_moment(database_url: str) -> None:
    """Two tables of sums that belong together must not be read with a write between them."""
    engine = open_engine(database_url)
    count = text("SELECT count(*) FROM t")
    with writing(engine).begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    with snapshot(engine).connect() as reader:
        assert reader.scalar(count) == 0
        with writing(engine).begin() as connection:
            connection.execute(text("INSERT INTO t VALUES (1)"))
        assert reader.scalar(count) == 0
    with engine.connect() as reader:
        assert reader.scalar(count) == 1
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("INSERT INTO t VALUES (NULL)", UnstorableError),
        ("INSERT INTO t VALUES (1), (1)", UnstorableError),
        ("SELECT * FROM missing", UnavailableError),
    ],
)
def test_the_data_is_blamed_only_for_its_own_faults(database_url: str, statement: str, kind: type[StoreError]) -> None:
    """Data that is wrongly blamed is dropped; a database that is wrongly blamed is waited for, for ever."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER NOT NULL UNIQUE)"))
    with engine.connect() as connection, pytest.raises(kind), translated(engine):
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.parametrize("fault", [OverflowError, lambda: exc.DataError("INSERT", None, ValueError("too long"))])
def test_faults_of_the_binding_are_the_datas(tmp_path: Path, fault: Callable[[], Exception]) -> None:
    """Some values are refused by the driver before the database sees them."""
    engine = sqlite_engine(tmp_path)
    with pytest.raises(UnstorableError), translated(engine):
        raise fault()
    engine.dispose()
