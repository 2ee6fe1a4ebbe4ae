"""The whole proxy on PostgreSQL, while the database goes away and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.practicum import Practicum, route, until
from tests.end_to_end.upstream import Upstream
from tests.postgres import Postgres
from tests.proxy.cli.command import practicum


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A server of this file's own, because it is stopped and started."""
    with Postgres() as server:
        yield server


def test_pairs_survive_a_database_that_goes_away_and_callers_do_not_notice(
    folder: Path, teacher: Upstream, student: Upstream, mark: str, postgres: Postgres
) -> None:
    """What was compared before is there afterwards; what came in between is shed and counted; serving goes on."""
    database = postgres.create_database()
    with Practicum(folder, {"x": route(teacher.url(), student.url())}, database=database) as service:

        def serve() -> None:
            assert service.call(CHAT, ask(CHAT, "x", mark)).status == 200

        serve()
        until(lambda: service.total("mirror_pairs_total", outcome="compared") == 1, "the first pair")
        postgres.stop()
        try:
            serve()
            until(lambda: service.total("store_available") == 0, "the loss is noticed")
            said = " ".join(practicum("status", "--admin", service.admin).out.split())
            assert "serving goes on (database postgresql://" in said
            serve()
            until(lambda: service.total("mirror_shed_total", reason="store_unavailable") >= 1, "work is shed")
        finally:
            postgres.start()
        until(lambda: service.total("store_available") == 1, "the database is back")
        serve()
        # The pair that was held while the database was away is written, and so is the new one.
        until(lambda: service.total("mirror_pairs_total", outcome="compared") == 3, "later pairs")
        service.settle()
        assert service.total("mirror_sampled_total") == 4
        assert service.total("requests_total", outcome="ok") == 4
