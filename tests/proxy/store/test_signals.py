"""What one examiner saves, the others hear of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from proxy.store.rollouts import Rollouts
from proxy.store.signals import heard
from proxy.store.store import Store
from tests.postgres import Postgres

pytestmark = pytest.mark.anyio
_SOON = 20.0  # seconds, far more than it takes


@pytest.fixture(params=[True, False], ids=["uvloop", "asyncio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    """The examiner's loop, and the standard library's."""
    return "asyncio", {"use_uvloop": request.param}


async def next_signal(signals: AsyncGenerator[None]) -> None:
    """Wait for one."""
    await asyncio.wait_for(anext(signals), _SOON)


def save(url: str, revision: int) -> bool:
    """Save a state, as another process would."""
    store = Store.open(url)
    try:
        return Rollouts(store).save("support", "{}", "epoch", revision, [], 1e9)
    finally:
        store.close()


async def test_a_save_is_heard(postgres: Postgres) -> None:
    """A rollback on one host must reach the others within a second, not with their next tick."""
    url = postgres.create_database()
    async with aclosing(heard(url)) as signals:
        await next_signal(signals)  # connected
        for revision in range(3):
            assert await asyncio.to_thread(save, url, revision)
            await next_signal(signals)


async def test_it_hears_again_after_the_server_was_gone(postgres: Postgres, caplog: pytest.LogCaptureFixture) -> None:
    """A database that is restarted at night must not leave an examiner deaf in the morning."""
    url = postgres.create_database()
    async with aclosing(heard(url)) as signals:
        await next_signal(signals)
        waiting = asyncio.ensure_future(anext(signals))
        await asyncio.to_thread(postgres.stop)
        try:
            while "again in 0.4 s" not in caplog.text:  # several tries to connect have failed, with growing pauses
                assert not waiting.done()
                await asyncio.sleep(0.01)
        finally:
            await asyncio.to_thread(postgres.start)
        await asyncio.wait_for(waiting, _SOON)  # connected anew: something may have been missed
        assert await asyncio.to_thread(save, url, 0)
        await next_signal(signals)


async def test_it_ends_with_its_task(postgres: Postgres) -> None:
    """An examiner that stops must not wait for a signal that never comes, nor leave a connection behind."""
    url = postgres.create_database()

    async def listen() -> None:
        async with aclosing(heard(url)) as signals:
            async for _ in signals:
                connected.set()

    connected = asyncio.Event()
    task = asyncio.ensure_future(listen())
    await asyncio.wait_for(connected.wait(), _SOON)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_on_sqlite_nothing_is_heard(tmp_path: Path) -> None:
    """There is one examiner, which knows what it saved."""
    url = f"sqlite:///{tmp_path / 'pairs.db'}"
    async with aclosing(heard(url)) as signals:
        waiting = asyncio.ensure_future(anext(signals))
        assert await asyncio.to_thread(save, url, 0)
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
