"""Units of confidence come back as they were, in the order they came, and no more of them than may be kept."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from proxy.store.confidences import Confidences, ConfidenceUnit, unit_row
from proxy.store.entry import Entry
from proxy.store.schema import confidences
from proxy.store.store import Store
from tests.proxy.store.samples import pair

EPOCH = "3f9c0a12b7de.0"
UNIT = ConfidenceUnit(
    slice="math",
    endpoint="chat_completions",
    conversation="c0ffee",
    started=1_000_000_000.25,
    stream=True,
    tools=False,
    json=True,
    diverged=("answer.lost", "my own.gained"),
    vectors={0: (-0.25, 3.0), 24: (-0.5, 1.0)},
    function="1",
    objections={0: ("abstention", "refusal"), 24: ("*",)},
    rules="3",
    prompt=(0.0, 7.5),
    prompt_function="2",
    served="teacher",
    fallback="unsure",
    confidence=0.75,
)


def entry(number: int, unit: ConfidenceUnit | None = UNIT, **changed: object) -> Entry:
    """A pair that is not kept, with its unit."""
    return Entry(pair(number, (), epoch=EPOCH, **changed), kept=False, unit=unit)


def units(store: Store) -> list[ConfidenceUnit]:
    """All of the route's in the epoch."""
    return [kept.unit for kept in Confidences(store.engine).after("support", EPOCH, 0)]


def test_a_unit_comes_back_as_it_was(store: Store) -> None:
    """Also where its pair's payload is not kept: its numbers hold no text."""
    bare = ConfidenceUnit("math", "messages", "f00d", 2.5, stream=False, tools=True, json=False)
    store.write([entry(1), entry(2, bare)], "batch")
    assert units(store) == [UNIT, bare]
    first, second = Confidences(store.engine).after("support", EPOCH, 0)
    assert (first.pair, second.pair) == (pair(1).id, pair(2).id)
    assert first.position < second.position


def test_what_does_not_count_is_not_kept(store: Store) -> None:
    """Replies that the student was unsure of are all compared; kept, they would make it look worse than it is."""
    store.write([entry(1, dataclasses.replace(UNIT, counts=False)), entry(2, None), entry(3)], "batch")
    assert units(store) == [UNIT]


def test_a_pair_is_one_unit_however_often_it_comes(store: Store) -> None:
    """A batch that is repeated after a lost acknowledgment, and a pair that comes in two batches."""
    store.write([entry(1)], "one")
    store.write([entry(1)], "one")
    store.write([entry(1), entry(2)], "two")
    assert len(units(store)) == 2


def test_a_batch_that_fails_leaves_no_unit(store: Store) -> None:
    """A unit without its pair's evidence would be counted by one and not by the other."""
    with pytest.raises(ValueError, match="nobody"):
        store.write([entry(1), entry(2, served="nobody")], "batch")
    assert units(store) == []


def test_units_are_read_on_from_where_one_was(store: Store) -> None:
    """An examiner reads what is new, a page at a time, and of its own route and epoch only."""
    store.write([entry(number) for number in range(3)], "batch")
    kept = Confidences(store.engine)
    newest = kept.newest({"support": EPOCH, "other": EPOCH})
    assert newest["other"] == 0
    first, second, third = kept.after("support", EPOCH, 0)
    assert (first.position < second.position, third.position) == (True, newest["support"])
    assert kept.after("support", EPOCH, first.position, most=1) == [second]
    assert kept.after("support", EPOCH, third.position) == []
    assert kept.after("support", "another epoch", 0) == []


def test_what_is_known_is_not_read_again(store: Store) -> None:
    """Of the thousand before the newest nearly all are known each time; what was written late among them is not."""
    store.write([entry(number) for number in range(6)], "batch")
    units = Confidences(store.engine)
    all_of_them = units.after("support", EPOCH, 0)
    at = [kept.position for kept in all_of_them]
    for known in (set(), {at[0]}, {at[1], at[3]}, {at[0], at[1], at[2], at[4]}, set(at[1:]), {at[-1] + 1}):
        wanted = [kept for kept in all_of_them if kept.position not in known]
        assert units.after("support", EPOCH, 0, known=known) == wanted
        assert units.after("support", EPOCH, 0, most=2, known=known) == wanted[:2]
        assert units.after("support", EPOCH, at[0], known=known) == [one for one in wanted if one.position > at[0]]
    assert units.after("support", EPOCH, 0, known=set(at)) == []


def test_the_older_half_goes_when_there_are_too_many(store: Store) -> None:
    """A table that only grows would take the disk; half at once, so that a new calibration is not made daily."""
    store.write([entry(number, dataclasses.replace(UNIT, started=float(number))) for number in range(9)], "batch")
    store.write([entry(99, route="other")], "another")
    kept = Confidences(store.engine)
    assert kept.trim("support", EPOCH, 9) == 0
    assert kept.trim("support", EPOCH, 8) == 4
    assert [unit.started for unit in units(store)] == [4.0, 5.0, 6.0, 7.0, 8.0]
    assert len(kept.after("other", EPOCH, 0)) == 1


def test_names_that_no_column_takes_cost_no_unit(store: Store) -> None:
    """An operator's behavior may be called anything."""
    hostile = dataclasses.replace(
        UNIT, conversation="x\0" * 300, diverged=("a,b*\0\ud800=.lost",), confidence=float("nan")
    )
    store.write([entry(1, hostile)], "batch")
    assert units(store)[0].diverged == ("a,b*\0\ud800=.lost",)
    with store.engine.connect() as connection:
        assert connection.scalar(select(func.length(confidences.c.conversation))) == 255


@given(st.lists(st.text(min_size=1), max_size=400))
def test_a_row_has_an_end(diverged: list[str]) -> None:
    """However much diverged, and whatever it is called."""
    row = unit_row(pair(), dataclasses.replace(UNIT, diverged=tuple(diverged)))
    assert len(str(row["diverged"])) <= 65_536
