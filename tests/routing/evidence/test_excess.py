"""The student's divergence over the teacher's own."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.evidence.excess import Differences, clean_needed, log_e_above, log_e_below, seen, upper

ENOUGH = log(20)
COUNTS = st.integers(0, 300)
PAIRS = st.builds(Differences, COUNTS, COUNTS, COUNTS)
MARGINS = st.floats(-0.2, 0.2)


def after(count: int, student: float, noise: float, seed: int) -> list[Differences]:
    """What is known after each tenth pair."""
    chance, known, all_ = random.Random(seed), Differences(), []  # noqa: S311 -- a simulation
    for number in range(1, count + 1):
        known = known.merge(seen(chance.random() < student, chance.random() < noise))
        if number % 10 == 0:
            all_.append(known)
    return all_


def test_a_negative_count_is_refused() -> None:
    """Whoever subtracts gets such."""
    with pytest.raises(ValueError, match="negative count"):
        Differences(1, -1, 0)


def test_a_pair_is_one_of_three() -> None:
    """Both diverging is as good as neither: the request was hard."""
    assert [seen(*pair) for pair in ((True, False), (False, True), (True, True), (False, False))] == [
        Differences(1, 0, 0),
        Differences(0, 1, 0),
        Differences(0, 0, 1),
        Differences(0, 0, 1),
    ]


@given(PAIRS, PAIRS, PAIRS)
def test_merging_is_addition(one: Differences, other: Differences, third: Differences) -> None:
    """Replicas report in any order."""
    assert one.merge(other) == other.merge(one)
    assert one.merge(other.merge(third)) == one.merge(other).merge(third)


@given(PAIRS, MARGINS, st.floats(0.0, 0.8))
def test_one_more_pair_is_worth_nothing_on_average(known: Differences, margin: float, spread: float) -> None:
    """At the margin, whatever share of pairs differ either way."""
    student_only = (spread * (1 - abs(margin)) / 2) + max(margin, 0.0)
    teacher_only = student_only - margin
    alike = 1 - student_only - teacher_only
    chances = {(True, False): student_only, (False, True): teacher_only, (False, False): alike}
    for log_e in (log_e_below, log_e_above):
        before = log_e(known, margin)
        gain = sum(p * exp(log_e(known.merge(seen(*pair)), margin) - before) for pair, p in chances.items())
        assert gain == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize("student", [0.08, 0.13])
def test_peeking_does_not_find_what_is_not_there(student: float) -> None:
    """An excess at the margin: at most 5 % of 200 runs, each looked at a hundred times; 10 % would be beyond chance."""
    runs = [after(1000, student, 0.05, seed) for seed in range(200)]
    for log_e in (log_e_below, log_e_above):
        fooled = sum(any(log_e(known, student - 0.05) >= ENOUGH for known in run) for run in runs)
        assert fooled <= 20


@pytest.mark.parametrize(("student", "pairs"), [(0.15, 260), (0.20, 105)])
def test_a_worse_student_is_recognized_in_time(student: float, pairs: int) -> None:
    """Over a noise of 5 % and a margin of three points."""
    needed = sorted(
        10 * next((n for n, known in enumerate(run, 1) if log_e_above(known, 0.03) >= ENOUGH), 100)
        for run in (after(1000, student, 0.05, seed) for seed in range(40))
    )
    assert needed[20] == pytest.approx(pairs, rel=0.4)


@pytest.mark.parametrize(("noise", "pairs"), [(0.05, 15_000), (0.2, 40_000), (0.5, 60_000)])
def test_an_equal_student_of_a_fickle_teacher_passes_in_the_end(noise: float, pairs: int) -> None:
    """Within a point, on what is expected of so many pairs; a stake too large for the noise would lose for ever."""
    differ = round(noise * (1 - noise) * pairs)
    assert log_e_below(Differences(differ, differ, pairs - 2 * differ), 0.01) >= ENOUGH


@given(PAIRS, st.floats(0.005, 0.1))
def test_the_pairs_still_needed_are_enough_and_none_too_many(known: Differences, margin: float) -> None:
    """It is shown to people who wait for it."""
    needed = clean_needed(known, margin, 0.05)
    assert needed is not None
    assert log_e_below(known.merge(Differences(alike=needed)), margin) >= ENOUGH
    assert needed == 0 or log_e_below(known.merge(Differences(alike=needed - 1)), margin) < ENOUGH


def test_alike_pairs_never_show_that_the_student_is_the_better_one() -> None:
    """A margin of zero or less asks for pairs on which only the teacher diverged."""
    assert clean_needed(Differences(), 0.0, 0.05) is None
    assert clean_needed(Differences(teacher_only=50), -0.01, 0.05) == 0


@given(PAIRS)
def test_the_bound_is_where_evidence_turns(known: Differences) -> None:
    """Above what was seen; one without pairs."""
    bound = upper(known, 0.05)
    assert known.mean <= bound <= 1.0
    assert bound == 1.0 or log_e_below(known, bound) >= ENOUGH - 1e-6
    assert upper(Differences(), 0.05) == 1.0
