"""What is deleted, in which order, and what stays."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

from sqlalchemy import func, select

from proxy.store.calibrations import Calibrations, Made
from proxy.store.confidences import Confidences
from proxy.store.database import open_engine
from proxy.store.entry import Entry
from proxy.store.pair import Cell
from proxy.store.query import PairFilter
from proxy.store.retention import Pruned, Retention
from proxy.store.rollouts import Rollouts
from proxy.store.schema import batches, pairs, replies, trials
from proxy.store.store import Store
from tests.proxy.store.samples import AGREED, noisy, pair, reply
from tests.proxy.store.test_confidences import UNIT

GENEROUS = Retention(seconds=1e10, max_bytes=10**12)
NOW = pair(100).started


def left(store: Store) -> list[str]:
    """The ids of the pairs that are still there, oldest first."""
    return [found.id for found in store.pairs(PairFilter())][::-1]


def ids(*numbers: int) -> list[str]:
    """The ids of these pairs."""
    return [pair(number).id for number in numbers]


def rows(url: str) -> list[int]:
    """How many rows each table has."""
    engine = open_engine(url)
    with engine.connect() as connection:
        counted = [
            connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (pairs, replies, trials, batches)
        ]
    engine.dispose()
    return counted


def test_old_pairs_go_with_all_their_rows(store: Store, database_url: str) -> None:
    """A promise of thirty days is about payloads, and replies are where they are."""
    store.write([Entry(noisy(n)) for n in (1, 2, 50, 99)], "batch")
    pruned = store.prune(NOW, {"support": dataclasses.replace(GENEROUS, seconds=50.0)})
    assert (pruned.expired, pruned.oversize) == (2, 0)
    assert pruned.bytes > 0
    assert left(store) == ids(50, 99)
    assert rows(database_url)[:3] == [2, 6, 4]


def test_cells_outlive_their_pairs(store: Store) -> None:
    """Evidence is a sum; forgetting an example must not change a verdict."""
    store.write([Entry(pair(1))], "batch")
    store.prune(NOW, {"support": Retention(0.0, 0)})
    assert left(store) == []
    assert store.cells("support") == (Cell("general", "refusal", "lost", 1, 1),)


def test_by_size_agreeing_pairs_go_first_and_the_oldest_of_them(store: Store) -> None:
    """An agreeing pair shows nothing; a divergent one may be the only example of what was lost."""
    entries = [Entry(pair(1)), Entry(pair(2, AGREED)), Entry(pair(3)), Entry(pair(4, AGREED)), Entry(pair(5, AGREED))]
    store.write(entries, "batch")
    everything = store.prune(NOW, {"support": Retention(1e10, 0)}).bytes
    store.write(entries, "again")
    for share, remaining in ((0.9, ids(1, 3, 4, 5)), (0.7, ids(1, 3, 5)), (0.3, ids(3)), (0.0, [])):
        store.prune(NOW, {"support": Retention(1e10, int(everything * share))})
        assert left(store) == remaining


def test_routes_are_pruned_apart(store: Store) -> None:
    """One chatty route must not cost a quiet one its examples."""
    store.write([Entry(pair(n, route=route)) for n, route in enumerate(["a", "b", "gone"])], "batch")
    assert store.prune(NOW, {"a": Retention(0.0, 0), "b": GENEROUS}).expired == 1
    assert left(store) == ids(1, 2)
    store.prune(NOW, {"b": GENEROUS}, others=Retention(0.0, 0))
    assert left(store) == ids(1)


def test_units_of_confidence_go_when_their_epoch_is_over(store: Store) -> None:
    """Those of the current epoch are what the student is served by, however long ago they came."""
    Rollouts(store).save("support", "{}", "new", 0, [], NOW)
    old = [Entry(pair(n, epoch="old"), unit=dataclasses.replace(UNIT, started=float(n))) for n in range(1203)]
    store.write([*old, Entry(pair(5000, epoch="new"), unit=UNIT)], "batch")
    store.prune(1100.0, {"support": dataclasses.replace(GENEROUS, seconds=100.0)})
    kept = Confidences(store.engine)
    assert [found.unit.started for found in kept.after("support", "old", 0)] == [float(n) for n in range(1000, 1203)]
    assert len(kept.after("support", "new", 0)) == 1


def test_replaced_calibrations_go_and_the_newest_never(store: Store) -> None:
    """Its number says how strictly the next is to be judged."""
    kept = Calibrations(store.engine)
    store.write([Entry(pair(1))], "batch")
    for version in (1, 2, 3):
        kept.save("support", Made(version, "e", float(version), b""))
    store.prune(1000.0, {"support": dataclasses.replace(GENEROUS, seconds=998.5)})
    assert kept.versions() == {"support": 3}
    assert not kept.save("support", Made(2, "e", 2.0, b"")), "2 is young enough to be there"
    assert kept.save("support", Made(1, "e", 1.0, b"")), "1 is gone"
    store.prune(1000.0, {"support": Retention(0.0, 10**12)})
    assert kept.newest("support") == Made(3, "e", 3.0, b"")


def test_more_than_one_chunk_goes(store: Store) -> None:
    """After a week without pruning there is much to delete."""
    store.write([Entry(pair(n, ())) for n in range(1203)], "batch")
    assert store.prune(pair(5000).started, {"support": Retention(1.0, 10**12)}).expired == 1203
    assert left(store) == []


def test_nothing_to_prune_is_nothing(store: Store) -> None:
    """It runs every minute, mostly for nothing."""
    assert store.prune(NOW, {"support": GENEROUS}, GENEROUS) == Pruned()


def test_old_batch_tokens_go(store: Store, database_url: str) -> None:
    """They are needed for retries only, and would otherwise grow for ever."""
    store.write([Entry(pair(1))], "batch")
    store.prune(NOW, {})
    assert rows(database_url)[3] == 1
    store.prune(4e9, {})
    assert rows(database_url)[3] == 0


def test_sqlite_gives_the_space_back(tmp_path: Path) -> None:
    """On a full disk, pruning must help the other programs as well."""
    path = tmp_path / "pairs.db"
    store = Store.open(f"sqlite:///{path}")
    noise = random.Random(1).randbytes(1_000_000)  # noqa: S311 -- incompressible, not secret
    store.write([Entry(pair(n, student=reply(body=noise[n * 10_000 :][:10_000]))) for n in range(100)], "batch")
    full = store.size()
    store.prune(NOW, {"support": Retention(1e10, 0)})
    assert store.size() < full / 4
    store.close()
