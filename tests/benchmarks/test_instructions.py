"""benchmarks.instructions: the guard that tells when a request or a chunk has become dearer."""

from __future__ import annotations

import pytest

from benchmarks.instructions import GROWTH, Counted, NotCountableError, built_with, count


def test_a_request_and_a_chunk_cost_no_more_instructions_than_recorded() -> None:
    """Time drifts wherever this runs; instructions do not, so growth of 5 % shows in the commit that made it."""
    recorded = Counted.recorded()
    if recorded.built_with != built_with():
        pytest.skip(f"counts were recorded with {recorded.built_with}; this is {built_with()}")
    try:
        counted = count()
    except NotCountableError as why:
        pytest.skip(f"instructions cannot be counted here: {why}")
    grown = counted.grown_over(recorded)
    assert max(grown.values()) <= GROWTH, f"{counted}, recorded {recorded}: {grown}; see benchmarks/README.md"


def test_growth_is_over_what_was_recorded() -> None:
    """The guard's own arithmetic: 6 % of one of the two must show."""
    grown = Counted(1060, 100, "x").grown_over(Counted(1000, 100, "x"))
    assert grown == {"per_request": 1.06, "per_chunk": 1.0}
