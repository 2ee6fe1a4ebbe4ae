"""Fixtures of the system tests: a vLLM that serves, from this machine or from ``VLLM_URL``.

``VLLM_HOME`` names the environment to take; ``make test-vllm`` installs one into ``.tools/vllm`` where it is not set.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.upstream import Upstream
from tests.system.server import Served, Vllm, random_checkpoint, warm
from tests.system.tap import Tap

ROOT = Path(__file__).parents[2]
ONE_AT_A_TIME = ("--max-num-seqs", "1")  # so that a second request waits, and the queue can be seen and ordered


@pytest.fixture(scope="session")
def home() -> Path:
    """The environment vLLM is installed in."""
    found = Path(os.environ.get("VLLM_HOME") or ROOT / ".tools/vllm")
    if not (found / "bin/vllm").exists():
        pytest.skip(f"no vLLM in {found}; make test-vllm installs one")
    return found


@pytest.fixture(scope="session")
def owned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    """A student that these tests may overload and kill. Each test leaves it serving."""
    if os.environ.get("VLLM_URL"):
        pytest.skip("VLLM_URL names somebody's server, and this test overloads or kills it")
    home: Path = request.getfixturevalue("home")
    folder = tmp_path_factory.mktemp("vllm")
    with Vllm(home, random_checkpoint(home, folder / "student", 2), folder, ONE_AT_A_TIME) as vllm:
        yield vllm


@pytest.fixture(scope="session")
def student(request: pytest.FixtureRequest) -> Served:
    """A student that is only talked to: the server that ``VLLM_URL`` names, else our own."""
    if url := os.environ.get("VLLM_URL"):
        url = url.rstrip("/").removesuffix("/v1")
        served = Served(url, httpx.get(f"{url}/v1/models", timeout=30).json()["data"][0]["id"])
        warm(served)
        return served
    owned: Vllm = request.getfixturevalue("owned")
    return owned.served


@pytest.fixture(scope="session")
def teacher() -> Iterator[Upstream]:
    """A scripted teacher, whose replies are known to the byte."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


@pytest.fixture
def tap(student: Served) -> Iterator[Tap]:
    """The wire to the student."""
    with Tap(student.url) as tapped:
        yield tapped
