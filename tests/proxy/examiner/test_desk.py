"""The desk as it is where nothing is wired: it refuses, and it keeps its secret."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from proxy.examiner.desk import Desk
from proxy.examiner.orders import Order, Verb
from routing.rollout import RolloutError
from tests.proxy.desk import a_desk, filled


async def ordered(desk: Desk) -> str:
    """Order something of it."""
    return await desk.order("support", Order(Verb.ABORT))


def test_a_desk_that_moves_nothing_says_so(tmp_path: Path) -> None:
    """An operator must never believe that a rollout moved."""
    store = filled(tmp_path, ())
    desk = a_desk(store)
    with pytest.raises(RolloutError, match="abort of 'support' was not done"):
        asyncio.run(ordered(desk))
    with pytest.raises(RolloutError, match="cannot be told"):
        desk.decisions("support", 3)
    store.close()


def test_a_desk_does_not_show_its_token(tmp_path: Path) -> None:
    """A repr ends in logs."""
    store = filled(tmp_path, ())
    assert "open-sesame" not in repr(a_desk(store, token="open-sesame"))
    store.close()
