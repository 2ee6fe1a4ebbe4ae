"""Fixtures of the end-to-end tests: two upstreams and one proxy for a whole run, and the check that nothing leaks.

Routes of the shared proxy are named TEACHER-SHADOW: what the teacher is (``good``: it answers as the request's
``x-behave`` says; ``patient``: the same, with long time limits; ``renamed``: it is asked for another model;
``refused``, ``blackhole``: nobody answers) and what the shadow lane does (``on``, ``off``, ``broken``: its student
refuses connections).
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import Practicum, Section, free_port, route, until
from tests.end_to_end.upstream import Upstream

PATIENT = {"first_token_timeout": "30s", "stall_timeout": "30s", "total_timeout": "60s"}
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
    dead = f"http://127.0.0.1:{free_port()}/v1"
    teachers: dict[str, tuple[str, Section]] = {
        "good": (teacher.url(), {}),
        "patient": (teacher.url(), PATIENT),
        "renamed": (teacher.url(), {"model": "gpt-large"}),
        "refused": (dead, {}),
        "blackhole": (f"http://127.0.0.1:{blackhole}/v1", {}),
    }
    shadows: dict[str, tuple[str, Section]] = {
        "on": (student.url(), {}),
        "off": (student.url(), {"percentage": 0}),
        "broken": (dead, {"deadline": "500ms"}),  # or what its circuit holds back would wait
    }
    routes = {
        f"{name}-{shadow}": route(url, student_url, mirror, keys)
        for name, (url, keys) in teachers.items()
        for shadow, (student_url, mirror) in shadows.items()
    }
    listen = {"max_body": "1MiB", "header_timeout": "500ms", "body_timeout": "2s"}
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
def mark() -> str:
    """What marks this test's requests in an upstream's memory."""
    return f"mark-{uuid.uuid4().hex}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place for a proxy of the test's own."""
    return tmp_path
