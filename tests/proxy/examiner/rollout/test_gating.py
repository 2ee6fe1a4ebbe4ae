"""From settings to charters and plans."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from proxy.examiner.rollout.gating import charter, identity, plan, resolved
from routing.assessment import assess
from routing.gates import Band
from routing.rollout import OPEN, Act, Step
from tests.proxy.examiner.rollout.routes import STEPS, ledger, route, sheet

TODAY = date(2026, 11, 23)
WAIVER = '{{behavior: hedging, {where}reason: "style only", owner: ana@example.com, expires: {expires}}}'


def test_a_budget_of_everything_can_be_judged_by() -> None:
    """A limit of 100 % has no likelihood: the rollout of such a route would stand still, with an error in the log."""
    everything = charter(route(gates="riskBudget: 100"), 1, TODAY)
    assert 0.9999 < everything.budget < 1.0
    assert assess(ledger(math=sheet(3)), everything)["math"].conversations == 3


def test_percentages_become_shares_and_the_level_is_the_epochs() -> None:
    """The first epoch has half of the error that the operator allows, the second a sixth, and so on.

    Where the teacher is never asked twice, its own divergence excuses nobody's: no pair would ever come.
    """
    first = charter(route(), 1, TODAY)
    assert first.alpha == pytest.approx(0.025)
    assert first.budget == pytest.approx(0.005)
    assert charter(route(), 2, TODAY).alpha == pytest.approx(0.05 / 6)
    assert first.terms["refusal"].rate == Band(0.03, 0.06)
    assert first.terms["refusal"].over_noise is None
    assert charter(route(twice=5), 1, TODAY).terms["refusal"].over_noise == Band(0.01, 0.03)
    assert charter(route(alone=10), 1, TODAY).alone == 10.0


def test_a_behaviors_own_rule_takes_the_rest_from_the_defaults() -> None:
    """A limit that only lowers failureAbove lowers successBelow with it: nothing can pass and fail at once."""
    gates = "behaviors: {refusal: {critical: true, failureAbove: 1}, hedging: {dryRun: true, onFailure: pause}}"
    terms = charter(route(gates=gates), 1, TODAY).terms
    assert terms["refusal"].rate == Band(0.01, 0.01)
    assert terms["refusal"].policy.on_failure is Act.ROLL_BACK
    assert (terms["hedging"].policy.on_failure, terms["hedging"].policy.dry_run) == (Act.PAUSE, True)
    assert terms["answer"].policy.on_failure is Act.TAKE_BACK
    assert resolved(route(gates=gates).gates, "refusal").success_below == 3.0


def test_limits_of_nothing_are_limits_nearly_of_nothing() -> None:
    """A rate below 0 % cannot be certified by any number of conversations."""
    terms = charter(route(gates="defaults: {successBelow: 0, failureAbove: 100}"), 1, TODAY).terms
    assert terms["refusal"].rate == Band(1e-5, 1.0 - 1e-5)


@pytest.mark.parametrize(
    ("insufficient", "inherit", "teacher"),
    [("hold", "", False), ("teacher", "", True), ("{inherit: answer}", "answer", False)],
)
def test_what_a_gate_without_evidence_does(insufficient: str, inherit: str, teacher: bool) -> None:
    """In the operator's words."""
    gates = f"behaviors: {{refusal: {{onInsufficient: {insufficient}}}}}"
    policy = charter(route(gates=gates), 1, TODAY).terms["refusal"].policy
    assert (policy.inherit, policy.teacher) == (inherit, teacher)


def test_waivers_hold_until_the_end_of_their_last_day_and_where_they_say() -> None:
    """An expired one counts as absent."""
    everywhere = "waivers: [" + WAIVER.format(where="", expires="2026-11-23") + "]"
    there = "waivers: [" + WAIVER.format(where="slice: code, ", expires="2026-11-23") + "]"
    words = "ana@example.com until 2026-11-23: style only"
    assert charter(route(gates=everywhere), 1, TODAY).terms["hedging"].policy.waived == words
    assert charter(route(gates=everywhere), 1, date(2026, 11, 24)).terms["hedging"].policy.waived == ""
    of_code = charter(route(gates=there), 1, TODAY)
    assert of_code.terms["hedging"].policy.waived == ""
    assert of_code.of("code")["hedging"].policy.waived == words
    assert of_code.of("math")["hedging"].policy.waived == ""


def test_plans_speak_the_files_steps() -> None:
    """With pauses for a time and for ever."""
    steps = "steps: [{setMirror: 50}, {setWeight: 5}, {pause: {duration: 1h}}, {pause: {}}, {analysis: {}}]"
    made = plan(route(rollout=steps), {}).steps
    assert made == (Step(mirror=50.0), Step(weight=5.0), Step(pause=3600.0), Step(pause=OPEN), Step(analysis=True))


def test_of_two_ceilings_the_lower_one_holds() -> None:
    """The file's and the one that was ordered, for the route and for each slice."""
    filed = route(rollout=f"ceiling: {{default: 50, math: 80}}, {STEPS}")
    assert (plan(filed, {}).ceiling, plan(filed, {}).ceilings) == (50.0, {"math": 80.0})
    ordered = plan(filed, {"default": 60.0, "math": 5.0, "code": 10.0})
    assert (ordered.ceiling, ordered.ceilings) == (50.0, {"math": 5.0, "code": 10.0})
    assert plan(filed, {"default": 10.0}).ceilings == {"math": 10.0}


def test_an_identity_is_of_what_evidence_is_about() -> None:
    """Another student is another; another ceiling, budget or step is not."""
    same = route(rollout="ceiling: 5, steps: [{setWeight: 5}]", gates="riskBudget: 2")
    assert identity(route()) == identity(same)
    assert len(identity(route())) == 12
    renamed = replace(route(), student=replace(route().student, model="small-v8"))
    assert identity(renamed) != identity(route())
