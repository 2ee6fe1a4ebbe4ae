"""What turns add to a conversation, and a conversation to the sums."""

from __future__ import annotations

import random
from collections import Counter
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.conversations import Cell, Changes, Flags, Increment, changes, flags_text, read_flags, read_set, set_text
from routing.divergence import Direction, Trial
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.ledger import ANYTHING, Counted, Diverged, entry

LOST, GAINED = Direction.LOST, Direction.GAINED
Turn = tuple[list[Trial], list[Trial] | None]

BEHAVIORS = st.sampled_from(["answer", "refusal", "own.tone, cut*", "-", "\udcff"])
TRIALS = st.lists(st.builds(Trial, BEHAVIORS, st.sampled_from(Direction), st.booleans()), max_size=4)
TURNS = st.lists(st.tuples(TRIALS, st.none() | TRIALS), max_size=6)
SETS = st.none() | st.lists(st.builds(entry, BEHAVIORS, st.sampled_from(Direction)), max_size=9).map(
    lambda entries: tuple(sorted(set(entries)))
)


def after(turns: list[Turn], before: Flags | None = None) -> Flags:
    """A conversation with these turns."""
    return reduce(lambda flags, turn: flags.add(*turn), turns, before or Flags())


def trial(behavior: str, *, diverged: bool, direction: Direction = LOST) -> Trial:
    """A trial; its severity is nothing that evidence looks at."""
    return Trial(behavior, direction, diverged)


@given(TURNS, st.integers(0, 2**32))
def test_turns_add_in_any_order_and_once(turns: list[Turn], seed: int) -> None:
    """Two examiners see the turns of one conversation in different orders, and a batch may come again."""
    shuffled = turns * 2
    random.Random(seed).shuffle(shuffled)  # noqa: S311 -- an order, not a secret
    assert after(shuffled) == after(turns)
    assert flags_text(after(shuffled)) == flags_text(after(turns))


@given(TURNS, st.integers(0, 6))
def test_sums_do_not_depend_on_how_turns_were_batched(turns: list[Turn], cut: int) -> None:
    """Counted in one step or in two, a conversation must come to the same, or its batching would be evidence."""
    middle, end = after(turns[:cut]), after(turns)
    steps = total(changes([(None, middle)]), changes([(middle, end)]))
    assert steps == total(changes([(None, end)]))
    assert all(not any(step) for step in changes([(end, after(turns, end))]))


def total(*steps: Changes) -> tuple[dict[Cell, Increment], dict[Diverged, int]]:
    """The sum of several changes, without zeros."""
    cells: dict[Cell, Increment] = {}
    sets = Counter[Diverged]()
    for step in steps:
        sets.update(step.sets)
        for cell, increment in step.cells.items():
            cells[cell] = cells.get(cell, Increment()).plus(increment)
    return {cell: increment for cell, increment in cells.items() if any(increment)}, {
        s: n for s, n in sets.items() if n
    }


@given(TURNS, TURNS, TURNS)
def test_several_conversations_change_what_each_does(one: list[Turn], two: list[Turn], more: list[Turn]) -> None:
    """A batch holds turns of many; they are added up before a database is asked to."""
    steps = [(None, after(one)), (after(two), after(more, after(two))), (None, after(more))]
    assert total(changes(steps)) == total(*(changes([step]) for step in steps))
    assert changes([]) == Changes({}, {})


@given(TURNS)
def test_changes_are_what_the_conversation_counts(turns: list[Turn]) -> None:
    """The sums that a database adds up are those that the flags say."""
    flags = after(turns)
    found = changes([(None, flags)])
    assert found.sets == {flags.diverged(): 1}
    assert {
        cell: Counted(Trials(by.trials, by.diverged), Differences(by.student_only, by.teacher_only, by.alike))
        for cell, by in found.cells.items()
    } == flags.counted()


@given(TURNS)
def test_a_conversation_counts_as_its_turns_say(turns: list[Turn]) -> None:
    """The definition, in words of sets rather than of bits."""
    twice = [turn for turn in turns if turn[1] is not None]
    student = {(one.behavior, one.direction) for mine, _ in turns for one in mine if one.diverged}
    again = {(one.behavior, one.direction) for mine, _ in twice for one in mine if one.diverged}
    teacher = {(one.behavior, one.direction) for _, other in twice for one in other or () if one.diverged}
    wanted = Diverged(names(student), *((names(again), names(teacher)) if twice else ()))
    assert after(turns).diverged() == wanted
    tried = {(one.behavior, one.direction) for mine, _ in turns for one in mine}
    paired = {(one.behavior, one.direction) for turn in twice for one in [*turn[0], *(turn[1] or ())]}
    assert after(turns).counted() == {
        cell: Counted(Trials(cell in tried, cell in student), difference(cell in again, cell in teacher))
        if cell in paired
        else Counted(Trials(1, cell in student))
        for cell in tried | paired
    }


def names(cells: set[Cell]) -> tuple[str, ...]:
    """Entries of a set."""
    return tuple(sorted(entry(*cell) for cell in cells))


def difference(student: bool, teacher: bool) -> Differences:
    """One pair."""
    return Differences(student > teacher, teacher > student, student == teacher)


def test_a_later_turn_moves_the_conversation() -> None:
    """It was clean and alike; now it diverged, and only the student did."""
    clean = Flags().add([trial("refusal", diverged=False)], [trial("refusal", diverged=False)])
    worse = clean.add([trial("refusal", diverged=True)], [])
    assert changes([(clean, worse)]) == Changes(
        {("refusal", LOST): Increment(diverged=1, student_only=1, alike=-1)},
        {Diverged((), (), ()): -1, Diverged(("refusal.lost",), ("refusal.lost",), ()): 1},
    )


def test_a_divergence_on_another_turn_is_none_of_the_pair() -> None:
    """The excess is of turns on which both were asked: elsewhere the teacher had no chance to diverge as well."""
    flags = Flags().add([trial("refusal", diverged=False)], []).add([trial("refusal", diverged=True)], None)
    assert flags.counted() == {("refusal", LOST): Counted(Trials(1, 1), Differences(alike=1))}
    assert flags.diverged() == Diverged(("refusal.lost",), (), ())


def test_a_turn_without_trials_is_a_conversation() -> None:
    """A behavior is rare only among all conversations, those included in which nobody showed anything."""
    assert changes([(None, Flags().add([], None))]) == Changes({}, {Diverged(): 1})


@given(TURNS)
def test_flags_come_back(turns: list[Turn]) -> None:
    """Whatever a behavior is called."""
    assert read_flags(flags_text(after(turns))) == after(turns)
    assert flags_text(after(turns)).isascii()


def test_flags_are_readable() -> None:
    """Somebody will look at the table."""
    flags = Flags().add([trial("refusal", diverged=True), trial("answer", diverged=False)], None)
    assert flags_text(flags) == "once answer.lost=1,refusal.lost=3"
    assert flags_text(flags.add([], [])) == "twice answer.lost=1,refusal.lost=3"


@given(SETS)
def test_sets_come_back(entries: tuple[str, ...] | None) -> None:
    """Whatever a behavior is called; never asked twice is not the same as never diverged."""
    assert read_set(set_text(entries, 10_000)) == entries
    assert set_text(entries, 10_000).isascii()


@given(SETS, SETS, st.integers(1, 60))
def test_cut_sets_fit_and_say_that_they_were_cut(
    one: tuple[str, ...] | None, two: tuple[str, ...] | None, most: int
) -> None:
    """The text is part of a key: it has a length, and two sets that fit must not become one."""
    text = set_text(one, most)
    assert len(text) <= most
    read = read_set(text)
    if read != one:
        assert read is not None
        assert one is not None
        assert read[-1] == ANYTHING
        assert read[:-1] == one[: len(read) - 1]
    elif one != two:
        assert set_text(two, most) != text


@pytest.mark.parametrize(
    ("most", "text"),
    [
        (26, "answer.lost,refusal.gained"),
        (25, "answer.lost,*"),
        (13, "answer.lost,*"),
        (12, "*"),
        (1, "*"),
    ],
)
def test_sets_are_cut_at_a_names_border(most: int, text: str) -> None:
    """Half a name could be another's."""
    assert set_text(("answer.lost", "refusal.gained"), most) == text
