"""The verdict matrix: every gate in its place, with the figure that says most."""

from __future__ import annotations

import pytest

from proxy.examiner.console.matrix import Field, deciding, matrix
from proxy.examiner.status import DirectionStatus
from tests.console.stage import judged, route
from tests.proxy.rollouts import gate, slice_status


def fields() -> dict[tuple[str, str], Field]:
    """The fields of the made-up night, by slice and behavior."""
    found = matrix(route().slices)
    return {(one.slice, one.behavior): one for row in found.rows for one in row.fields if one}


def test_every_gate_is_in_it_once() -> None:
    """What is missing from a matrix is believed to be well."""
    gates = {(one.slice, known.behavior) for one in route().slices for known in one.gates}
    assert fields().keys() == gates


def test_behaviors_go_down_in_the_order_of_the_closed_set_and_own_ones_follow() -> None:
    """The eye finds a behavior where it was yesterday."""
    found = matrix(
        [slice_status("b", (gate("zebra"), gate("answer"), gate("refusal"))), slice_status("a", (gate("aa"),))]
    )
    assert [one.slice for one in found.slices] == ["a", "b"]
    assert [row.behavior for row in found.rows] == ["refusal", "answer", "aa", "zebra"]
    assert [one is None for one in found.rows[0].fields] == [True, False]


@pytest.mark.parametrize(
    ("place", "figure"),
    [
        (("general", "refusal"), "\N{GREATER-THAN OR EQUAL TO} 10.2 %"),
        (("general", "format"), "\N{LESS-THAN OR EQUAL TO} 1.6 %"),
        (("general", "abstention"), "257 more"),
    ],
)
def test_a_field_has_the_figure_that_its_verdict_rests_on(place: tuple[str, str], figure: str) -> None:
    """The least where it fails, the most where it passes, what is missing where it holds."""
    assert fields()[place].figure == figure


def test_no_data_and_no_end_are_told_apart() -> None:
    """One of them waits for traffic, the other for a decision."""
    empty = gate("refusal", "hold", needed=None, directions=())
    stuck = gate("format", "hold", needed=None)
    found = matrix([slice_status("math", (empty, stuck))])
    assert [row.fields[0].figure for row in found.rows if row.fields[0]] == ["no data", "no end in sight"]


def test_heat_is_what_was_seen_against_the_gates_own_limits() -> None:
    """Nothing, below the limit for passing, between both, above."""
    counts = [(100, 0), (100, 2), (100, 4), (100, 9)]
    heats = [matrix([slice_status("a", (judged("answer", "hold", one),))]).rows[0].fields[0] for one in counts]
    assert [one.heat for one in heats if one] == [0, 1, 2, 3]


def test_idle_and_critical_gates_say_so() -> None:
    """A red field that changes nothing must not wake anybody."""
    found = fields()
    assert found["general", "hedging"].idle.startswith("waived")
    assert (found["general", "refusal"].critical, found["math", "answer"].critical) == (True, False)


def test_the_direction_that_decides_is_the_one_named() -> None:
    """Where none is, the one that diverges more."""
    lost, gained = DirectionStatus("lost", 10, 1, 0, 1), DirectionStatus("gained", 10, 2, 0, 1)
    assert deciding(gate(directions=(lost, gained), direction="lost")) == lost
    assert deciding(gate(directions=(lost, gained), direction="")) == gained
    assert deciding(gate(directions=(), direction="lost")) is None
