"""A scripted arm as the process that it is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from proxy.demo import dialects
from proxy.demo.prompts import EXERCISES, MODEL, Exercise
from proxy.examiner.student_load import Load, read_load
from proxy.wire.replies import observe
from routing.observation import Arm, Timing


@dataclass(frozen=True, slots=True)
class Running:
    """An arm's process, and its address."""

    process: subprocess.Popen[bytes]
    url: str


def start(arm: Arm) -> Running:
    """Start an arm and wait for its port."""
    command = [sys.executable, "-m", "proxy.demo.arms", arm.value]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    return Running(process, f"http://127.0.0.1:{int(process.stdout.readline())}")


@pytest.fixture(scope="module")
def student() -> Iterator[Running]:
    """A student for all tests."""
    running = start(Arm.STUDENT)
    yield running
    with running.process as process:
        process.communicate(b"", timeout=20)
    assert running.process.returncode == 0, "it ends when its standard input does"


@pytest.mark.parametrize("asked", EXERCISES, ids=lambda e: e.question[:30])
def test_it_says_its_line(student: Running, asked: Exercise) -> None:
    """On the endpoint of the exercise, in the form that was asked for."""
    url = f"{student.url}/v1{dialects.PATHS[asked.endpoint]}"
    response = httpx.post(url, content=dialects.request(asked, MODEL))
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/event-stream" if asked.stream else "application/json")
    kind = response.headers["content-type"]
    found = observe(asked.endpoint, Arm.STUDENT, 200, kind, response.content, asked.stream, None, Timing(None, 0.0))
    assert (found.text, [call.name for call in found.tool_calls]) == (
        asked.student.text,
        [call.name for call in asked.student.calls],
    )


def test_a_body_that_is_no_request_is_refused(student: Running) -> None:
    """In OpenAI's shape."""
    response = httpx.post(f"{student.url}/v1/chat/completions", content=b"{")
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_its_load_is_read_as_a_models_would_be(student: Running) -> None:
    """The shadow lane asks before it calls."""
    assert read_load(httpx.get(f"{student.url}/metrics").content) == Load(0.0, 0.0)
