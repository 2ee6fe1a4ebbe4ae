"""Pairs over the admin port and out of the database: the same, whichever is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from proxy.cli.arguments import verb_parser
from proxy.cli.refused import Refused
from proxy.cli.sources import open_pairs
from proxy.cli.wanted import Wanted
from routing.divergence import Direction
from tests.proxy.cli.conftest import GAINED, PAIRS
from tests.proxy.desk import a_desk, filled, served
from tests.proxy.store.samples import pair

EVERYTHING = Wanted(None, None, None, None, None, None)


def options(*argv: str) -> list[str]:
    """Where to read from, as options."""
    return list(argv)


@pytest.fixture(params=["admin", "database"])
def argv(request: pytest.FixtureRequest, admin: str, database_url: str) -> list[str]:
    """The options that name each source."""
    return options("--admin", admin) if request.param == "admin" else options("--database", database_url)


def test_whole_pairs(argv: list[str]) -> None:
    """Newest first, and not a byte changed, hostile ones included."""
    with open_pairs(verb_parser({}).parse_args(["pairs", *argv])) as source:
        assert list(source.pairs(EVERYTHING, None)) == sorted(PAIRS, key=lambda p: -p.started)
        assert len(list(source.pairs(EVERYTHING, 2))) == 2


def test_rows(argv: list[str]) -> None:
    """With their filters."""
    wanted = Wanted(None, "format", "general", Direction.GAINED, 1_000_000_000, 1_000_000_010)
    with open_pairs(verb_parser({}).parse_args(["pairs", *argv])) as source:
        assert [row.id for row in source.rows(wanted, 10)] == [GAINED.id]
        assert len(list(source.rows(EVERYTHING, 3))) == 3


def test_one_pair(argv: list[str]) -> None:
    """And the same refusal for one that is not there."""
    with open_pairs(verb_parser({}).parse_args(["pair", "x", *argv])) as source:
        assert source.pair(GAINED.id) == GAINED
        with pytest.raises(Refused, match="no pair 'nope'"):
            source.pair("nope")


def test_routes(argv: list[str]) -> None:
    """The admin port knows those that are served, the database those that have pairs."""
    with open_pairs(verb_parser({}).parse_args(["pairs", *argv])) as source:
        assert "support" in source.routes()
        assert "suport" not in source.routes()


def test_rows_go_beyond_a_page(tmp_path: Path) -> None:
    """The admin port gives a thousand at a time; a limit above that is still met exactly."""
    store = filled(tmp_path, [pair(number) for number in range(1003)])
    with served(a_desk(store)) as url, open_pairs(verb_parser({}).parse_args(["pairs", "--admin", url])) as source:
        assert len(list(source.rows(EVERYTHING, 1002))) == 1002
        assert len(list(source.rows(EVERYTHING, 5000))) == 1003
    store.close()


@pytest.mark.parametrize("url", ["sqlite:///{}/none.db", "sqlite:///{}", "nonsense", "mysql://host/db"])
def test_a_database_that_is_not_there_is_refused_and_not_made(tmp_path: Path, url: str) -> None:
    """An empty one would say that there are no pairs."""
    arguments = verb_parser({}).parse_args(["pairs", "--database", url.format(tmp_path)])
    with pytest.raises(Refused), open_pairs(arguments):
        pass
    assert list(tmp_path.iterdir()) == []
