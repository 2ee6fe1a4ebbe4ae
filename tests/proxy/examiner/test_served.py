"""What serving callers shows of the student: its circuit must not wait for the shadow lane to notice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from proxy.config.settings import Mirror
from routing.circuit import THRESHOLD, Circuit, State
from tests.proxy.examiner.bench import Bench


def served(test: Callable[[Bench], None]) -> None:
    """Run a test on a lane that mirrors nothing."""

    async def main() -> None:
        test(Bench(Mirror(percentage=0)))

    asyncio.run(main())


@pytest.mark.parametrize("reason", ["connect", "first_token_timeout", "overloaded", "error_event"])
def test_a_student_whose_callers_keep_falling_back_is_left_alone(reason: str) -> None:
    """At 100 % there is no mirrored call that could notice."""

    def test(bench: Bench) -> None:
        bench.offer(THRESHOLD - 1, fallback=reason)
        assert bench.lane.circuit.allows(0.0)
        bench.offer(1, fallback=reason)
        assert not bench.lane.circuit.allows(0.0)

    served(test)


@pytest.mark.parametrize("reason", ["http_error", "inexpressible", "empty", ""])
def test_a_request_that_was_not_to_its_taste_does_not_make_a_student_ill(reason: str) -> None:
    """One caller with an odd body must not take the student from all others."""

    def test(bench: Bench) -> None:
        bench.offer(3 * THRESHOLD, fallback=reason)
        assert bench.lane.circuit == Circuit()

    served(test)


def test_a_student_that_was_stopped_for_repeating_itself_is_not_ill() -> None:
    """Its server answers; what its model says is for the gates."""

    def test(bench: Bench) -> None:
        bench.offer(THRESHOLD - 1, arm="student", outcome="truncated")
        bench.offer(1, arm="student", outcome="truncated", failure="degenerate")
        assert bench.lane.circuit == Circuit()

    served(test)


def test_streams_that_break_off_count_and_clients_that_leave_do_not() -> None:
    """The latter say nothing about anybody."""

    def test(bench: Bench) -> None:
        bench.offer(THRESHOLD - 1, arm="student", outcome="truncated")
        bench.offer(9, arm="student", outcome="client_gone")
        assert bench.lane.circuit.failures == THRESHOLD - 1
        bench.offer(1, arm="student", outcome="ok")
        assert bench.lane.circuit == Circuit()

    served(test)


@pytest.mark.parametrize("reason", ["unsure", "malformed", "degenerate", "lost_behavior", "no_logprobs", "hold_full"])
def test_a_reply_that_was_not_good_enough_shows_that_its_server_is_well(reason: str) -> None:
    """Or a student that is unsure of what it is asked would stay ill: nothing it said would close its circuit."""

    def test(bench: Bench) -> None:
        bench.offer(THRESHOLD - 1, fallback="connect")
        bench.offer(1, fallback=reason)
        assert bench.lane.circuit == Circuit()
        bench.lane._mirrored.circuit = Circuit(State.OPEN, THRESHOLD, 1.0, until=0.0)
        bench.offer(1, fallback=reason)
        assert bench.lane.circuit.state is State.CLOSED

    served(test)


@pytest.mark.parametrize("reason", ["uncertified", "unpromising", "student_ill", "hedged"])
def test_a_student_that_was_not_asked_or_not_waited_for_shows_nothing(reason: str) -> None:
    """An illness must not prolong itself, nor end by itself."""

    def test(bench: Bench) -> None:
        bench.offer(THRESHOLD - 1, fallback="connect")
        bench.offer(3, fallback=reason)
        assert bench.lane.circuit.failures == THRESHOLD - 1

    served(test)


def test_where_nothing_is_mirrored_serving_is_the_probe() -> None:
    """Or the circuit would stay open for ever."""

    def test(bench: Bench) -> None:
        bench.offer(THRESHOLD, fallback="connect")
        rested = Circuit(State.OPEN, THRESHOLD, 1.0, until=0.0)
        bench.lane._mirrored.circuit = rested  # its rest is over
        bench.offer(1, fallback="connect")
        assert (bench.lane.circuit.state, bench.lane.circuit.rest) == (State.OPEN, 2.0)
        bench.lane._mirrored.circuit = rested
        bench.offer(1, arm="student", outcome="ok")
        assert bench.lane.circuit.state is State.CLOSED

    served(test)
