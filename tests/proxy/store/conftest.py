"""Both databases for every test of the store: SQLite in the test's directory, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.store.store import Store
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole run, started by the first test that asks for it."""
    with Postgres() as server:
        yield server


@pytest.fixture
def anyio_backend() -> str:
    """The event loop that the examiner runs on."""
    return "asyncio"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database; a test that takes it runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'pairs.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on each kind of database."""
    opened = Store.open(database_url)
    yield opened
    opened.close()
