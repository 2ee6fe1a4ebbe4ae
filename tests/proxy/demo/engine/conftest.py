"""Fixtures of the engine's tests: a tiny checkpoint, and the engine serving it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from proxy.demo.engine.checkpoint import Checkpoint, read
from tests.proxy.demo.engine import tiny
from tests.proxy.demo.engine.serving import Served

ROWS = 4


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny checkpoint's."""
    return tiny.write(tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture(scope="session")
def checkpoint(folder: Path) -> Checkpoint:
    """The tiny checkpoint."""
    return read(folder)


@pytest.fixture(scope="session")
def served(folder: Path) -> Iterator[Served]:
    """The engine, with four rows and room for four who wait; it tells the log-probabilities of all tokens."""
    limits = ("--max-num-seqs", str(ROWS), "--max-waiting", "4", "--max-logprobs", str(tiny.VOCABULARY))
    with Served(folder, "tiny", *limits) as engine:
        yield engine
