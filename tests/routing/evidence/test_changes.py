"""A watch over a certified rate."""

from __future__ import annotations

import random
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.evidence.changes import Watch
from routing.evidence.rates import Trials

LIMIT, LEVEL = 0.05, log(20_000)


def alarm(before: float, after: float, change: int, seed: int, most: int) -> int | None:
    """How many conversations after the change an alarm comes; None where none does."""
    chance, watch = random.Random(seed), Watch()  # noqa: S311 -- a simulation
    for number in range(most):
        rate = before if number < change else after
        watch = watch.fed(Trials(1, int(chance.random() < rate)), LIMIT)
        if watch.log_level >= LEVEL:
            return number + 1 - change
    return None


@pytest.mark.parametrize("limit", [0.0, 0.3, -1.0])
def test_limits_without_stakes_are_refused(limit: float) -> None:
    """A negative factor would make an alarm of good news."""
    with pytest.raises(ValueError, match="leaves no stakes"):
        Watch().fed(Trials(1), limit)


def test_a_jump_is_found_soon_after_long_silence() -> None:
    """Ten thousand good conversations must not outweigh what comes after them."""
    assert alarm(0.03, 0.25, 10_000, 1, 11_000) in range(10, 100)


@pytest.mark.parametrize(("after", "median"), [(0.10, 410), (0.25, 44)])
def test_known_delays(after: float, median: int) -> None:
    """From 3 % to 10 % and to 25 %, where the limit is 5 %."""
    delays = sorted(alarm(0.03, after, 200, seed, 4000) or 4000 for seed in range(30))
    assert delays[15] == pytest.approx(median, rel=0.4)


def test_silence_where_nothing_changed() -> None:
    """At the limit itself a false alarm comes once in 20 000 conversations or more seldom; below, hardly ever."""
    assert sum(alarm(0.03, 0.03, 0, seed, 4000) is not None for seed in range(10)) == 0


@given(st.lists(st.builds(lambda n, k: Trials(n, min(n, k)), st.integers(0, 50), st.integers(0, 50)), max_size=20))
def test_batches_alarm_no_earlier_than_single_conversations(batches: list[Trials]) -> None:
    """Inside a batch the watch cannot start anew, so it may lose a little and gains nothing."""
    whole, single = Watch(), Watch()
    for batch in batches:
        whole = whole.fed(batch, LIMIT)
        for number in range(batch.count):  # those that diverged come last, which is best for an alarm
            single = single.fed(Trials(1, int(number >= batch.count - batch.diverged)), LIMIT)
    assert whole.log_level <= single.log_level + 1e-9
