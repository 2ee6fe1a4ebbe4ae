"""States are swapped, not overwritten, and what was decided is written with them or not at all."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from proxy.store.decided import Decided
from proxy.store.rollouts import CHANNEL, Rollouts, Stored
from proxy.store.store import Store
from tests.postgres import Postgres

EPOCH = "3f9c0a12b7de.0"
RAISED = Decided(1e9, "controller", "math", "step", "1", "5", "all gates pass", '{"conversations": 812}')


@pytest.fixture
def rollouts(store: Store) -> Rollouts:
    """Of a store on each kind of database."""
    return Rollouts(store)


def test_a_state_is_read_as_it_was_saved(rollouts: Rollouts) -> None:
    """After a restart the rollout goes on where it was, not at the file's last step."""
    assert rollouts.read() == {}
    assert rollouts.save("support", '{"step": 1}', EPOCH, 0, [], 1e9)
    assert rollouts.save("other", "{}", "0", 0, [], 2e9)
    assert rollouts.save("support", '{"step": 2}', EPOCH, 1, [], 3e9)
    assert rollouts.read() == {
        "support": Stored(2, EPOCH, '{"step": 2}', 3e9),
        "other": Stored(1, "0", "{}", 2e9),
    }


@pytest.mark.parametrize("revision", [0, 1, 3])
def test_a_state_that_is_not_the_newest_changes_nothing(rollouts: Rollouts, revision: int) -> None:
    """A controller that decided on yesterday's state must not undo an operator's abort, nor claim that it did."""
    for known in (0, 1):
        assert rollouts.save("support", f"{known + 1}", EPOCH, known, [RAISED], 1e9)
    assert not rollouts.save("support", "late", EPOCH, revision, [RAISED], 2e9)
    assert rollouts.read() == {"support": Stored(2, EPOCH, "2", 1e9)}
    assert len(rollouts.decisions("support")) == 2
    assert not rollouts.save("unknown", "late", EPOCH, 1, [RAISED], 2e9)
    assert rollouts.decisions("unknown") == ()


def test_a_save_is_announced_where_it_wrote(postgres: Postgres) -> None:
    """Examiners read when they hear; what did not happen is nothing to read."""
    url = postgres.create_database()
    store = Store.open(url)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}".encode())
        for revision, announced in ((0, 1), (0, 0), (1, 1)):
            assert Rollouts(store).save("support", "{}", EPOCH, revision, [RAISED], 1e9) is bool(announced)
            listener.execute("SELECT 1")  # what was announced before is delivered with its answer
            assert len(list(listener.notifies(timeout=0))) == announced
    store.close()


def test_of_several_that_save_at_once_one_does(rollouts: Rollouts, database_url: str) -> None:
    """An operator's verb on one host and the controller's tick on another: one of them reads again."""
    stores = [Store.open(database_url) for _ in range(3)]
    start = threading.Barrier(len(stores))

    def count(which: int) -> int:
        saved, mine = 0, Rollouts(stores[which])
        start.wait()
        while saved < 15:
            known = mine.read().get("support", Stored(0, "", "0", 0.0))
            decided = dataclasses.replace(RAISED, before=known.state, after=str(int(known.state) + 1))
            saved += mine.save("support", decided.after, EPOCH, known.revision, [decided], 1e9)
        return saved

    with ThreadPoolExecutor(len(stores)) as pool:
        assert sum(pool.map(count, range(len(stores)))) == 45
    assert rollouts.read()["support"] == Stored(45, EPOCH, "45", 1e9)
    log = rollouts.decisions("support", limit=100)
    assert [(one.before, one.after) for one in log] == [(str(n), str(n + 1)) for n in reversed(range(45))]
    for other in stores:
        other.close()


def test_decisions_are_of_one_route_the_newest_first(rollouts: Rollouts) -> None:
    """Newest as they were saved: clocks of several hosts differ, and step."""
    one, two, three = (dataclasses.replace(RAISED, at=at, why=f"at {at}") for at in (30.0, 20.0, 10.0))
    rollouts.save("support", "a", EPOCH, 0, [one, two], 1e9)
    rollouts.save("other", "a", EPOCH, 0, [RAISED], 1e9)
    rollouts.save("support", "b", EPOCH, 1, [three], 1e9)
    assert rollouts.decisions("support") == (three, two, one)
    assert rollouts.decisions("support", limit=1) == (three,)
    assert rollouts.decisions("nobody") == ()


def test_whatever_people_write_is_storable(rollouts: Rollouts) -> None:
    """A webhook's answer, cited as a reason, may hold anything; it must not stop a rollback."""
    odd = dataclasses.replace(RAISED, who="x" * 999, why="no\x00\ud800" + "!" * 9999, at=float("nan"))
    assert rollouts.save("support", '"\x00"', "e" * 999, 0, [odd], 1e9)
    [read] = rollouts.decisions("support")
    assert (read.who, read.why, read.at) == ("x" * 255, "no\ufffd\ufffd" + "!" * 9999, 0.0)


def test_epochs_are_numbered_as_they_come(rollouts: Rollouts) -> None:
    """Each further epoch has less chance of error to spend, so a number is given once and kept."""
    assert [rollouts.position("support", epoch, 1e9) for epoch in ("b", "a", "b", "c", "a")] == [1, 2, 1, 3, 2]
    assert rollouts.position("other", "c", 1e9) == 1


def test_epochs_that_come_at_once_get_a_number_each(database_url: str) -> None:
    """Replicas read the new file in the same second, and not all of them the same file."""
    stores = [Store.open(database_url) for _ in range(3)]
    start = threading.Barrier(len(stores))

    def register(which: int) -> dict[str, int]:
        mine, names = Rollouts(stores[which]), [f"{n}" for n in range(12)]
        start.wait()
        return {epoch: mine.position("support", epoch, 1e9) for epoch in (names, names[::-1], names)[which]}

    with ThreadPoolExecutor(len(stores)) as pool:
        found = list(pool.map(register, range(len(stores))))
    assert found[0] == found[1] == found[2]
    assert sorted(found[0].values()) == list(range(1, 13))
    for other in stores:
        other.close()
