"""Gates: three verdicts, each for its reason."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.divergence import Direction
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.gates import Band, Evidence, Rule, Verdict, judge

RULE = Rule(Band(0.03, 0.06), Band(0.01, 0.03), budget=0.005, alpha=0.05, alpha_fail=0.05 / 22)
CLEAN = Evidence(Trials(5000), conversations=5000)
COUNTS = st.integers(0, 500)


@st.composite
def some_evidence(draw: st.DrawFn) -> Evidence:
    """Of conversations of which the teacher was asked twice in some: these have diverged, or not, like all others."""
    diverged, clean, others = draw(COUNTS), draw(COUNTS), draw(COUNTS)
    student, teacher = draw(st.integers(0, diverged)), draw(st.integers(0, clean))
    alike = draw(st.integers(0, diverged - student + clean - teacher))
    pairs = Differences(student, teacher, alike)
    return Evidence(Trials(diverged + clean, diverged), pairs, diverged + clean + others)


EVIDENCE = some_evidence()


def seen(diverged: int, count: int, pairs: Differences | None = None, conversations: int = 0) -> Evidence:
    """So many of so many conversations diverged."""
    return Evidence(Trials(count, diverged), pairs or Differences(), max(count, conversations))


@pytest.mark.parametrize(("below", "above"), [(0.0, 0.1), (0.06, 0.03), (0.5, 1.0), (-0.1, 0.1)])
def test_limits_out_of_order_are_refused(below: float, above: float) -> None:
    """A rate could otherwise pass and fail at once."""
    with pytest.raises(ValueError, match="success_below <= failure_above"):
        Band(below, above)


@pytest.mark.parametrize(
    ("evidence", "verdict", "words"),
    [
        (seen(0, 0), Verdict.HOLD, "lost in 0 of 0 conversations: nothing is known"),
        (seen(0, 20), Verdict.HOLD, "more without one certify < 3 %"),
        (seen(4, 4), Verdict.HOLD, "lost in 4 of 4 conversations: between"),  # one slip alone never takes traffic back
        (seen(6, 6), Verdict.HOLD, "but 0 asked twice do not tell whether the teacher diverges from itself as often"),
        (seen(14, 14), Verdict.FAIL, "lost in 14 of 14 conversations: at least 57 %, certified above 50 %"),
        (seen(30, 100), Verdict.HOLD, "do not tell whether the teacher diverges from itself as often"),
        (seen(30, 100, Differences(30, 1, 69)), Verdict.FAIL, "certified above 3 %"),
        (seen(2, 500), Verdict.PASS, "certified below 3 %"),
        (seen(45, 1000), Verdict.HOLD, "between"),  # between the limits nothing is to be certified
        (seen(0, 3, conversations=4000), Verdict.PASS, "so few of 4,000 conversations"),
        (seen(3, 3, conversations=4000), Verdict.HOLD, "lost in 3 of 3"),  # rare, and lost each time: that is the tail
        (seen(500, 5000, Differences(300, 250, 4450)), Verdict.HOLD, "between"),  # the teacher is as fickle
        (seen(500, 5000, Differences(20, 30, 4950)), Verdict.PASS, "points over the teacher's own in 5,000 asked"),
        (seen(40, 1000, Differences(90, 5, 905)), Verdict.FAIL, "+8.5 points over the teacher's own"),
    ],
)
def test_verdicts_and_their_reasons(evidence: Evidence, verdict: Verdict, words: str) -> None:
    """What an operator reads in the status."""
    judgment = judge(evidence, CLEAN, RULE)
    assert judgment.verdict is verdict
    assert words in judgment.reason


def test_the_worse_direction_decides() -> None:
    """A student that refuses everything has lost no refusal."""
    refusing = seen(38, 40)
    assert judge(CLEAN, refusing, RULE).direction is Direction.GAINED
    assert judge(CLEAN, refusing, RULE).verdict is Verdict.FAIL
    assert judge(refusing, CLEAN, RULE).direction is Direction.LOST


def test_on_hold_the_direction_farther_from_passing_is_shown() -> None:
    """What it waits for is what an operator asks."""
    assert judge(seen(0, 20), seen(0, 90), RULE).direction is Direction.LOST
    assert judge(seen(0, 90), seen(0, 20), RULE).direction is Direction.GAINED


def test_without_a_noise_floor_the_rate_alone_is_judged_and_sooner() -> None:
    """Two tests share the level where both are looked at."""
    alone = replace(RULE, over_noise=None)
    both, one = judge(seen(0, 10), CLEAN, RULE).needed, judge(seen(0, 10), CLEAN, alone).needed
    assert both is not None
    assert one is not None
    assert one < both
    assert judge(seen(500, 5000, Differences(20, 30, 4950)), CLEAN, alone).verdict is Verdict.FAIL


def test_without_a_noise_floor_a_rate_above_the_limit_fails_at_once() -> None:
    """There is nothing to wait for."""
    alone = replace(RULE, over_noise=None)
    for evidence in (seen(6, 6), seen(30, 100)):
        judgment = judge(evidence, CLEAN, alone)
        assert (judgment.verdict, "certified above 6 %" in judgment.reason) == (Verdict.FAIL, True)


@pytest.mark.parametrize("noise", [0.07, 0.2, 0.4])
def test_a_student_as_fickle_as_its_teacher_never_fails(noise: float) -> None:
    """A rate above the limit comes long before the pairs that excuse it, and a slice taken back stays so."""
    for number in range(1, 400):
        pairs = Differences(round(noise * (1 - noise) * number), round(noise * (1 - noise) * number), number)
        assert judge(seen(round(20 * number * noise), 20 * number, pairs), CLEAN, RULE).verdict is not Verdict.FAIL


def test_all_reasons_to_pass_share_the_level() -> None:
    """Any of them is enough, so three tests at the whole level would err three times as often."""
    bare = replace(RULE, over_noise=None, budget=0.0)
    assert [one.pass_level for one in (bare, replace(bare, budget=0.005), RULE)] == [0.05, 0.025, 0.05 / 3]
    assert [one.fail_level for one in (bare, RULE)] == [0.05 / 22, 0.05 / 44]


def test_without_a_risk_budget_nothing_is_rare_enough() -> None:
    """Zero is a choice."""
    assert judge(seen(0, 3, conversations=9000), CLEAN, replace(RULE, budget=0.0)).verdict is Verdict.HOLD


@given(EVIDENCE, EVIDENCE)
def test_what_it_needs_lets_it_pass(lost: Evidence, gained: Evidence) -> None:
    """A number that people wait for must be true, in the direction it is given for."""
    judgment = judge(lost, gained, RULE)
    if judgment.verdict is Verdict.HOLD and judgment.needed is not None:
        waited = (lost if judgment.direction is Direction.LOST else gained).merge(seen(0, judgment.needed))
        assert judge(waited, CLEAN, RULE).verdict is Verdict.PASS


@given(EVIDENCE, st.integers(1, 50))
def test_divergences_never_help(evidence: Evidence, more: int) -> None:
    """Neither to pass nor to need less."""
    before, after = judge(evidence, CLEAN, RULE), judge(evidence.merge(seen(more, more)), CLEAN, RULE)
    assert after.verdict <= before.verdict
    if before.verdict is after.verdict is Verdict.HOLD:
        assert (after.needed or inf) >= (before.needed or 0)


@given(EVIDENCE, EVIDENCE, EVIDENCE)
def test_evidence_merges_in_any_order(one: Evidence, other: Evidence, third: Evidence) -> None:
    """Of replicas, and of before and after a restart."""
    assert one.merge(other) == other.merge(one)
    assert one.merge(other.merge(third)) == one.merge(other).merge(third)


def test_a_gate_says_when_only_pairs_keep_it_from_failing() -> None:
    """So that the teacher can be asked twice until they tell."""
    assert judge(seen(100, 400), CLEAN, RULE).unpaired
    assert not judge(seen(5, 400), CLEAN, RULE).unpaired
    assert not judge(seen(100, 400, Differences(5, 5, 2000)), CLEAN, RULE).unpaired
    assert not judge(seen(100, 400, Differences(50, 0, 50)), CLEAN, RULE).unpaired  # it fails
