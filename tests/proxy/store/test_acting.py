"""One examiner acts at a time, and another takes over when it is gone, however it went."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from proxy.store.acting import Acting
from proxy.store.store import Store
from tests.postgres import Postgres

_HOLDER = """
import sys
from proxy.store.acting import Acting
from proxy.store.store import Store
acting = Acting(Store.open(sys.argv[1]))
print(acting.held(), flush=True)
sys.stdin.readline()
"""
_SESSION = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
_ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"


@pytest.fixture
def pg_store(postgres: Postgres) -> Iterator[Store]:
    """A store on PostgreSQL."""
    opened = Store.open(postgres.create_database())
    yield opened
    opened.close()


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that acts."""
    command = [sys.executable, "-c", _HOLDER, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def url(store: Store) -> str:
    """The store's URL, for another process."""
    return store.engine.url.render_as_string(hide_password=False)


def ended(store: Store, pid: object) -> None:
    """Return once the server has ended this session."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while connection.scalar(text(_ALIVE), {"pid": pid}):
            connection.execute(text("SELECT pg_sleep(0.01)"))


def session(store: Store) -> object:
    """The process id of the session that holds the lock."""
    with store.engine.connect() as connection:
        return connection.scalar(text(_SESSION))


def test_on_sqlite_everybody_acts(tmp_path: Path) -> None:
    """There is one host, and one examiner on it."""
    store = Store.open(f"sqlite:///{tmp_path / 'pairs.db'}")
    one, two = Acting(store), Acting(store)
    assert one.held()
    assert two.held()
    one.release()
    store.close()


def test_one_acts_until_it_releases(pg_store: Store) -> None:
    """Two controllers that raise one step each would raise two."""
    one, two = Acting(pg_store), Acting(pg_store)
    assert [one.held(), two.held(), one.held(), two.held()] == [True, False, True, False]
    two.release()  # it holds nothing: that must not take the lock from who does
    assert one.held()
    one.release()
    assert two.held()
    assert not one.held()
    for acting in (one, two):
        acting.release()


def test_a_released_lock_is_not_left_in_the_pool(pg_store: Store) -> None:
    """A pooled connection lives on: whoever got it next would hold a lock that nobody knows of."""
    acting = Acting(pg_store)
    assert acting.held()
    pid = session(pg_store)
    acting.release()
    ended(pg_store, pid)
    assert session(pg_store) is None


def test_it_waits_outside_of_transactions(pg_store: Store) -> None:
    """One that stays open for days keeps the server from cleaning up what was deleted since."""
    acting = Acting(pg_store)
    assert acting.held()
    with pg_store.engine.connect() as connection:
        state = connection.scalar(
            text("SELECT state FROM pg_stat_activity WHERE pid = :pid"), {"pid": session(pg_store)}
        )
    assert state == "idle"
    acting.release()


def test_a_killed_holder_is_followed(pg_store: Store) -> None:
    """Kill -9 of the acting examiner must not leave the rollouts without one."""
    acting = Acting(pg_store)
    with holder(url(pg_store)) as process:
        assert not acting.held()
        pid = session(pg_store)
        process.send_signal(signal.SIGKILL)
        ended(pg_store, pid)
        assert acting.held()
    acting.release()


def test_who_lost_its_session_knows(pg_store: Store) -> None:
    """It must not go on in the belief that it acts alone: somebody else may by now."""
    one, two = Acting(pg_store), Acting(pg_store)
    assert one.held()
    pid = session(pg_store)
    with pg_store.engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    ended(pg_store, pid)
    assert two.held()
    assert not one.held()
    assert not one.held()
    pid = session(pg_store)
    two.release()
    ended(pg_store, pid)  # the server gives the lock back once it has seen that
    assert one.held()
    one.release()


def test_a_server_that_is_gone_lets_nobody_act(postgres: Postgres, pg_store: Store) -> None:
    """Without the database nobody knows who acts; and once it is back, somebody must."""
    acting = Acting(pg_store)
    assert acting.held()
    postgres.stop()
    try:
        assert not acting.held()
        assert not acting.held()
    finally:
        postgres.start()
    assert acting.held()
    acting.release()
