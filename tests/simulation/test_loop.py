"""The loop counts as routing does, and moves as routing moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from routing.behaviors.label import Behavior
from routing.conversations import Flags
from routing.divergence import Direction, Trial
from routing.evidence.excess import Differences
from simulation.loop import LOOK, RULE, Books, Setting, journeys
from simulation.world import BEHAVIORS, World

GOOD, BLIND = World(0.0005), World(0.0005, {"clarification": 1.0}, within=("code",))


def compared(teacher: Iterable[bool], other: Iterable[bool]) -> list[Trial]:
    """The trials of two replies to one conversation."""
    trials = []
    for name, first, second in zip(BEHAVIORS, teacher, other, strict=True):
        sides = ((Direction.LOST, first, second), (Direction.GAINED, second, first))
        trials += [Trial(Behavior(name), way, diverged=not kept) for way, shown, kept in sides if shown]
    return trials


def test_books_are_kept_as_routing_counts_conversations() -> None:
    """Trials, pairs and whole conversations, each against ``routing.conversations``."""
    chance = np.random.default_rng(1)
    replies = World(0.2, noise=0.2).replies("code", 0, 300, chance)
    twice = chance.random(300) < 0.5
    books = Books()
    books.add(1, replies, twice)
    expected: Counter[tuple[str, Direction, str]] = Counter()
    for at in range(300):
        noise = compared(replies.teacher[at], replies.again[at]) if twice[at] else None
        flags = Flags().add(compared(replies.teacher[at], replies.student[at]), noise)
        for (name, way), counted in flags.counted().items():
            expected[name, way, "count"] += counted.trials.count
            expected[name, way, "diverged"] += counted.trials.diverged
            for sort in ("student_only", "teacher_only", "alike"):
                expected[name, way, sort] += getattr(counted.pairs, sort)
    for cell, name in enumerate(BEHAVIORS):
        for side, way in enumerate((Direction.LOST, Direction.GAINED)):
            for sort in ("count", "diverged", "student_only", "teacher_only", "alike"):
                assert getattr(books.cells, sort)[1, cell, side] == expected[name, way, sort], (name, way, sort)
    assert books.conversations.tolist() == [0, 300, 0]
    assert books.diverged[1] == (replies.teacher ^ replies.student).any(axis=1).sum()
    assert Differences(*map(int, books.pairs[1])).count == twice.sum()


def test_a_good_student_rises_and_one_that_lost_a_behavior_does_not() -> None:
    """Where it lost it; the others go on."""
    (good,) = journeys(Setting(GOOD, horizon=25_000), np.random.default_rng(2), 1)
    (blind,) = journeys(Setting(BLIND, horizon=25_000), np.random.default_rng(2), 1)
    assert good.weights[0] == blind.weights[0] == 100.0
    assert good.failed == (None, None, None)
    assert blind.failed == (None, LOOK, None)
    assert blind.weights[1] == blind.divergent[1] == 0.0
    assert 0.0 < good.divergent[0] < RULE.budget
    assert not good.beyond


def test_a_student_that_decays_is_taken_back() -> None:
    """By its watch, from what is audited."""
    decaying = Setting(World(0.0005, {"answer": 0.5}, since=20_000), audit=0.2, horizon=26_000)
    (journey,) = journeys(decaying, np.random.default_rng(3), 1)
    assert journey.failed[0] is not None
    assert journey.failed[0] > 20_000
    assert journey.weights[0] == 0.0
    assert journey.beyond
