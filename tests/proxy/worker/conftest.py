"""A data port before a teacher that misbehaves where it is asked to, for the tests of what serves the teacher's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.worker.served import Port
from tests.proxy.worker.teachers import configured, misbehaving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The teacher, asked by header to misbehave."""
    with misbehaving() as running:
        yield running


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Port]:
    """Its routes stand in ``teachers.configured``."""
    with Port(configured(server), TEACHER_KEY="ours") as port:
        yield port


@pytest.fixture
def port(shared: Port, server: Server) -> Iterator[Port]:
    """The port without memory of other tests; nothing may be left in flight."""
    shared.records.clear()
    server.received.clear()
    yield shared
    until(lambda: server.in_progress == 0, "no upstream works for nobody")
