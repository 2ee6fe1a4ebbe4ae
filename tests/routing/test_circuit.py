"""The circuit breaker's table, row by row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.circuit import LONGEST, SHORTEST, THRESHOLD, Circuit, State


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit()
    for _ in range(THRESHOLD):
        circuit = circuit.started(now).ended(now, failed=True)
    return circuit


def test_failures_in_a_row_open_it() -> None:
    """One failure is chance; a row of them is an upstream to leave alone."""
    circuit = Circuit()
    for _ in range(THRESHOLD - 1):
        circuit = circuit.ended(0.0, failed=True)
        assert circuit.allows(0.0)
    assert not circuit.ended(0.0, failed=True).allows(0.0)


def test_a_success_between_failures_starts_the_count_again() -> None:
    """An upstream that fails now and then is not down."""
    circuit = Circuit()
    for _ in range(3 * THRESHOLD):
        circuit = circuit.ended(0.0, failed=True).ended(0.0, failed=False)
    assert circuit.state is State.CLOSED


def test_one_probe_goes_when_the_rest_is_over() -> None:
    """A student that has just come back must not be met by the whole queue."""
    circuit = opened()
    assert not circuit.allows(SHORTEST * 0.99)
    assert circuit.allows(SHORTEST)
    probing = circuit.started(SHORTEST)
    assert probing.state is State.HALF_OPEN
    assert not probing.allows(SHORTEST + 1)


def test_a_probe_that_succeeds_closes_it() -> None:
    """Recovery needs no operator."""
    assert opened().started(SHORTEST).ended(SHORTEST, failed=False) == Circuit(since=SHORTEST)


def test_rests_double_up_to_the_longest() -> None:
    """A student that stays down is asked ever more rarely, but never given up."""
    circuit, now, rests = opened(), 0.0, []
    for _ in range(10):
        rests.append(circuit.until - now)
        now = circuit.until
        circuit = circuit.started(now).ended(now, failed=True)
    assert rests[:4] == [SHORTEST, SHORTEST * 2, SHORTEST * 4, SHORTEST * 8]
    assert rests[-1] == LONGEST


def test_a_cancelled_probe_frees_the_next() -> None:
    """Or the circuit would stay half open for ever."""
    assert opened().started(SHORTEST).given_up(SHORTEST).allows(SHORTEST)


def test_a_call_that_is_not_allowed_cannot_start() -> None:
    """A caller that forgot to ask is a fault of ours, and loud."""
    with pytest.raises(ValueError, match="allows no call"):
        opened().started(0.0)


def test_late_ends_of_calls_from_before_it_opened_change_nothing() -> None:
    """Calls under way when it opened end while it is open; they must not prolong or end the rest."""
    circuit = opened()
    assert circuit.ended(0.5, failed=True) == circuit
    assert circuit.ended(0.5, failed=False) == circuit


@given(st.lists(st.tuples(st.floats(0, 30), st.sampled_from(["ok", "failed", "cancelled"]))))
def test_it_always_allows_a_call_again_in_time(steps: list[tuple[float, str]]) -> None:
    """Whatever happened, after the longest rest a call may go."""
    circuit, now = Circuit(), 0.0
    for pause, end in steps:
        now += pause
        if circuit.allows(now):
            started = circuit.started(now)
            circuit = started.given_up(now) if end == "cancelled" else started.ended(now, failed=end == "failed")
    assert circuit.allows(now + LONGEST)


def test_a_call_that_others_made_is_as_good_a_probe() -> None:
    """Where nothing is mirrored, nobody else finds out whether the upstream is well; while it rests, nothing counts."""
    assert opened().heard(SHORTEST, failed=False).state is State.CLOSED
    failed = opened().heard(SHORTEST, failed=True)
    assert (failed.state, failed.rest) == (State.OPEN, 2 * SHORTEST)
    assert opened().heard(SHORTEST / 2, failed=False) == opened()
    assert Circuit().heard(0.0, failed=True) == Circuit().ended(0.0, failed=True)


def test_it_remembers_since_when_it_allows_calls() -> None:
    """A break begins it anew: a rest, and a probe, while which nobody else may go."""
    circuit = opened()
    assert (Circuit().since, circuit.since) == (float("-inf"), SHORTEST)
    assert circuit.heard(5.0, failed=False).since == SHORTEST  # calls have been allowed since the rest was over
    assert circuit.started(5.0).ended(7.0, failed=False).since == 7.0
    assert circuit.started(5.0).given_up(6.0).since == 6.0
    well = circuit.started(5.0).ended(7.0, failed=False)
    assert well.ended(8.0, failed=True).ended(9.0, failed=False).since == 7.0
    assert Circuit().given_up(1.0) == Circuit()  # it was no probe
