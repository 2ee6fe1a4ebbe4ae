"""What people are told of a rollout."""

from __future__ import annotations

from proxy.examiner.rollout.look import Look, current, look
from proxy.examiner.rollout.view import route_weights, slices
from proxy.examiner.status import Weights
from routing.ledger import Ledger
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


def test_each_slice_says_what_it_is_served_and_why_not_more() -> None:
    """In the order of their names; a slice that only begins says what it needs."""
    math, reasoning = slices(seen(ledger(math=sheet(5000), reasoning=sheet(20))))
    assert (math.slice, math.verdict, math.conversations, math.taken_back) == ("math", "pass", 5000, "")
    assert math.weights == Weights(10.0, 25.0, 100.0, 10.0)
    assert math.limit == "the operator's ceiling of 10 %"
    assert (reasoning.slice, reasoning.verdict, reasoning.weights.effective) == ("reasoning", "hold", 0.0)
    assert reasoning.limit.startswith("its gates: ")


def test_each_gate_shows_its_counts_and_bounds() -> None:
    """Both directions, with the limits that they are held against."""
    (math,) = slices(seen(ledger(math=sheet(5000, 20))))
    gate = next(one for one in math.gates if one.behavior == "refusal")
    assert (gate.success_below, gate.failure_above, gate.on_failure, gate.idle) == (0.03, 0.06, "rollback", "")
    lost, gained = gate.directions
    assert (lost.direction, lost.trials, lost.diverged, gained.diverged) == ("lost", 5000, 20, 0)
    assert lost.lower < 20 / 5000 < lost.upper < 0.01
    assert (lost.noise_trials, lost.excess) == (0, None)


def test_gates_that_do_not_act_say_why() -> None:
    """And what a failure would have done."""
    (math,) = slices(seen(ledger(math=sheet(5000)), WAIVED))
    gates = {one.behavior: one for one in math.gates}
    assert gates["hedging"].idle == "waived by ana@example.com until 2030-01-01: style only"
    assert (gates["answer"].idle, gates["clarification"].idle) == ("muted", "dry run")
    assert (gates["clarification"].on_failure, gates["refusal"].critical) == ("warn", True)


def test_directions_in_which_a_divergence_harms_nobody_are_not_shown() -> None:
    """They would look like gates."""
    (math,) = slices(seen(ledger(math=sheet(50))))
    assert {one.behavior: len(one.directions) for one in math.gates}["degenerate"] == 1


def test_a_slice_that_was_taken_back_stays_in_sight_without_evidence() -> None:
    """After an epoch's end, say."""
    at = route()
    lost = look(at, seen(ledger(math=sheet(5000))).high, ledger(math=sheet(5000, 900)), 1, NOW + 60.0)
    (math,) = slices(look(at, lost.low, Ledger(), 1, NOW + 90.0))
    assert math.taken_back.startswith("refusal lost in 900")
    assert (math.verdict, math.reason, math.gates) == ("hold", "nothing has been compared yet", ())


def test_the_routes_weights_are_the_most_of_any_slice() -> None:
    """One line for who looks at many routes."""
    found = seen(ledger(math=sheet(5000), code=sheet(5000)))
    assert route_weights(found.plan, found.high.progress, 100.0) == Weights(50.0, 25.0, 100.0, 25.0)
