"""The stage: whatever goes wrong while it is set, nothing stays behind. Its success is played in ``test_story``."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from proxy.demo.stage import StageError, staged


def children() -> set[str]:
    """The processes that this one has started and that still run."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


async def set_and_leave(directory: Path, patience: float) -> None:
    """Set the stage and do nothing on it."""
    async with staged(directory, patience):
        pytest.fail("the stage was set")


def test_a_server_that_never_gets_ready_is_told_of_with_its_log(tmp_path: Path) -> None:
    """Whoever sees it must not have to search for a log that is gone."""
    (tmp_path / "practicum.db").mkdir()
    before = children()
    with pytest.raises(StageError, match=r"practicum\.db"):
        asyncio.run(set_and_leave(tmp_path, 5.0))
    assert children() == before


def test_a_directory_that_cannot_be_written_stops_the_arms_again(tmp_path: Path) -> None:
    """They were started first."""
    before = children()
    with pytest.raises(OSError, match="none"):
        asyncio.run(set_and_leave(tmp_path / "none", 20.0))
    assert children() == before
