"""Fixtures of the end-to-end tests: two upstreams and one proxy for a whole run, and the check that nothing leaks.

Routes of the shared proxy are named TEACHER-SHADOW: what the teacher is (``good``: it answers as the request's
``x-behave`` says; ``refused``, ``blackhole``: nobody answers) and what the shadow lane does (``on``, ``off``,
``broken``: its student refuses connections).
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, free_port, route, until
from tests.end_to_end.upstream import Upstream

SHADOWS = ("on", "off", "broken")


@pytest.fixture(scope="session")
def teacher() -> Iterator[Upstream]:
    """The trusted upstream."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


@pytest.fixture(scope="session")
def student() -> Iterator[Upstream]:
    """The candidate upstream."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


@pytest.fixture(scope="session")
def blackhole() -> Iterator[int]:
    """A port whose handshakes are never completed: its backlog is full and nobody accepts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for filler in waiting:
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for filler in waiting:
            filler.close()


@pytest.fixture(scope="session")
def shared(
    tmp_path_factory: pytest.TempPathFactory, teacher: Upstream, student: Upstream, blackhole: int
) -> Iterator[Practicum]:
    """One proxy for all tests that leave it as they found it; use ``service`` instead."""
    teachers = {
        "good": teacher.url(),
        "refused": f"http://127.0.0.1:{free_port()}/v1",
        "blackhole": f"http://127.0.0.1:{blackhole}/v1",
    }
    students = {"on": student.url(), "off": student.url(), "broken": f"http://127.0.0.1:{free_port()}/v1"}
    routes = {
        f"{name}-{shadow}": route(url, students[shadow], {"percentage": 0 if shadow == "off" else 100})
        for name, url in teachers.items()
        for shadow in SHADOWS
    }
    listen = {"max_body": "1MiB", "header_timeout": "500ms", "body_timeout": "500ms"}
    with Practicum(tmp_path_factory.mktemp("shared"), routes, listen=listen) as practicum:
        yield practicum


@pytest.fixture
def service(shared: Practicum, teacher: Upstream, student: Upstream) -> Iterator[Practicum]:
    """The shared proxy, with its counts marked; afterwards nothing may be left of the test."""
    shared.mark()
    yield shared
    shared.settle()
    until(lambda: teacher.in_progress == student.in_progress == 0, "no upstream works for nobody")


@pytest.fixture(params=SHADOWS)
def shadow(request: pytest.FixtureRequest) -> str:
    """The shadow lane on, off, and broken: what is served must not differ."""
    return str(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for a proxy of the test's own."""
    return tmp_path
