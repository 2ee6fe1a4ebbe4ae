"""What the tests of ``proxy`` share: the event loop that its processes run on."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The loop of workers and the examiner: its transports differ from the standard library's in what they buffer."""
    return "asyncio", {"use_uvloop": True}
