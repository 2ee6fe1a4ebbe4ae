"""Worker and examiner in one process: the same service, one process to stop."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import COMMAND, Practicum, route, until
from tests.end_to_end.upstream import Upstream


@pytest.fixture
def server() -> Iterator[Upstream]:
    """Teacher and student at once."""
    with Upstream(BEHAVIORS) as running:
        yield running


def test_it_serves_mirrors_and_stops_as_one(tmp_path: Path, server: Upstream) -> None:
    """A record crosses the same socket as ever, and SIGTERM ends both halves in order, with code 0."""
    with Practicum(tmp_path, {"x": route(server.url(), server.url())}, 0) as service:
        assert service.call(CHAT, ask(CHAT, "x", "m")).body == replies.CHAT
        service.settle()
        assert service.total("mirror_pairs_total", outcome="compared") == 1
        assert service.pids("worker") == service.pids("examiner") == []
        assert len(service.pids("serve")) == 1
        assert service.stop() == 0
    until(lambda: server.connections == 0, "no connection is left")


def test_a_database_that_cannot_be_opened_ends_it(tmp_path: Path) -> None:
    """Half of it would serve while nobody learns that nothing is recorded."""
    blocked = Practicum(tmp_path, {"x": route("http://127.0.0.1:9/v1", "http://127.0.0.1:9/v1")}, 0)
    (tmp_path / "practicum.db").mkdir()
    command = [str(COMMAND), "serve", "--config", str(blocked.config), "--workers", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "practicum.db" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
