"""The token budget of the shadow lane."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.allowance import HOUR, Allowance


def test_no_limit_never_runs_out() -> None:
    """0 in the configuration means no budget, not an empty one."""
    assert Allowance.full(0, 0.0).spent(10**9, 1.0).left(1.0) == float("inf")


def test_what_was_spent_comes_back_over_the_hour() -> None:
    """A budget that came back at once at the full hour would make bursts."""
    spent = Allowance.full(3600, 0.0).spent(3600, 0.0)
    assert spent.left(0.0) == 0
    assert spent.left(60.0) == 60
    assert spent.left(2 * HOUR) == 3600


def test_a_call_under_way_may_overdraw() -> None:
    """What a call costs is known at its end; the debt is paid before the next."""
    assert Allowance.full(100, 0.0).spent(250, 0.0).left(0.0) == -150


def test_a_clock_that_steps_back_earns_nothing() -> None:
    """Nor does it take anything away."""
    assert Allowance.full(100, 50.0).spent(60, 50.0).left(10.0) == 40


@given(st.integers(1, 10_000), st.lists(st.tuples(st.floats(0, 100), st.integers(1, 500)), max_size=50))
def test_over_any_hour_it_grants_no_more_than_two_budgets_and_one_call(
    per_hour: int, calls: list[tuple[float, int]]
) -> None:
    """The bound an operator pays for: what was saved up, what is refilled, and the call that overdraws."""
    budget, now, spent = Allowance.full(per_hour, 0.0), 0.0, 0
    for pause, cost in calls:
        now += pause
        if now <= HOUR and budget.left(now) > 0:
            budget = budget.spent(cost, now)
            spent += cost
    assert spent <= 2 * per_hour + 500
