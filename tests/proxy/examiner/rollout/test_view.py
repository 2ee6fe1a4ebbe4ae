"""What people are told of a rollout."""

from __future__ import annotations

import dataclasses

from proxy.config.settings import NoiseFloor
from proxy.examiner.rollout.look import Look, current, look
from proxy.examiner.rollout.view import slices, told
from proxy.examiner.status import SliceStatus, Weights
from proxy.examiner.wording import percent
from routing.ledger import Ledger
from routing.rollout import waits_for
from tests.proxy.desk import route_status
from tests.proxy.examiner.rollout.routes import STEPS, ledger, route, sheet

NOW = 1_795_000_000.0
WAIVED = (
    'waivers: [{behavior: hedging, slice: math, reason: "style only", owner: ana@example.com, expires: 2030-01-01}], '
    "behaviors: {refusal: {critical: true}, answer: {muted: true}, clarification: {dryRun: true, onFailure: warn}}"
)


def seen(known: Ledger, gates: str = "riskBudget: 0.5", looks: int = 2) -> Look:
    """The last of some looks."""
    at = route(f"ceiling: {{default: 50, math: 10}}, {STEPS}", gates)
    state = current(at, None)
    for number in range(looks):
        found = look(at, state, known, 1, NOW + 30.0 * number)
        state = found.high
    return found


def shown(found: Look) -> tuple[SliceStatus, ...]:
    """The slices of a look whose decisions are in force."""
    progress = found.high.progress
    return slices(found, progress, waits_for(found.plan, progress, found.findings))


def test_each_slice_says_what_it_is_served_and_why_not_more() -> None:
    """In the order of their names; a slice that only begins says what it needs."""
    math, reasoning = shown(seen(ledger(math=sheet(5000), reasoning=sheet(20))))
    assert (math.slice, math.verdict, math.conversations, math.taken_back) == ("math", "pass", 5000, "")
    assert math.weights == Weights(10.0, 25.0, 100.0, 10.0)
    assert math.limit == "the operator's ceiling of 10 %"
    assert (reasoning.slice, reasoning.verdict, reasoning.weights.effective) == ("reasoning", "hold", 0.0)
    assert reasoning.limit.startswith("its gates: ")


def test_each_gate_shows_its_counts_and_bounds() -> None:
    """Both directions, with the limits that they are held against."""
    (math,) = shown(seen(ledger(math=sheet(5000, 20))))
    gate = next(one for one in math.gates if one.behavior == "refusal")
    assert (gate.success_below, gate.failure_above, gate.on_failure, gate.idle) == (0.03, 0.06, "rollback", "")
    lost, gained = gate.directions
    assert (lost.direction, lost.trials, lost.diverged, gained.diverged) == ("lost", 5000, 20, 0)
    assert lost.lower < 20 / 5000 < lost.upper < 0.01
    assert (lost.noise_trials, lost.excess) == (0, None)


def test_a_gate_that_looks_at_the_teachers_own_divergence_shows_the_limits_that_it_fails_by() -> None:
    """Its rate alone fails it only above a half, whatever ``failureAbove`` says."""
    limits = "riskBudget: 0.5, defaults: {overNoise: {successBelow: 1, failureAbove: 3}}"
    at = dataclasses.replace(route(gates=limits), noise_floor=NoiseFloor(percentage=5.0))
    (math,) = shown(look(at, current(at, None), ledger(math=sheet(50)), 1, NOW))
    gate = math.gates[0]
    assert (gate.failure_above, gate.excess_below, gate.excess_above) == (0.5, 0.01, 0.03)


def test_a_gate_on_hold_shows_the_bounds_that_its_sentence_names() -> None:
    """Two numbers for one bound would make people doubt both."""
    (math,) = shown(seen(ledger(math=sheet(60, 1))))
    gate = next(one for one in math.gates if one.behavior == "refusal")
    lost = gate.directions[0]
    assert (gate.verdict, gate.direction) == ("hold", "lost")
    assert f"between {percent(lost.lower)} and {100 * lost.upper:.2g} %" in gate.reason


def test_gates_that_do_not_act_say_why() -> None:
    """And what a failure would have done."""
    (math,) = shown(seen(ledger(math=sheet(5000)), WAIVED))
    gates = {one.behavior: one for one in math.gates}
    assert gates["hedging"].idle == "waived by ana@example.com until 2030-01-01: style only"
    assert (gates["answer"].idle, gates["clarification"].idle) == ("muted", "dry run")
    assert (gates["clarification"].on_failure, gates["refusal"].critical) == ("warn", True)


def test_directions_in_which_a_divergence_harms_nobody_are_not_shown() -> None:
    """They would look like gates."""
    (math,) = shown(seen(ledger(math=sheet(50))))
    assert {one.behavior: len(one.directions) for one in math.gates}["degenerate"] == 1


def test_a_slice_that_was_taken_back_stays_in_sight_without_evidence() -> None:
    """After an epoch's end, say."""
    at = route()
    lost = look(at, seen(ledger(math=sheet(5000))).high, ledger(math=sheet(5000, 900)), 1, NOW + 60.0)
    (math,) = shown(look(at, lost.low, Ledger(), 1, NOW + 90.0))
    assert math.taken_back.startswith("refusal lost in 900")
    assert (math.verdict, math.reason, math.gates) == ("hold", "nothing has been compared yet", ())


def test_the_routes_weights_are_the_most_of_any_slice() -> None:
    """One line for who looks at many routes."""
    found = seen(ledger(math=sheet(5000), code=sheet(5000)))
    status = told(route_status(), found, found.high, "")
    assert status.weights == Weights(50.0, 25.0, 100.0, 25.0)
    assert (status.phase, status.step, status.steps, status.waits) == ("canary", 2, 3, "")
    assert status.epoch == found.high.epoch
    assert [one.slice for one in status.slices] == ["code", "math"]


def test_a_no_of_a_webhook_is_what_the_next_step_waits_for() -> None:
    """Whatever else it might wait for."""
    found = seen(ledger(math=sheet(5000)))
    assert told(route_status(), found, found.high, "the webhook gate said no").waits == "the webhook gate said no"
