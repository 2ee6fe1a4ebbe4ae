"""Evidence on one rate: what it promises at every moment, and the figures it is known to give."""

from __future__ import annotations

import random
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.evidence.rates import Prior, Trials, clean_needed, earned, log_e_above, log_e_below, lower, upper

ENOUGH = log(20)  # alpha 5 %
TRIALS = st.integers(0, 400).flatmap(lambda n: st.builds(Trials, st.just(n), st.integers(0, n)))
LIMITS = st.floats(0.002, 0.5)


def sequence(rate: float, length: int, seed: int) -> list[Trials]:
    """What is known after each of so many conversations."""
    chance, diverged, seen = random.Random(seed), 0, []  # noqa: S311 -- a simulation
    for count in range(1, length + 1):
        diverged += chance.random() < rate
        seen.append(Trials(count, diverged))
    return seen


@pytest.mark.parametrize(("count", "diverged"), [(1, 2), (-1, -1), (3, -1)])
def test_impossible_trials_are_refused(count: int, diverged: int) -> None:
    """Whoever subtracts two counts of different epochs gets such."""
    with pytest.raises(ValueError, match="cannot have diverged"):
        Trials(count, diverged)


@given(TRIALS, TRIALS, TRIALS)
def test_merging_is_addition(one: Trials, other: Trials, third: Trials) -> None:
    """Replicas report in any order."""
    assert one.merge(other) == other.merge(one)
    assert one.merge(other.merge(third)) == one.merge(other).merge(third)
    assert one.merge(Trials()) == one


@given(TRIALS, LIMITS)
def test_one_more_conversation_is_worth_nothing_on_average(seen: Trials, limit: float) -> None:
    """The whole promise: at the limit, evidence is a martingale, so looking often finds nothing that is not there."""
    for log_e in (log_e_below, log_e_above):
        worse, better = seen.merge(Trials(1, 1)), seen.merge(Trials(1))
        gain = limit * exp(log_e(worse, limit) - log_e(seen, limit))
        gain += (1.0 - limit) * exp(log_e(better, limit) - log_e(seen, limit))
        assert gain == pytest.approx(1.0, rel=1e-6)


@given(TRIALS, LIMITS)
def test_a_divergence_never_speaks_for_the_student(seen: Trials, limit: float) -> None:
    """Nor does a conversation without one speak against it."""
    worse, better = seen.merge(Trials(1, 1)), seen.merge(Trials(1))
    assert log_e_below(worse, limit) <= log_e_below(seen, limit) + 1e-9 <= log_e_below(better, limit) + 2e-9
    assert log_e_above(worse, limit) >= log_e_above(seen, limit) - 1e-9 >= log_e_above(better, limit) - 2e-9


@pytest.mark.parametrize(("limit", "needed"), [(0.005, 756), (0.01, 377), (0.02, 188), (0.05, 74), (0.1, 36)])
def test_how_many_clean_conversations_certify(limit: float, needed: int) -> None:
    """Known figures for a level of 5 %; one look at the end would need a fifth less."""
    assert clean_needed(Trials(), limit, 0.05) == needed
    assert log_e_below(Trials(needed - 1), limit) < ENOUGH <= log_e_below(Trials(needed), limit)
    assert clean_needed(Trials(needed), limit, 0.05) == 0


def test_a_rate_at_the_limit_cannot_be_cleared_within_reach() -> None:
    """An operator is told so, not a number with nine digits."""
    assert clean_needed(Trials(4_000_000, 400_000), 0.001, 0.05) is None


@pytest.mark.parametrize(
    ("diverged", "count", "percent"),
    [(0, 50, 7), (0, 100, 13), (0, 200, 27), (0, 500, 66), (0, 1000, 100), (10, 1000, 22), (100, 20_000, 74)],
)
def test_earned_exposure(diverged: int, count: int, percent: int) -> None:
    """Known figures for a budget of half a percent at a level of 5 %."""
    assert 100 * earned(Trials(count, diverged), 0.005, 0.05) == pytest.approx(percent, abs=1)


def test_without_trials_nothing_is_known() -> None:
    """And the exposure is the budget itself: whatever the student does, no more can diverge."""
    assert (lower(Trials(), 0.05), upper(Trials(), 0.05)) == (0.0, 1.0)
    assert earned(Trials(), 0.005, 0.05) == 0.005


@given(TRIALS)
def test_bounds_enclose_what_was_seen_and_are_where_evidence_turns(seen: Trials) -> None:
    """What the status shows and what the gate does must be the same thing."""
    low, high = lower(seen, 0.05), upper(seen, 0.05)
    rate = seen.diverged / seen.count if seen.count else 0.5
    assert low <= rate <= high
    if high < 1.0:
        assert log_e_below(seen, high + 1e-9) >= ENOUGH - 1e-6
        assert log_e_below(seen, high - 1e-6) < ENOUGH + 1e-6
    if low > 0.0:
        assert log_e_above(seen, low - 1e-9) >= ENOUGH - 1e-6


@pytest.mark.parametrize("limit", [0.02, 0.1])
def test_peeking_after_every_conversation_does_not_find_what_is_not_there(limit: float) -> None:
    """At most 5 % of 300 runs, each looked at 600 times; 10 % would be beyond chance."""
    runs = [sequence(limit, 600, seed) for seed in range(300)]
    for log_e in (log_e_below, log_e_above):
        fooled = sum(any(log_e(seen, limit) >= ENOUGH for seen in run[::5]) for run in runs)
        assert fooled <= 30


def test_half_the_limit_is_recognized_in_time() -> None:
    """Known medians: some 430 conversations where the limit is 5 %, 190 where it is 10 %."""
    for limit, median in ((0.05, 430), (0.1, 190)):
        needed = [
            next((seen.count for seen in run if log_e_below(seen, limit) >= ENOUGH), 3000)
            for run in (sequence(limit / 2, 2000, seed) for seed in range(60))
        ]
        assert sorted(needed)[30] == pytest.approx(median, rel=0.35)


def test_twice_the_limit_is_found_in_time_and_the_worst_at_once() -> None:
    """Medians of a thousand runs: 259 conversations where the limit is 3 %, and 384 with Jeffreys' bet."""
    found = [
        next((seen.count for seen in run if log_e_above(seen, 0.03) >= ENOUGH), 2000)
        for run in (sequence(0.06, 1500, seed) for seed in range(60))
    ]
    assert sorted(found)[30] < 350
    assert log_e_above(Trials(2, 2), 0.03) >= ENOUGH


@given(TRIALS, st.floats(1e-6, 0.9), st.floats(0.1, 0.999))
def test_what_is_above_a_limit_is_above_every_lower_one(seen: Trials, limit: float, share: float) -> None:
    """The bet follows the limit, and the bound is found by bisection."""
    if log_e_above(seen, limit) >= ENOUGH and limit < seen.diverged / seen.count:
        assert log_e_above(seen, share * limit) >= ENOUGH


def test_a_bet_on_a_good_student_needs_fewer_conversations() -> None:
    """Pooled knowledge may choose the bet; the verdict stays the slice's own."""
    needed = clean_needed(Trials(), 0.02, 0.05, Prior(0.5, 50.0))
    assert needed is not None
    assert needed < 188
