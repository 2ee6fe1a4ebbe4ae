"""Rollouts: up one step at a time and only while gates pass, down at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.gates import Verdict
from routing.rollout import (
    OPEN,
    Act,
    Finding,
    Phase,
    Plan,
    Progress,
    RolloutError,
    Step,
    paused,
    promoted,
    released,
    resumed,
    retried,
    rolled_back,
    tick,
    waits_for,
    weight,
)

GOOD = Finding(Verdict.PASS, Act.NONE, 100.0, "lost in 0 of 900 conversations")
THIN = Finding(Verdict.HOLD, Act.NONE, 40.0, "nothing is known")
LOST = Finding(Verdict.FAIL, Act.TAKE_BACK, 1.0, "refusal lost in 9 of 9 conversations")
CRITICAL = Finding(Verdict.FAIL, Act.ROLL_BACK, 1.0, "refusal lost in 9 of 9 conversations")
WAIT = Finding(Verdict.FAIL, Act.PAUSE, 100.0, "hedging lost in 9 of 9 conversations")
STEPS = (Step(weight=1), Step(pause=3600), Step(weight=5), Step(pause=OPEN), Step(weight=25), Step(weight=100))
PLAN = Plan(STEPS)
FAST = Plan((Step(weight=1), Step(weight=25), Step(weight=100)))

FINDINGS = st.sampled_from((GOOD, GOOD, GOOD, THIN, LOST, WAIT, replace(GOOD, earned=7.5)))
LOOKS = st.lists(st.tuples(st.floats(-100, 5000), FINDINGS, FINDINGS), max_size=40)


def run(plan: Plan, findings: Mapping[str, Finding], looks: int, progress: Progress | None = None) -> Progress:
    """So many looks, an interval apart."""
    progress = progress or Progress()
    for _ in range(looks):
        progress = tick(plan, progress, findings, progress.seen + plan.interval)
    return progress


def test_a_good_student_is_promoted_without_a_hand() -> None:
    """And one look makes one step."""
    steps = [run(FAST, {"math": GOOD}, looks) for looks in range(5)]
    assert [one.phase for one in steps] == [Phase.SHADOW, Phase.CANARY, Phase.CANARY, Phase.PROMOTED, Phase.PROMOTED]
    assert [weight(FAST, one, "math", 100.0) for one in steps] == [0.0, 1.0, 25.0, 100.0, 100.0]


def test_nothing_is_raised_twice_in_an_interval() -> None:
    """Two controllers, or one that was started twice, are no faster than one."""
    once = tick(FAST, Progress(), {"math": GOOD}, 1000.0)
    assert tick(FAST, once, {"math": GOOD}, 1000.0) == once
    assert tick(FAST, once, {"math": GOOD}, 1029.0).weight == 1.0
    assert tick(FAST, once, {"math": GOOD}, 1030.0).weight == 25.0


def test_without_steps_it_stays_in_shadow() -> None:
    """The minimal configuration moves nothing."""
    assert run(Plan(), {"math": GOOD}, 5).phase is Phase.SHADOW


def test_a_slice_that_loses_a_behavior_is_held_and_the_others_go_on() -> None:
    """The point of slices."""
    canary = run(FAST, {"math": GOOD, "code": GOOD}, 2)
    after = run(FAST, {"math": GOOD, "code": LOST}, 3, canary)
    assert after.phase is Phase.PROMOTED
    assert (weight(FAST, after, "math", 100.0), weight(FAST, after, "code", 100.0)) == (100.0, 0.0)
    assert after.slices["code"].taken_back == LOST.reason


def test_a_slice_taken_back_stays_so_until_a_retry() -> None:
    """Evidence that wavers about a limit must not make traffic swing."""
    after = run(FAST, {"code": GOOD}, 3, run(FAST, {"code": LOST}, 1, run(FAST, {"code": GOOD}, 2)))
    assert weight(FAST, after, "code", 100.0) == 0.0
    again = retried(after)
    assert (again.phase, again.weight, again.slices) == (Phase.SHADOW, 0.0, {})
    assert weight(FAST, run(FAST, {"code": GOOD}, 3, again), "code", 100.0) == 100.0


def test_a_critical_gate_rolls_the_whole_route_back_at_once() -> None:
    """Within the interval, too."""
    canary = run(FAST, {"math": GOOD, "code": GOOD}, 2)
    after = tick(FAST, canary, {"math": GOOD, "code": CRITICAL}, canary.seen)
    assert after.phase is Phase.ROLLED_BACK
    assert "code: refusal lost" in after.reason
    assert weight(FAST, after, "math", 100.0) == 0.0
    assert run(FAST, {"math": GOOD, "code": GOOD}, 5, after) == replace(after, seen=after.seen + 150.0)


def test_a_gate_may_ask_for_a_pause() -> None:
    """What is served stays; an operator decides."""
    canary = run(FAST, {"math": GOOD}, 2)
    waiting = run(FAST, {"math": WAIT}, 3, canary)
    assert (waiting.phase, weight(FAST, waiting, "math", 100.0)) == (Phase.PAUSED, 25.0)
    assert waits_for(FAST, waiting, {"math": GOOD}) == "math: hedging lost in 9 of 9 conversations"
    assert run(FAST, {"math": GOOD}, 3, resumed(waiting)).phase is Phase.PROMOTED


def test_gates_are_judged_during_every_wait() -> None:
    """A student that decays while somebody sleeps on an approval comes down all the same."""
    waiting = run(PLAN, {"math": GOOD}, 130)
    assert waits_for(PLAN, waiting, {"math": GOOD}) == "a pause until an operator promotes"
    assert weight(PLAN, run(PLAN, {"math": LOST}, 1, waiting), "math", 100.0) == 0.0
    assert run(PLAN, {"math": CRITICAL}, 1, paused(waiting, "lunch")).phase is Phase.ROLLED_BACK


def test_slices_without_enough_evidence_stay_and_catch_up_one_step_at_a_time() -> None:
    """The fast ones do not wait for them."""
    ahead = run(FAST, {"math": GOOD, "code": THIN}, 3)
    assert (weight(FAST, ahead, "math", 100.0), weight(FAST, ahead, "code", 40.0)) == (100.0, 0.0)
    behind = [run(FAST, {"math": GOOD, "code": GOOD}, looks, ahead) for looks in (1, 2, 3)]
    assert [weight(FAST, one, "code", 100.0) for one in behind] == [1.0, 25.0, 100.0]


def test_no_step_is_made_while_no_slice_passes() -> None:
    """And somebody who asks is told."""
    assert run(FAST, {"math": THIN}, 5).phase is Phase.SHADOW
    assert waits_for(FAST, Progress(), {"math": THIN}) == "no slice passes all its gates"
    assert waits_for(FAST, Progress(), {"math": GOOD}) == ""


def test_an_analysis_waits_for_every_slice_that_is_not_taken_back() -> None:
    """A slice that was given up must not hold the others for ever."""
    plan = Plan((Step(weight=5), Step(analysis=True), Step(weight=50)))
    stuck = run(plan, {"math": GOOD, "code": THIN}, 5)
    assert waits_for(plan, stuck, {"math": GOOD, "code": THIN}) == "an analysis: not all slices pass their gates"
    assert run(plan, {"math": GOOD, "code": LOST}, 5, stuck).phase is Phase.PROMOTED


@pytest.mark.parametrize(("ceiling", "earned", "served"), [(10.0, 100.0, 10.0), (100.0, 7.5, 7.5), (0.0, 100.0, 0.0)])
def test_ceiling_and_evidence_bound_what_was_reached(ceiling: float, earned: float, served: float) -> None:
    """Without a tick: a lowered ceiling holds from the next snapshot on."""
    plan = replace(FAST, ceiling=50.0, ceilings={"math": ceiling})
    assert weight(plan, run(FAST, {"math": GOOD}, 3), "math", earned) == served


@pytest.mark.parametrize("stopped", [replace(FAST, suspend=True), replace(FAST, dry_run=True)])
def test_suspended_and_dry_rollouts_serve_nothing_and_keep_what_was_reached(stopped: Plan) -> None:
    """Taking the flag out again is no reason to jump: it climbs, a step a tick, to where it was."""
    full = run(FAST, {"math": GOOD}, 3)
    assert weight(stopped, full, "math") == 0.0
    idle = run(stopped, {"math": GOOD}, 2, full)
    assert (idle.phase, idle.slices["math"].weight, weight(FAST, idle, "math")) == (Phase.PROMOTED, 100.0, 0.0)
    assert [weight(FAST, run(FAST, {"math": GOOD}, n, idle), "math") for n in (1, 2, 3)] == [1.0, 25.0, 100.0]


def test_a_ceiling_that_is_lifted_raises_nothing_by_itself() -> None:
    """A file that is reloaded lowers at once; it is the ticks that raise, one step at a time."""
    low = run(replace(FAST, ceiling=0.5), {"math": GOOD}, 3)
    assert (low.phase, weight(FAST, low, "math")) == (Phase.PROMOTED, 0.5)
    assert weight(FAST, tick(FAST, low, {"math": GOOD}, low.seen), "math") == 0.5
    assert [weight(FAST, run(FAST, {"math": GOOD}, n, low), "math") for n in (1, 2, 3)] == [1.0, 25.0, 100.0]


def test_what_evidence_no_longer_earns_is_given_back_at_once_and_earned_again_on_ticks() -> None:
    """Within the interval down; up only while the gates pass."""
    full = run(FAST, {"math": GOOD}, 3)
    less = tick(FAST, full, {"math": replace(THIN, earned=12.0)}, full.seen)
    assert weight(FAST, less, "math") == 12.0
    assert weight(FAST, run(FAST, {"math": THIN}, 3, less), "math") == 12.0
    assert [weight(FAST, run(FAST, {"math": GOOD}, n, less), "math") for n in (1, 2)] == [25.0, 100.0]


def test_a_failure_before_the_first_step_stops_it_and_takes_nothing_back() -> None:
    """There is nothing to take back; once the gate stands, the rollout begins without anybody's hand."""
    shadow = run(FAST, {"math": GOOD, "code": CRITICAL}, 3)
    assert shadow.phase is Phase.SHADOW
    assert waits_for(FAST, shadow, {"math": GOOD, "code": CRITICAL}) == f"code: {CRITICAL.reason}"
    assert run(FAST, {"math": GOOD, "code": LOST}, 3).slices.keys() == {"math"}
    assert run(FAST, {"math": GOOD, "code": GOOD}, 1, shadow).phase is Phase.CANARY


def test_an_operator_readmits_slices_whose_gates_stand_again() -> None:
    """After a waiver, say. The others stay where they are, and what climbs climbs from nothing."""
    both = run(FAST, {"math": LOST, "code": LOST}, 1, run(FAST, {"math": GOOD, "code": GOOD}, 2))
    after = released(both, {"math": GOOD, "code": LOST})
    assert (set(after.slices), after.slices["code"].taken_back) == ({"code"}, LOST.reason)
    assert weight(FAST, run(FAST, {"math": GOOD}, 1, after), "math") == 1.0
    with pytest.raises(RolloutError, match="nothing to resume"):
        released(both, {"math": LOST})


def test_pauses_last_as_long_as_they_should_whatever_the_clock_does() -> None:
    """A clock that steps back ends none early, nor makes it begin anew."""
    progress = run(PLAN, {"math": GOOD}, 1)
    start = progress.seen
    for now in (start + 3000, start - 9000, start + 3500):
        progress = tick(PLAN, progress, {"math": GOOD}, now)
    assert waits_for(PLAN, progress, {"math": GOOD}) == "a pause of 100 s more"
    assert tick(PLAN, progress, {"math": GOOD}, start + 3600).step == 2


def test_an_operator_promotes_past_a_pause() -> None:
    """One, not all of them."""
    progress = run(PLAN, {"math": GOOD}, 4, promoted(run(PLAN, {"math": GOOD}, 1)))
    assert weight(PLAN, progress, "math", 100.0) == 5.0
    assert run(PLAN, {"math": GOOD}, 4, promoted(progress)).phase is Phase.PROMOTED


def test_a_full_promotion_skips_the_steps_and_not_the_gates() -> None:
    """A slice that does not pass gets nothing of it."""
    full = run(PLAN, {"math": GOOD, "code": THIN}, 5, promoted(Progress(steps=STEPS), full=True))
    assert full.phase is Phase.PROMOTED
    assert (weight(PLAN, full, "math", 100.0), weight(PLAN, full, "code", 40.0)) == (100.0, 0.0)


@pytest.mark.parametrize(
    ("edited", "position", "phase"),
    [
        ((Step(weight=2), Step(weight=5), Step(weight=50)), 2, Phase.CANARY),  # at 5, where one of them is
        ((Step(weight=2), Step(weight=10), Step(weight=50)), 1, Phase.CANARY),  # the first not below 5
        ((Step(weight=1), Step(weight=2)), 2, Phase.PROMOTED),  # all below: it stays, and nothing is ahead
        ((), 0, Phase.PROMOTED),
    ],
)
def test_edited_steps_keep_the_weight(edited: tuple[Step, ...], position: int, phase: Phase) -> None:
    """Nobody falls back to the first step, and nobody jumps, because a line was inserted."""
    at_five = run(PLAN, {"math": GOOD}, 4, promoted(run(PLAN, {"math": GOOD}, 1)))
    plan = Plan(edited)
    after = tick(plan, at_five, {"math": THIN}, at_five.seen)
    assert (after.step, after.weight) == (position, 5)
    assert run(plan, {"math": THIN}, 1, at_five).phase is phase
    assert weight(plan, after, "math", 100.0) == 5.0


def test_steps_added_behind_the_last_one_reopen_the_rollout() -> None:
    """Promoted to 25 % yesterday, and on today."""
    quarter = Plan((Step(weight=25),))
    done = run(quarter, {"math": GOOD}, 2)
    assert done.phase is Phase.PROMOTED
    assert weight(FAST, run(FAST, {"math": GOOD}, 2, done), "math", 100.0) == 100.0


@pytest.mark.parametrize("verb", [resumed, lambda p: paused(p, ""), promoted, lambda p: rolled_back(p, "")])
def test_verbs_that_make_no_sense_are_refused(verb: object) -> None:
    """With the phase, so that the operator knows why."""
    gone = rolled_back(run(FAST, {"math": GOOD}, 2), "abort")
    with pytest.raises(RolloutError, match="rolled_back"):
        verb(gone)  # type: ignore[operator] # each of them takes a progress


@given(LOOKS)
def test_whatever_the_gates_say_it_goes_up_slowly_and_only_on_a_pass(
    looks: list[tuple[float, Finding, Finding]],
) -> None:
    """For any clock and any verdicts: at most the next step's weight, on a pass, within the bounds."""
    progress, now, known = Progress(), 1000.0, (0.0, 1.0, 25.0, 100.0)
    for passed, math, code in looks:
        now += passed
        before, findings = progress, {"math": math, "code": code}
        progress = tick(FAST, progress, findings, now)
        for name, finding in findings.items():
            was, is_ = (one.slices[name].weight if name in one.slices else 0.0 for one in (before, progress))
            assert is_ <= was or (finding.verdict is Verdict.PASS and (was, is_) in pairwise(known))
            assert weight(FAST, progress, name, finding.earned) <= finding.earned
            assert finding.act is not Act.TAKE_BACK or weight(FAST, progress, name, 100.0) == 0.0
