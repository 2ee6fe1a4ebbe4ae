"""What limits a weight, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.assessment import Assessment
from routing.gates import Verdict
from routing.limits import limit
from routing.rollout import OPEN, Act, Finding, Phase, Plan, Progress, Reached, Step

STEPS = (Step(weight=5), Step(pause=OPEN), Step(weight=100))
PLAN = Plan(STEPS)
AT_FIVE = Progress(Phase.CANARY, step=1, weight=5.0, slices={"math": Reached(5.0, served=5.0)}, steps=STEPS)
GOOD = Assessment(Finding(Verdict.PASS, Act.NONE, 80.0, "all is well"), {}, {}, 900, "the risk budget")
THIN = replace(GOOD, finding=Finding(Verdict.HOLD, Act.NONE, 80.0, "refusal lost in 0 of 3"))
FULL = replace(AT_FIVE, phase=Phase.PROMOTED, step=3, weight=100.0, slices={"math": Reached(100.0, served=100.0)})


@pytest.mark.parametrize(
    ("plan", "progress", "found", "words"),
    [
        (PLAN, AT_FIVE, GOOD, "step 1 of 3, a pause"),
        (
            replace(PLAN, ceiling=2.0),
            replace(AT_FIVE, slices={"math": Reached(5.0, served=2.0)}),
            GOOD,
            "ceiling of 2 %",
        ),
        (PLAN, replace(FULL, slices={"math": Reached(100.0, served=80.0)}), GOOD, "the risk budget"),
        (PLAN, replace(FULL, slices={"math": Reached(5.0, served=5.0)}), THIN, "its gates: refusal lost in 0 of 3"),
        (PLAN, replace(FULL, slices={"math": Reached(100.0, served=5.0)}), GOOD, "the next tick raises it"),
        (PLAN, replace(FULL, slices={"math": Reached(100.0, served=5.0)}), THIN, "its gates: refusal lost in 0 of 3"),
        (PLAN, FULL, GOOD, ""),
        (PLAN, AT_FIVE, None, "nothing has been compared"),
        (PLAN, replace(AT_FIVE, slices={"math": Reached(0.0, "it was lost")}), GOOD, "taken back: it was lost"),
        (PLAN, replace(AT_FIVE, phase=Phase.ROLLED_BACK, reason="aborted by ana"), GOOD, "rolled back: aborted by ana"),
        (replace(PLAN, suspend=True), AT_FIVE, GOOD, "rollout.suspend is set"),
        (replace(PLAN, dry_run=True), AT_FIVE, GOOD, "rollout.dryRun is set"),
        (PLAN, Progress(steps=STEPS), GOOD, "no step has been made yet: a pause"),
        (Plan(), Progress(), GOOD, "the rollout has no steps"),
    ],
)
def test_the_bound_that_would_have_to_move_is_named(
    plan: Plan, progress: Progress, found: Assessment | None, words: str
) -> None:
    """Whoever reads it knows whom to ask: the file, an operator, the budget, the gates or the clock."""
    said = limit(plan, progress, "math", found, "a pause")
    assert words in said
    assert bool(words) == bool(said)
