"""Conversations are counted once, whoever writes their turns, and in whatever batches."""

from __future__ import annotations

import dataclasses
import random
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import TypeVar

import pytest
from sqlalchemy import Column, select

from proxy.store.entry import Entry
from proxy.store.pair import Pair
from proxy.store.schema import conversations, diverged_sets
from proxy.store.store import Store
from routing.conversations import Flags
from routing.divergence import Direction, Trial
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.ledger import ANYTHING, Counted, Diverged, History, Ledger, Sheet, Stage
from tests.proxy.store.samples import AGREED, LOST, pair, reply

T = TypeVar("T")
NOW = 1_000_000.0
KEPT = (dataclasses.replace(LOST[0], diverged=False, severity=0.0),)
REFUSAL = ("refusal", Direction.LOST)
EPOCH = "3f9c0a12b7de.0"


def turn(number: int, conversation: str, trials: tuple[Trial, ...] = KEPT, **changed: object) -> Entry:
    """An agreeing turn that counts and is not kept."""
    return Entry(pair(number, trials, conversation=conversation, epoch=EPOCH, **changed), kept=False)


def asked_twice(entry: Entry, noise_trials: tuple[Trial, ...]) -> Entry:
    """The turn, with a second reply of the teacher."""
    return dataclasses.replace(entry, pair=dataclasses.replace(entry.pair, noise=reply(), noise_trials=noise_trials))


def sheet(store: Store, stage: Stage = Stage.SEEN, history: History = History.TEACHER) -> Sheet:
    """The sheet of the slice that the samples are in."""
    return store.ledger("support", EPOCH).sheet("general", history, stage)


def test_a_conversation_counts_once(store: Store) -> None:
    """Ten turns that fail together are one failure; fed as ten they would certify nonsense."""
    store.write([turn(n, "a", LOST if n == 1 else KEPT) for n in range(3)] + [turn(3, "b")], "one")
    store.write([turn(4, "a", LOST), turn(5, "c")], "two")
    assert sheet(store).cells == {REFUSAL: Counted(Trials(3, 1))}
    assert sheet(store).sets == {Diverged(("refusal.lost",)): 1, Diverged(): 2}


def test_a_later_turn_moves_its_conversation(store: Store) -> None:
    """A clean conversation may yet diverge; then it is no longer a clean one."""
    store.write([asked_twice(turn(1, "a"), KEPT)], "one")
    assert sheet(store).cells == {REFUSAL: Counted(Trials(1, 0), Differences(alike=1))}
    store.write([asked_twice(turn(2, "a", LOST), KEPT)], "two")
    assert sheet(store).cells == {REFUSAL: Counted(Trials(1, 1), Differences(student_only=1))}
    assert sheet(store).sets == {Diverged(("refusal.lost",), ("refusal.lost",), ()): 1}


def test_a_failed_second_reply_is_none(store: Store) -> None:
    """Where the teacher did not answer, it had no chance to diverge from itself."""
    failed = pair(1, LOST, conversation="a", epoch=EPOCH, noise=reply("", status=0, failure="timeout"))
    store.write([Entry(failed)], "one")
    assert sheet(store).sets == {Diverged(("refusal.lost",)): 1}


def test_a_pair_that_was_not_compared_is_no_evidence(store: Store) -> None:
    """A student that is down says nothing about what it would have said."""
    store.write([Entry(pair(1, (), epoch=EPOCH), counts=False), Entry(pair(2, (), epoch=EPOCH))], "one")
    assert sheet(store).conversations == 1


def test_routes_with_something_to_settle_are_told(store: Store) -> None:
    """So that a look need not write to learn that there is nothing."""
    store.write([turn(1, "a"), turn(2, "b", route="sales")], "one", NOW)
    both = {"support": NOW + 1.0, "sales": NOW - 1.0, "other": NOW + 1.0}
    assert store.unsettled(both) == {"support", "sales"}  # the latest moment is asked for
    assert store.unsettled({"support": NOW - 1.0}) == frozenset()
    store.settle("support", NOW + 1.0)
    assert store.unsettled(both) == {"sales"}
    assert store.unsettled({}) == frozenset()


def test_a_conversation_settles_once_idle(store: Store) -> None:
    """A pass rests on conversations that are over; and a look at them must not count them twice."""
    store.write([turn(1, "a", LOST), turn(2, "b")], "one", NOW)
    store.write([turn(3, "b"), turn(4, "c")], "two", NOW + 60)
    assert store.settle("support", NOW) == 0
    assert store.settle("another", NOW + 1) == 0
    assert store.settle("support", NOW + 1) == 1
    assert sheet(store, Stage.SETTLED).sets == {Diverged(("refusal.lost",)): 1}
    assert [store.settle("support", NOW + 61, most=1) for _ in range(3)] == [1, 1, 0]
    assert sheet(store, Stage.SETTLED) == sheet(store, Stage.SEEN)
    assert sheet(store).conversations == 3


def test_a_settled_conversation_that_goes_on_changes_both_stages(store: Store) -> None:
    """Who comes back after lunch and is refused was refused: no pass may rest on what was clean before."""
    store.write([turn(1, "a")], "one", NOW)
    store.settle("support", NOW + 1)
    store.write([turn(2, "a", LOST)], "two", NOW + 9000)
    assert sheet(store, Stage.SETTLED).sets == sheet(store).sets == {Diverged(("refusal.lost",)): 1}
    assert store.settle("support", NOW + 10_000) == 0


def test_epochs_histories_slices_and_routes_are_apart(store: Store) -> None:
    """Evidence is about two models, compared so, in conversations of one arm: a late pair goes where it belongs."""
    one = turn(1, "a", LOST).pair
    others = [
        dataclasses.replace(one, id="2", epoch="old.0"),
        dataclasses.replace(one, id="3", served="student"),
        dataclasses.replace(one, id="4", slice="math"),
        dataclasses.replace(one, id="5", route="other"),
    ]
    store.write([Entry(one), *map(Entry, others)], "one")
    assert sheet(store).conversations == 1
    assert sheet(store, history=History.STUDENT).conversations == 1
    assert store.ledger("support", EPOCH).slices() == ("general", "math")
    assert store.ledger("support", "old.0").sheets.keys() == {("general", History.TEACHER, Stage.SEEN)}
    assert store.ledger("nobody", EPOCH) == Ledger()


def test_repeated_batches_and_pairs_count_once(store: Store) -> None:
    """After a lost acknowledgment the writer sends a batch again; what it holds must not weigh twice."""
    batch = [turn(1, "a"), Entry(pair(2, LOST, conversation="b", epoch=EPOCH))]
    store.write(batch, "same")
    before = sheet(store)
    store.write(batch, "same")
    store.write(batch, "other")  # the agreeing pair is not kept, so nobody knows it; its conversation knows all it says
    assert sheet(store) == before


def test_a_pair_served_by_nobody_is_refused(store: Store) -> None:
    """A history that no ledger knows would make it unreadable for ever."""
    with pytest.raises(ValueError, match="nobody"):
        store.write([turn(1, "a", served="nobody")], "one")
    assert store.ledger("support", EPOCH) == Ledger()


def test_endless_and_odd_names_are_storable(store: Store) -> None:
    """Sets are part of a key of bounded length: what does not fit counts against the student, never for it."""
    odd = [Trial(f"own.{n}\x00\ud800,\u4e2d*{'x' * 100}", Direction.LOST, diverged=True) for n in range(3)]
    odd.append(Trial("y" * 5000, Direction.GAINED, diverged=True))
    store.write([asked_twice(turn(1, "\x00\udfff" + "z" * 999, tuple(odd)), tuple(odd))], "one")
    store.settle("support", float("inf"))
    found = sheet(store, Stage.SETTLED)
    assert set(found.cells.values()) == {Counted(Trials(1, 1), Differences(alike=1))}
    assert len(found.cells) == 4
    [diverged] = found.sets
    assert diverged.student[-1] == ANYTHING
    assert found.any_of(["refusal.lost"]) == Counted(Trials(1, 1), Differences(student_only=1))


def drawn(chance: random.Random, number: int) -> Entry:
    """A turn of one of a few conversations, with anything that a turn may say."""

    def trials() -> tuple[Trial, ...]:
        named = chance.sample(["answer", "refusal", "hedging"], chance.randrange(4))
        return tuple(Trial(one, chance.choice([*Direction]), chance.random() < 0.3) for one in named)

    entry = turn(number, f"c{chance.randrange(12)}", trials(), served=chance.choice(["teacher", "student"]))
    return asked_twice(entry, trials()) if chance.random() < 0.4 else entry


def expected(entries: Sequence[Entry]) -> Ledger:
    """The ledger of these turns at both stages, by definition."""
    flags: dict[tuple[History, str], Flags] = {}
    for one in (entry.pair for entry in entries):
        key = History(one.served), one.conversation
        noise = one.noise_trials if one.noise else None
        flags[key] = flags.get(key, Flags()).add(one.trials, noise)
    alone = (
        Ledger({("general", history, stage): Sheet(of.counted(), {of.diverged(): 1})})
        for (history, _), of in flags.items()
        for stage in Stage
    )
    return reduce(Ledger.merge, alone, Ledger())


@pytest.mark.parametrize("seed", [1, 2])
def test_the_sums_are_those_of_the_conversations(store: Store, seed: int) -> None:
    """However the turns were cut into batches, and whenever conversations settled in between."""
    chance = random.Random(seed)  # noqa: S311 -- a simulation
    entries = [drawn(chance, number) for number in range(150)]
    rest, number = entries, 0
    while rest:
        cut = chance.randrange(1, 30)
        store.write(rest[:cut], f"batch {number}", NOW + number)
        rest, number = rest[cut:], number + 1
        if chance.random() < 0.5:
            store.settle("support", NOW + number - chance.randrange(3), most=5)
    while store.settle("support", NOW + 1000, most=7):
        pass
    assert store.ledger("support", EPOCH) == expected(entries)


def test_examiners_that_write_at_once_lose_nothing(store: Store, database_url: str) -> None:
    """Replicas see turns of the same conversations at the same moment, in other orders, and settle as well."""
    chance = random.Random(7)  # noqa: S311 -- a simulation
    entries = [drawn(chance, number) for number in range(240)]
    stores = [Store(store.engine), *(Store.open(database_url) for _ in range(2))]
    start = threading.Barrier(len(stores))

    def examine(which: int) -> None:
        start.wait()
        mine = entries[which :: len(stores)]
        for number, at in enumerate(range(0, len(mine), 8)):
            batch = mine[at : at + 8]
            stores[which].write(batch[::-1] if which else batch, f"{which}.{number}")
            stores[which].settle("support", float("inf"), most=3)

    with ThreadPoolExecutor(len(stores)) as pool:
        for done in [pool.submit(examine, which) for which in range(len(stores))]:
            done.result()
    while store.settle("support", float("inf")):
        pass
    assert store.ledger("support", EPOCH) == expected(entries)
    for other in stores[1:]:
        other.close()


def test_a_conversation_deleted_meanwhile_is_a_new_one(store: Store) -> None:
    """A week later nobody knows it any more: its turn is one of a new conversation, and what it counted stays."""
    store.write([turn(1, "a", LOST), turn(2, "b")], "one", NOW)
    store.settle("support", NOW + 1)
    store.prune(NOW + 6 * 86400, {})
    assert values(store, conversations.c.conversation) == ["a", "b"]
    store.write([turn(3, "b")], "two", NOW + 5 * 86400)
    store.prune(NOW + 8 * 86400, {})
    assert values(store, conversations.c.conversation) == ["b"]
    store.write([turn(4, "a")], "three", NOW + 8 * 86400)
    assert sheet(store).sets == {Diverged(("refusal.lost",)): 1, Diverged(): 2}
    assert sheet(store, Stage.SETTLED).conversations == 2
    store.prune(NOW + 99 * 86400, {})
    assert values(store, conversations.c.conversation) == ["a"]  # open: it is not counted as settled yet


def values(store: Store, column: Column[T]) -> list[T]:
    """A column's values, in order."""
    with store.engine.connect() as connection:
        return list(connection.scalars(select(column).order_by(column)))


def test_sets_that_emptied_are_not_read(store: Store) -> None:
    """A row may fall to zero; a set of no conversations is nothing."""
    store.write([turn(1, "a")], "one")
    store.write([turn(2, "a", LOST)], "two")
    assert values(store, diverged_sets.c.conversations) == [0, 1]
    assert sheet(store).sets == {Diverged(("refusal.lost",)): 1}


def test_a_kept_pair_says_what_it_is_about(store: Store) -> None:
    """Replay and export must be able to tell an audit from a mirrored pair, and one student from the next."""
    audited: Pair = pair(1, AGREED, epoch=EPOCH, served="student")
    store.write([Entry(audited)], "one")
    assert store.pair(audited.id) == audited
