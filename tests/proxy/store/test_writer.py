"""The writer loses nothing that it accepted while the database comes and goes, and nobody waits for it."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, text

from proxy.config.settings import Privacy
from proxy.store.database import open_engine
from proxy.store.entry import Compared
from proxy.store.migrate import upgrade
from proxy.store.pair import Cell
from proxy.store.query import PairFilter
from proxy.store.store import Store
from proxy.store.writer import Bounds, Writer
from tests.postgres import Postgres
from tests.proxy.store.samples import AGREED, EVERYTHING, compared, pair, refused, reply

pytestmark = pytest.mark.anyio

QUICK = Bounds(linger=0.005, first_retry=0.01, last_retry=0.05)
LIMIT = 20.0  # seconds until a condition must hold


@asynccontextmanager
async def writing(store: Store, bounds: Bounds = QUICK) -> AsyncIterator[Writer]:
    """A running writer, closed at the end."""
    writer = Writer(store, bounds)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(writer.run())
        yield writer
        await writer.close(LIMIT)
    await until(lambda: not any(thread.name.startswith("store-writer") for thread in threading.enumerate()))
    assert (writer.pending, writer.pending_bytes) == (0, 0)


async def until(condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    async with asyncio.timeout(LIMIT):
        while not condition():  # noqa: ASYNC110 -- the condition is a thread's or a database's
            await asyncio.sleep(0.005)


def trials(store: Store) -> int:
    """How many trials of a lost refusal the store has counted."""
    return sum(cell.trials for cell in store.cells("support"))


async def test_what_is_put_is_written_and_settled(store: Store) -> None:
    """The examiner settles a record with its worker when it is durable, and not before."""
    settled: list[bool] = []
    async with writing(store) as writer:
        for number in range(500):
            assert writer.put(compared(number), lambda ok: settled.append(ok and trials(store) > 0))
        await until(lambda: len(settled) == 500)
        assert trials(store) == 500
    assert all(settled)
    assert (writer.ok, writer.written_total, writer.dropped_total, writer.errors_total) == (True, 500, 0, 0)


async def test_put_refuses_beyond_either_bound(store: Store) -> None:
    """Memory is bounded, whatever the database does; a refused item is never settled."""
    few = Writer(store, Bounds(items=2))
    assert [few.put(compared(n), lambda _: None) for n in range(3)] == [True, True, False]
    small = Writer(store, Bounds(size=10_000))
    large = compared(1, teacher=reply(body=b"x" * 20_000))
    assert small.put(large, lambda _: None)  # one alone always fits, or it never would
    assert not small.put(compared(2), lambda _: None)
    assert await few.close(0) == 2
    assert await small.close(0) == 1


async def test_put_never_waits(store: Store) -> None:
    """It is called between two awaits of the examiner, with the database locked until they are all in."""
    lock = _lock(store)
    async with writing(store) as writer:
        assert all(writer.put(compared(n), lambda _: None) for n in range(1000))
        lock()
    assert trials(store) == 1000


async def test_privacy_is_applied_on_the_way(store: Store) -> None:
    """The store itself never sees what must not be kept."""
    async with writing(store) as writer:
        writer.put(Compared(pair(1, request=b"call 4155552671"), Privacy(store="redacted")), lambda _: None)
        writer.put(Compared(pair(2), Privacy(), store=False), lambda _: None)
        writer.put(Compared(pair(3, AGREED), Privacy(agreeing_sample=0.0)), lambda _: None)
    found = {one.id: one for one in store.iterate(PairFilter())}
    assert found[pair(1).id].request == b"call [NUMBER]"
    assert found[pair(2).id].request == b""
    assert pair(3).id not in found
    assert Cell("general", "format", "lost", 1, 0) in store.cells("support")


async def test_bad_data_costs_itself_only(store: Store) -> None:
    """One item that the database refuses must not hold up, let alone take along, the batch it is in."""
    settled: dict[int, bool] = {}
    async with writing(store, Bounds(linger=0.1)) as writer:
        for number in range(100):
            bad = number in {0, 41, 99}
            item = Compared(refused(number), EVERYTHING) if bad else compared(number)
            writer.put(item, lambda ok, number=number: settled.update({number: ok}))  # type: ignore[misc] # bound now
        await until(lambda: len(settled) == 100)
    assert {number for number, ok in settled.items() if not ok} == {0, 41, 99}
    assert (writer.written_total, writer.dropped_total, writer.ok) == (97, 3, True)
    assert trials(store) == 97


async def test_a_fault_of_our_own_costs_its_item_only(store: Store) -> None:
    """A bug in a detector's span, say, must not end the writer."""
    async with writing(store) as writer:
        writer.put(Compared(pair(1, teacher=None), Privacy(store="digest")), lambda _: None)
        await until(lambda: writer.dropped_total == 1)
        assert "AttributeError" in writer.last_error or "NoneType" in writer.last_error
        writer.put(compared(2), lambda _: None)
        await until(lambda: writer.written_total == 1)


async def test_a_locked_database_is_waited_for(store: Store) -> None:
    """A backup or a migration may hold it for longer than a statement waits."""
    unlock = _lock(store)
    async with writing(store) as writer:
        writer.put(compared(1), lambda _: None)
        await until(lambda: writer.pending == 1)
        unlock()
        await until(lambda: writer.written_total == 1)


async def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    """Shadow work stops, loudly; when there is space again, what was held is written, and counted once."""
    engine = open_engine(f"sqlite:///{tmp_path / 'pairs.db'}")
    upgrade(engine)
    pages = [60]
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count={pages[0]}"))
    store = Store(engine)
    async with writing(store) as writer:
        for number in range(200):
            writer.put(compared(number, request=bytes(range(256)) * 4), lambda _: None)
        await until(lambda: not writer.ok and writer.errors_total > 2)
        assert "disk is full: free space" in writer.last_error
        assert writer.pending > 0
        pages[0] = 1_000_000
        await until(lambda: writer.written_total == 200)
        assert writer.ok
    assert trials(store) == 200
    store.close()


async def test_a_restarted_server_costs_nothing(postgres: Postgres) -> None:
    """Operators restart databases; what was accepted meanwhile is written afterwards, and nothing is counted twice."""
    store = Store.open(postgres.create_database())
    settled: list[bool] = []
    async with writing(store) as writer:
        for number in range(300):
            assert writer.put(compared(number), settled.append)
            if number == 100:
                await until(lambda: writer.written_total > 0)
                await asyncio.to_thread(postgres.stop)
        await until(lambda: not writer.ok)
        assert writer.last_error
        await asyncio.to_thread(postgres.start)
        await until(lambda: len(settled) == 300)
        assert writer.ok
    assert settled == [True] * 300
    assert trials(store) == 300
    store.close()


async def test_a_full_batch_does_not_linger(store: Store) -> None:
    """Items that come one by one wake nobody but the first of them and the one that fills the batch."""
    settled: list[bool] = []
    async with writing(store, Bounds(batch=5, linger=2 * LIMIT)) as writer:
        for number in range(20):
            await asyncio.sleep(0)
            writer.put(compared(number), settled.append)
        await until(lambda: len(settled) == 20)
        for number in range(20, 32):  # 5, 5 and 2, which close does not wait with
            writer.put(compared(number), settled.append)
        await until(lambda: len(settled) == 30)
    assert trials(store) == len(settled) == 32


async def test_close_writes_what_is_left(store: Store) -> None:
    """A graceful stop loses nothing, and takes nothing new."""
    async with writing(store, Bounds(linger=60.0)) as writer:
        for number in range(50):
            writer.put(compared(number), lambda _: None)
        assert await writer.close(LIMIT) == 0
        assert not writer.put(compared(99), lambda _: None)
    assert trials(store) == 50


async def test_close_gives_up_in_time_and_says_how_much(store: Store) -> None:
    """A database that stays away must not keep the process from ending."""
    settled: list[bool] = []
    unlock = _lock(store)
    async with writing(store) as writer:
        for number in range(500):
            writer.put(compared(number), settled.append)
        await until(lambda: writer.pending == 500)
        assert await writer.close(0.1) == 500
        assert settled == [False] * 500
        unlock()
    assert writer.dropped_total == 500


async def test_cancellation_is_passed_on(store: Store) -> None:
    """A task group that fails must be able to end its writer; what it held is reported as dropped."""
    settled: list[bool] = []
    writer = Writer(store, Bounds(linger=60.0))
    running = asyncio.create_task(writer.run())
    writer.put(compared(), settled.append)
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert settled == [False]


def _lock(store: Store) -> Callable[[], None]:
    """Lock the store against writing, from another connection; returns what unlocks it."""
    engine = store._engine
    if engine.dialect.name == "sqlite":
        other = sqlite3.connect(str(engine.url.database), check_same_thread=False, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        return other.close
    connection = engine.connect()
    connection.execute(text("LOCK TABLE batches IN EXCLUSIVE MODE"))
    return connection.close
