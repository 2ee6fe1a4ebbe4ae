"""A route's evidence against its charter: who has to show what, and how far that carries."""

from __future__ import annotations

from dataclasses import replace

import pytest

from routing.assessment import Assessment, Charter, Terms, assess, evidence, rule
from routing.behaviors.label import Behavior
from routing.divergence import Direction
from routing.evidence.rates import Trials
from routing.gates import Band, Verdict
from routing.ledger import Counted, Diverged, History, Ledger, Sheet, Stage
from routing.rollout import Act
from routing.verdicts import Policy

BAND = Band(0.03, 0.06)
CHARTER = Charter({"refusal": Terms(BAND), "hedging": Terms(BAND)}, budget=0.005)


def sheet(conversations: int, lost: int = 0, behavior: str = "refusal") -> Sheet:
    """So many conversations, all of them trials of both behaviors in both directions; some lost one of them."""
    cells = {(name, way): Counted(Trials(conversations)) for name in CHARTER.terms for way in Direction}
    cells[behavior, Direction.LOST] = Counted(Trials(conversations, lost))
    sets = {Diverged(): conversations - lost, Diverged((f"{behavior}.lost",)): lost}
    return Sheet(cells, {key: count for key, count in sets.items() if count})


def settled(history: History, found: Sheet) -> Ledger:
    """Conversations of one history that are all over."""
    return Ledger({("math", history, stage): found for stage in Stage})


def of(ledger: Ledger, charter: Charter = CHARTER) -> Assessment:
    """The one slice's."""
    return assess(ledger, charter)["math"]


def test_a_slice_of_which_nothing_is_known_is_not_assessed() -> None:
    """It neither holds the others back nor passes."""
    assert assess(Ledger(), CHARTER) == {}


def test_the_teachers_conversations_carry_a_slice_to_the_limit_and_the_students_own_beyond() -> None:
    """From the second turn on the student reads what it wrote itself: shadow evidence says nothing about that."""
    taught = settled(History.TEACHER, sheet(3000))
    assert (of(taught).finding.verdict, of(taught).finding.earned) == (Verdict.PASS, 25.0)
    assert of(taught).limit == "above 25 %, conversations that the student served must pass as well"
    both = of(taught.merge(settled(History.STUDENT, sheet(3000))))
    assert (both.finding.verdict, both.finding.earned, both.limit) == (Verdict.PASS, 100.0, "")
    assert both.conversations == 6000


def test_what_is_earned_beyond_the_limit_is_earned_by_the_students_own_conversations() -> None:
    """Few of them allow no more than they prove; they never take away what the teacher's allow."""
    taught = settled(History.TEACHER, sheet(3000))
    some = of(taught.merge(settled(History.STUDENT, sheet(500))))
    assert 25.0 < some.finding.earned < 100.0
    assert some.limit.startswith("the risk budget of 0.5 % allows")
    assert of(taught.merge(settled(History.STUDENT, sheet(200)))).finding.earned == 25.0


def test_what_is_earned_moves_in_steps_that_a_person_would_decide() -> None:
    """Two digits: every conversation moves the bound a little, and each decision is kept for ever."""
    earned = [of(settled(History.TEACHER, sheet(count))).finding.earned for count in range(20, 220, 2)]
    assert all(float(f"{one:.2g}") == pytest.approx(one) for one in earned)
    assert earned == sorted(earned)
    assert len(set(earned)) < 60


@pytest.mark.parametrize("history", History)
def test_a_loss_in_either_history_fails(history: History) -> None:
    """A student that loses a behavior only in its own conversations has lost it."""
    good = settled(History.TEACHER, sheet(3000)).merge(settled(History.STUDENT, sheet(3000)))
    bad = replace(good, sheets={**good.sheets, ("math", history, Stage.SEEN): sheet(3000, 600)})
    found = of(bad)
    assert (found.finding.verdict, found.finding.act) == (Verdict.FAIL, Act.TAKE_BACK)
    assert found.finding.reason.startswith("refusal lost in 600 of 3,000 conversations")
    assert found.bases["refusal"] == sheet(3000, 600)


def test_a_pass_waits_for_conversations_to_settle_and_a_failure_does_not() -> None:
    """An open conversation may yet diverge; one that has diverged stays so."""
    open_ = Ledger({("math", History.TEACHER, Stage.SEEN): sheet(3000)})
    assert of(open_).finding.verdict is Verdict.HOLD
    lost = Ledger({("math", History.TEACHER, Stage.SEEN): sheet(30, 30)})
    assert of(lost).finding.verdict is Verdict.FAIL


def test_open_conversations_that_diverged_lower_what_is_earned_at_once() -> None:
    """Exposure follows whichever bound is worse."""
    good = settled(History.TEACHER, sheet(400))
    worse = replace(good, sheets={**good.sheets, ("math", History.TEACHER, Stage.SEEN): sheet(410, 10, "hedging")})
    assert of(worse).finding.earned < of(good).finding.earned / 2


def test_what_is_waived_holds_nothing_back_and_costs_no_exposure() -> None:
    """Also for what happened before the waiver: a documented trade is about the behavior, not about a date."""
    lost = settled(History.TEACHER, sheet(3000, 600, "hedging"))
    waived = replace(CHARTER, waived={("math", "hedging"): Terms(BAND, policy=Policy(waived="ana: style only"))})
    assert of(lost).finding.verdict is Verdict.FAIL
    found = of(lost, waived)
    assert (found.finding.verdict, found.finding.earned) == (Verdict.PASS, 25.0)
    assert found.gates["hedging"].judgment.verdict is Verdict.FAIL  # and is shown


def test_a_slice_says_when_only_pairs_keep_it_from_failing() -> None:
    """What the teacher does to itself is not known; until it is, the slice climbs no further."""
    noisy = Charter({name: Terms(BAND, Band(0.01, 0.03)) for name in CHARTER.terms})
    found = of(settled(History.TEACHER, sheet(400, 100)), noisy)
    assert (found.finding.verdict, found.unpaired) == (Verdict.HOLD, True)
    assert "asked twice do not tell" in found.finding.reason
    served = settled(History.TEACHER, sheet(3000)).merge(settled(History.STUDENT, sheet(400, 100)))
    assert (of(served, noisy).finding.verdict, of(served, noisy).unpaired) == (Verdict.HOLD, True)
    muted = replace(noisy, terms={**noisy.terms, "refusal": Terms(BAND, Band(0.01, 0.03), Policy(muted=True))})
    assert not of(served, muted).unpaired


def test_a_waiver_of_another_slice_changes_nothing() -> None:
    """It names the slice it was thought through for."""
    lost = settled(History.TEACHER, sheet(3000, 600, "hedging"))
    waived = replace(CHARTER, waived={("code", "hedging"): Terms(BAND, policy=Policy(waived="ana: style only"))})
    assert of(lost, waived).finding.verdict is Verdict.FAIL


def test_a_student_that_is_better_than_its_teacher_is_not_held_back_for_it() -> None:
    """Fewer broken replies, and formats kept that the teacher broke, are divergences; they are no losses."""
    charter = Charter({Behavior.DEGENERATE: Terms(BAND), Behavior.FORMAT: Terms(BAND)}, budget=0.005)
    better = ((Behavior.DEGENERATE, Direction.LOST), (Behavior.FORMAT, Direction.GAINED))
    cells = {(name, way): Counted(Trials(2000)) for name in charter.terms for way in Direction}
    cells |= {key: Counted(Trials(2000, 2000)) for key in better}
    found = Sheet(cells, {Diverged(("degenerate.lost", "format.gained")): 2000})
    assert of(settled(History.TEACHER, found), charter).finding.verdict is Verdict.PASS
    assert of(settled(History.TEACHER, found), charter).finding.earned == 25.0
    assert evidence(found, Behavior.DEGENERATE, Direction.LOST) is None


def test_failures_share_their_level_and_passes_do_not() -> None:
    """Any gate may fail a slice, in either direction and history; all of them have to pass."""
    by = rule(CHARTER.terms["refusal"], CHARTER)
    assert (by.alpha, by.alpha_fail) == (0.05, 0.05 / (2 * 2 * 2))
