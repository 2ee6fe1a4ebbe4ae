"""The words for a rollout's standing, each against what they must not be mistaken for."""

from __future__ import annotations

import dataclasses

import pytest

from proxy.examiner.status import RouteStatus
from proxy.examiner.wording import (
    acting,
    decided,
    deciding,
    limited,
    missing,
    moves,
    obstacles,
    percent,
    position,
    ranked,
)
from tests.proxy.desk import route_status
from tests.proxy.rollouts import CODE, GENERAL, MATH, WAIVED, gate, moving_route, slice_status


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (moving_route(), "canary, step 2 of 6 (waits: a pause of 1200 s more)"),
        (moving_route(waits="", step=6, phase="promoted"), "promoted, step 6 of 6"),
        (
            moving_route(step=0, phase="shadow", waits="no slice passes all its gates"),
            "shadow, step 0 of 6 (waits: no s",
        ),
        (moving_route(steps=0, step=0, waits="", phase="rolled_back"), "rolled_back"),
        (route_status(), "shadow"),
        (dataclasses.replace(route_status(), waits="rollout.suspend is set"), "shadow"),
    ],
)
def test_the_position_of_a_route(route: RouteStatus, said: str) -> None:
    """A route without steps waits for nothing; one that was rolled back has something to tell though it has none."""
    assert position(route).startswith(said)
    assert (position(route) == "shadow") is not moves(route)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (0.00021, "0.021 %"),
        (0.0083, "0.83 %"),
        (0.046, "4.6 %"),
        (0.31, "31 %"),
        (0.999, "99.9 %"),
        (1, "100 %"),
    ],
)
def test_shares_in_percent(share: float, said: str) -> None:
    """A bound of 0.02 % is not 0, and 99.9 % is not 100."""
    assert percent(share) == said


def test_the_worst_comes_first() -> None:
    """What fails is read before what holds, and what passes last."""
    assert [one.slice for one in ranked((CODE, MATH, GENERAL))] == ["general", "math", "code"]


def test_only_gates_that_act_decide() -> None:
    """A waived gate that fails keeps nothing back, and one on hold is not to blame where another fails."""
    assert deciding(CODE) == ()
    assert [one.behavior for one in deciding(MATH)] == ["refusal", "format"]
    assert [one.behavior for one in deciding(GENERAL)] == ["refusal"]


def test_what_a_slice_waits_for() -> None:
    """All that stands in its way, so that nobody waits for one gate and meets the next."""
    assert obstacles(CODE) == ""
    assert obstacles(MATH) == "math holds, needs clean conversations: refusal 41, format no number would do"
    assert obstacles(GENERAL) == "general fails: refusal (critical)"


def test_a_slice_that_was_taken_back_says_so_before_anything_else() -> None:
    """Its weight is 0 for that reason, whatever the step and the evidence would allow."""
    assert limited(GENERAL).startswith("taken back: refusal lost in 6 of 9")
    assert limited(CODE) == "the step"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "needs 41 more conversations without a loss"),
        ({"needed": 1, "direction": "gained"}, "needs 1 more conversation without a gain"),
        ({"needed": 1200, "direction": ""}, "needs 1,200 more conversations without a divergence"),
        ({"needed": None}, "no number of conversations"),
        ({"verdict": "pass"}, ""),
        ({"verdict": "fail"}, ""),
    ],
)
def test_what_a_gate_needs(changed: dict[str, object], said: str) -> None:
    """A number to wait for, or that waiting is in vain; nothing where it has passed or failed."""
    found = missing(dataclasses.replace(gate(), **changed))  # type: ignore[arg-type] # as in ``gate``
    assert found.startswith(said)
    assert bool(found) is bool(said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "yes: a failure takes the slice back"),
        ({"critical": True}, "yes: it is critical, a failure rolls the whole route back"),
        ({"on_failure": "pause"}, "yes: a failure pauses the route"),
        ({"on_failure": "warn"}, "yes: a failure only warns"),
        ({"idle": WAIVED, "critical": True}, f"no: {WAIVED}"),
    ],
)
def test_whether_a_gate_acts(changed: dict[str, object], said: str) -> None:
    """Idle comes before critical: a waived gate does nothing."""
    assert acting(dataclasses.replace(gate(), **changed)) == said  # type: ignore[arg-type] # as in ``gate``


def test_decisions_say_who_did_what_to_what_and_why() -> None:
    """The newest first, and no more than asked for."""
    told = [what for _, what in decided(moving_route().decisions, 2)]
    assert told[0].startswith("general: taken back 5 -> 0 by controller: refusal lost in 6 of 9")
    assert told[1:] == ["code: ceiling 100 -> 20 by ana@box: a holiday"]


def test_a_slice_without_gates_is_no_trouble() -> None:
    """The first minutes of a route."""
    assert obstacles(dataclasses.replace(slice_status("math", (gate(),)), gates=())) == ""
