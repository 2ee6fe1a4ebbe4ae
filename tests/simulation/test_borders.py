"""The fast path decides exactly as routing does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log

import numpy as np
import pytest

from routing.evidence import rates
from routing.evidence.rates import Trials
from simulation import borders
from simulation.borders import NEVER, Counts

HORIZON = 1500
LIMITS = ((0.005, 0.05), (0.03, 0.05 / 3), (0.06, 0.05 / 22), (0.5, 0.05 / 44))


def grid(border: Counts) -> Iterator[tuple[int, int]]:
    """Every count of few trials, and of many those about the border."""
    yield from ((n, k) for n in range(41) for k in range(n + 1))
    for n in (57, 124, 125, 333, 756, 999, HORIZON):
        yield from ((n, k) for k in range(max(0, border[n] - 4), min(n, border[n] + 4) + 1))


@pytest.mark.parametrize(("limit", "alpha"), LIMITS)
def test_borders_are_where_routing_decides(limit: float, alpha: float) -> None:
    """A faster rule that is nearly the same would answer another question."""
    low, high = borders.below(limit, alpha, HORIZON), borders.above(limit, alpha, HORIZON)
    for n, k in grid(low):
        assert (k <= low[n]) == (rates.log_e_below(Trials(n, k), limit) >= -log(alpha)), (n, k)
    for n, k in grid(high):
        assert (k >= high[n]) == (rates.log_e_above(Trials(n, k), limit) >= -log(alpha)), (n, k)


@pytest.mark.parametrize("evidence", [rates.log_e_below, rates.log_e_above])
def test_evidence_is_a_staircase(evidence: Callable[[Trials, float], float]) -> None:
    """It is what lets one call find a border's next step: with a trial it moves by one, or stays."""
    for limit in (0.01, 0.1, 0.5):
        table = np.array([[evidence(Trials(n, min(k, n)), limit) for k in range(41)] for n in range(41)])
        sign = 1.0 if evidence is rates.log_e_below else -1.0
        inner = np.tril(np.ones((40, 40), bool))
        assert (sign * (table[1:, :40] - table[:40, :40]) >= -1e-9)[inner].all()
        assert (sign * (table[1:, 1:] - table[:40, :40]) <= 1e-9)[inner].all()


def test_the_first_crossing_is_found_or_never() -> None:
    """Counted from one, as conversations are."""
    crossed = np.array([[False, True, True], [True, False, False], [False, False, False]])
    assert borders.first(crossed).tolist() == [2, 1, NEVER]
