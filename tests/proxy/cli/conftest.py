"""An admin port over a store with a few pairs, some of them hostile, for every test of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.store.store import Store
from routing.divergence import Direction, Trial
from tests.proxy.desk import a_desk, database, filled, served
from tests.proxy.store.samples import noisy, pair, reply

ESCAPES = "[bold]markup[/bold]:smile:\x1b[31mred\x1b[0m\x1b]0;title\x07\x9b2J\r\u202egnp.exe"
HOSTILE = pair(7, student=reply(ESCAPES, ESCAPES.encode(), labels=()), route=f"evil-{ESCAPES}", slice="math")
GAINED = pair(3, (Trial("format", Direction.GAINED, diverged=True, severity=0.5),))
PAIRS = (pair(1), noisy(2), GAINED, HOSTILE)


@pytest.fixture(scope="session")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the database is."""
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="session")
def store(directory: Path) -> Iterator[Store]:
    """The store with the pairs."""
    opened = filled(directory, PAIRS)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def database_url(directory: Path, store: Store) -> str:  # noqa: ARG001 -- the store fills the database
    """The URL of the store's database."""
    return database(directory)


@pytest.fixture(scope="session")
def admin(store: Store) -> Iterator[str]:
    """The URL of the admin port."""
    with served(a_desk(store)) as url:
        yield url
