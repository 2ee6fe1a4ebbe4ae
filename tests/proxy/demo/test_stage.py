"""The stage: whatever goes wrong while it is set or while it stands is told, and nothing stays behind."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import httpx
import pytest

from proxy.demo.stage import MODEL, Stage, StageError, staged
from routing.observation import Arm
from tests.proxy.demo.engine import tiny

_PATIENCE = 30.0


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two models that take no time."""
    folder = tmp_path_factory.mktemp("models")
    for arm in Arm:
        tiny.write(folder / arm)
    return folder


def children() -> set[str]:
    """The processes that this one has started and that still run."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def set_and_leave(directory: Path, models: Path, patience: float) -> None:
    """Set the stage and do nothing on it."""
    async with staged(directory, models, patience):
        pytest.fail("the stage was set")


def test_a_server_that_never_gets_ready_is_told_of_with_its_log(tmp_path: Path, models: Path) -> None:
    """Whoever sees it must not have to search for a log that is gone."""
    (tmp_path / "practicum.db").mkdir()
    before = children()
    with pytest.raises(StageError, match=r"practicum\.db"):
        asyncio.run(set_and_leave(tmp_path, models, 8.0))
    assert children() == before


def test_a_directory_that_cannot_be_written_is_told_of(tmp_path: Path, models: Path) -> None:
    """Before anything was started."""
    before = children()
    with pytest.raises(OSError, match="none"):
        asyncio.run(set_and_leave(tmp_path / "none", models, _PATIENCE))
    assert children() == before


def test_a_checkpoint_that_cannot_be_served_is_told_of_in_the_engines_words(tmp_path: Path, models: Path) -> None:
    """The teacher, which was started first, is stopped again."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "teacher").symlink_to(models / "teacher")
    before = children()
    with pytest.raises(StageError, match=r"student's engine ended with 2: .*models/student"):
        asyncio.run(set_and_leave(tmp_path, tmp_path / "models", _PATIENCE))
    assert children() == before


def test_an_engine_that_does_not_come_is_not_waited_for_for_ever(tmp_path: Path, models: Path) -> None:
    """A machine may be too slow for it."""
    before = children()
    with pytest.raises(StageError, match=r"teacher's engine was not ready within 0\.01 s"):
        asyncio.run(set_and_leave(tmp_path, models, 0.01))
    assert children() == before


@pytest.mark.parametrize("title", ["the student's engine", "`practicum serve`"])
def test_a_process_that_falls_is_named(tmp_path: Path, models: Path, title: str) -> None:
    """The page at the end would blame the student for calls that nobody answered."""
    before = children()
    with pytest.raises(StageError, match=rf"^{title} ended with -9: "):
        asyncio.run(fell(tmp_path, models, title))
    assert children() == before


async def fell(directory: Path, models: Path, title: str) -> None:
    """Set the stage, see that it serves, kill one of its processes, and look at it until it says so."""
    async with staged(directory, models, _PATIENCE) as stage:
        await assert_served(stage)
        stage.require_running()
        (fallen,) = (started for started in stage.processes if started.title == title)
        os.kill(fallen.process.pid, signal.SIGKILL)
        async with asyncio.timeout(_PATIENCE):
            await fallen.process.wait()
        stage.require_running()


async def assert_served(stage: Stage) -> None:
    """A call through Practicum is the teacher's, and each engine answers to its own name."""
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 4}
    async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as client:
        answer = await client.post(f"{stage.data}/v1/chat/completions", json=body)
        assert (answer.status_code, answer.headers["x-practicum-arm"]) == (200, "teacher")
        for engine in stage.engines.values():
            direct = await client.post(f"{engine.url}/v1/chat/completions", json=body | {"model": engine.model})
            assert direct.json()["model"] == engine.model
