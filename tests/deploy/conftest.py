"""Fixtures of the tests of deploy/: what kustomize and helm make of it, where they are; a folder for another user."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.manifests import TOOLS, Document, kustomized, templated


@pytest.fixture(scope="session")
def tools() -> str:
    """Where the programs are; skips where they are not."""
    if not (TOOLS.parent / ".ready").exists():
        pytest.skip(f"no helm, kubectl, docker-compose and hadolint in {TOOLS}; make test-deploy installs them")
    return str(TOOLS)


@pytest.fixture(scope="session")
def overlay(tools: str) -> list[Document]:
    """The example overlay's objects."""
    assert tools
    return kustomized()


@pytest.fixture(scope="session")
def chart(tools: str) -> list[Document]:
    """The chart's objects, with its own values."""
    assert tools
    return templated()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that another user can enter, as pytest's own cannot be."""
    folder = Path(tempfile.mkdtemp(prefix="practicum-image-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
