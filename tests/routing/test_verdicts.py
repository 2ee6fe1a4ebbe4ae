"""What a slice's gates say together."""

from __future__ import annotations

import pytest

from routing.divergence import Direction
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.gates import Evidence, Judgment, Verdict
from routing.rollout import Act
from routing.verdicts import Gate, Policy, exposure, finding


def gate(verdict: Verdict, policy: Policy | None = None) -> Gate:
    """A gate that says so."""
    return Gate(Judgment(verdict, Direction.LOST, f"says {verdict.name}"), policy or Policy())


NEEDED = {"refusal": 190, "answer": 261, "hedging": None, "format": 12}  # None: no number would do

GOOD, UNKNOWN, BAD = gate(Verdict.PASS), gate(Verdict.HOLD), gate(Verdict.FAIL)


def test_all_gates_have_to_pass() -> None:
    """One that does not know holds; one that fails takes back, and is the reason."""
    assert finding({"refusal": GOOD, "hedging": GOOD}, 80.0).verdict is Verdict.PASS
    assert finding({"refusal": GOOD, "hedging": UNKNOWN}, 80.0).verdict is Verdict.HOLD
    failed = finding({"refusal": GOOD, "hedging": UNKNOWN, "answer": BAD}, 80.0)
    assert (failed.verdict, failed.act, failed.reason) == (Verdict.FAIL, Act.TAKE_BACK, "answer says FAIL")


@pytest.mark.parametrize("policy", [Policy(muted=True), Policy(dry_run=True), Policy(waived="style only")])
@pytest.mark.parametrize("verdict", Verdict)
def test_what_does_not_act_holds_nothing_back(policy: Policy, verdict: Verdict) -> None:
    """It is judged and shown all the same, elsewhere."""
    assert finding({"refusal": GOOD, "hedging": gate(verdict, policy)}, 80.0).verdict is Verdict.PASS
    assert finding({"hedging": gate(verdict, policy)}, 80.0).act is Act.NONE


def test_the_strongest_of_what_failed_gates_ask_for_is_done_and_is_the_reason() -> None:
    """A critical gate rolls the route back whatever else failed."""
    pause, critical = (gate(Verdict.FAIL, Policy(on_failure=act)) for act in (Act.PAUSE, Act.ROLL_BACK))
    found = finding({"hedging": pause, "refusal": critical, "answer": BAD}, 80.0)
    assert (found.act, found.reason) == (Act.ROLL_BACK, "refusal says FAIL")
    assert finding({"hedging": pause, "answer": GOOD}, 80.0).act is Act.PAUSE


def test_of_gates_on_hold_the_one_that_needs_most_is_the_reason() -> None:
    """Whoever waits for it has waited for the others; the first in a table may be one that nobody waits for."""
    needs = {name: Gate(Judgment(Verdict.HOLD, Direction.LOST, "holds", needed)) for name, needed in NEEDED.items()}
    assert finding({name: needs[name] for name in ("refusal", "answer")}, 80.0).reason == "answer holds"
    assert finding(needs, 80.0).reason == "hedging holds"


def test_a_failure_that_only_warns_holds_nothing_back() -> None:
    """Otherwise it would do more than it says."""
    warned = finding({"hedging": gate(Verdict.FAIL, Policy(on_failure=Act.NONE)), "answer": GOOD}, 80.0)
    assert (warned.verdict, warned.act) == (Verdict.PASS, Act.NONE)


def test_without_enough_evidence_a_parent_or_the_teacher_may_stand_in() -> None:
    """As the operator chose."""
    inheriting = gate(Verdict.HOLD, Policy(inherit="refusal"))
    assert finding({"hedging": inheriting, "refusal": GOOD}, 80.0).verdict is Verdict.PASS
    assert finding({"hedging": inheriting, "refusal": UNKNOWN}, 80.0).verdict is Verdict.HOLD
    assert finding({"hedging": inheriting}, 80.0).verdict is Verdict.HOLD
    assert finding({"hedging": gate(Verdict.HOLD, Policy(teacher=True))}, 80.0).earned == 0.0
    assert finding({"hedging": gate(Verdict.PASS, Policy(teacher=True))}, 80.0).earned == 80.0


def test_without_a_gate_that_acts_the_slice_passes() -> None:
    """Whoever mutes everything has decided."""
    assert finding({}, 80.0).verdict is Verdict.PASS


def test_exposure_is_earned_by_evidence() -> None:
    """The teacher's own divergence is not the student's: a noisy slice need not be stuck."""
    assert exposure(Evidence(), 0.005, 0.05) == 0.5
    noisy = Evidence(Trials(4000, 200), Differences(), 4000)
    alike = Evidence(Trials(4000, 200), Differences(5, 6, 1989), 4000)
    assert 5.0 < exposure(noisy, 0.005, 0.05) < 10.0
    assert exposure(noisy, 0.005, 0.05) < exposure(alike, 0.005, 0.05)
    assert exposure(Evidence(Trials(3000)), 0.005, 0.05) == 100.0
