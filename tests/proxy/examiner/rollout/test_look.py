"""One look at one route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from proxy.config.settings import Route
from proxy.examiner.rollout.look import Look, current, decided, look, lowers, rises, telling
from proxy.examiner.rollout.state import State, Watched
from proxy.store.decided import Decided
from routing.evidence.rates import Trials
from routing.ledger import History, Ledger
from routing.rollout import Act, Phase, Progress, Reached, weight
from tests.proxy.examiner.rollout.routes import STEPS, ledger, route, sheet

NOW = 1_795_000_000.0
GOOD = ledger(math=sheet(5000))


def looks(at: Route, known: Ledger, count: int, state: State | None = None) -> Look:
    """So many looks, an interval apart, each from where the one before ended."""
    state, now = current(at, state), NOW if state is None else state.progress.seen + 30.0
    for number in range(count):
        seen = look(at, state, known, 1, now + 30.0 * number)
        state = seen.high
    return seen


def told(decisions: Sequence[Decided]) -> list[tuple[str, str, str, str]]:
    """What was decided, in short."""
    return [(one.slice, one.what, one.before, one.after) for one in decisions]


def test_a_good_student_climbs_and_every_step_is_a_decision() -> None:
    """With what was known, so that it can be argued about later."""
    seen = look(route(), current(route(), None), GOOD, 1, NOW)
    decisions = decided(seen, seen.low, seen.high, "controller", NOW)
    assert told(decisions) == [
        ("", "phase", "shadow", "canary"),
        ("", "step", "0 of 3", "1 of 3"),
        ("math", "raise", "0 %", "1 %"),
    ]
    inputs = msgspec.json.decode(decisions[-1].inputs)["math"]
    assert (inputs["verdict"], inputs["conversations"]) == ("pass", 5000)
    assert (inputs["ceiling"], inputs["step"], inputs["earned"] > 1) == (100.0, 1.0, True)
    assert inputs["gates"]["refusal"].startswith("lost in 0 of 5,000 conversations")
    assert looks(route(), GOOD, 4).high.progress.phase is Phase.PROMOTED
    line = telling(decisions)
    assert line.startswith(
        "route: phase shadow -> canary (step 1 of 3); route: step 0 of 3 -> 1 of 3; math: raise 0 % -> 1 % ("
    )


def test_a_lost_behavior_comes_down_in_the_half_that_asks_nobody() -> None:
    """And the decision says which, and why."""
    full = looks(route(), GOOD, 4).high
    seen = look(route(), full, ledger(math=sheet(5000, 900)), 1, full.progress.seen)
    decisions = decided(seen, full, seen.low, "controller", NOW)
    assert told(decisions) == [("math", "lower", "100 %", "0 %")]
    assert decisions[0].why.startswith("taken back: refusal lost in 900 of 5,000 conversations")
    assert seen.low == seen.high


def test_another_student_starts_from_the_beginning_and_the_ceilings_stay() -> None:
    """Evidence about the old one says nothing; what an operator ordered still holds."""
    full = replace(looks(route(), GOOD, 4).high, ceilings={"math": 50.0})
    other = replace(route(), student=replace(route().student, model="small-v8"))
    fresh = current(other, full)
    assert (fresh.progress.phase, fresh.progress.slices, fresh.ceilings) == (Phase.SHADOW, {}, {"math": 50.0})
    assert fresh.epoch != full.epoch
    seen = look(other, fresh, Ledger(), 2, NOW)
    decisions = decided(seen, full, seen.low, "controller", NOW)
    assert told(decisions) == [
        ("", "epoch", full.epoch, fresh.epoch),
        ("", "phase", "promoted", "shadow"),
        ("math", "lower", "100 %", "0 %"),
    ]
    assert {one.why for one in decisions} == {"its evidence starts anew"}
    assert current(route(), full) is full


def test_a_student_that_decays_after_promotion_is_taken_back_though_the_past_was_good() -> None:
    """What was certified stays certified; it is the watch that notices."""
    audited = ledger(History.STUDENT, math=sheet(50_000))
    known = GOOD.merge(audited)
    full = looks(route(), known, 4).high
    assert weight(looks(route(), known, 4).plan, full.progress, "math") == 100.0
    decayed = GOOD.merge(ledger(History.STUDENT, math=sheet(50_300, 60)))
    seen = look(route(), look(route(), full, known, 1, full.progress.seen).low, decayed, 1, full.progress.seen)
    assert seen.assessments["math"].finding.act is Act.NONE  # 60 in 50 300 is nothing to a gate
    assert seen.low.progress.slices["math"].taken_back.startswith("refusal is lost more often than it was certified")


def test_a_decay_is_noticed_in_the_shadow_lane_too() -> None:
    """Where the student serves little, that is where most of what it says is seen."""
    full = looks(route(), GOOD, 4).high
    seen = look(route(), full, ledger(math=sheet(5020, 20)), 1, full.progress.seen)
    assert seen.assessments["math"].finding.act is Act.NONE
    assert seen.low.progress.slices["math"].taken_back.startswith("refusal is lost more often than it was certified")


def test_a_watch_is_fed_nothing_of_what_was_before_it() -> None:
    """Nor does a conversation that turns bad late make a trial twice."""
    serving = State("x", progress=Progress(Phase.CANARY, weight=1.0, slices={"math": Reached(1.0, served=1.0)}))
    at = route(gates="behaviors: {refusal: {onFailure: warn}}")
    first = look(at, serving, GOOD.merge(ledger(History.STUDENT, math=sheet(1000, 300))), 1, NOW).low
    assert first.watches["math/refusal/lost/student"] == Watched(fed=Trials(1000, 300), limit=0.06)
    again = look(at, first, GOOD.merge(ledger(History.STUDENT, math=sheet(1000, 302))), 1, NOW).low
    assert again.watches["math/refusal/lost/student"].fed == Trials(1000, 302)
    assert again.watches["math/refusal/lost/student"].watch != first.watches["math/refusal/lost/student"].watch


def test_a_rate_that_was_never_certified_is_not_watched() -> None:
    """Where a teacher diverges from itself as often, the watch would ring for an equal student."""
    serving = State("x", progress=Progress(Phase.CANARY, weight=1.0, slices={"math": Reached(1.0, served=1.0)}))
    watches = look(route(), serving, ledger(math=sheet(5000, 250, "hedging")), 1, NOW).low.watches
    assert "math/refusal/lost/teacher" in watches
    assert "math/hedging/lost/teacher" not in watches


def test_what_a_watch_sees_does_not_end_it() -> None:
    """A loss is seen in what the teacher served, too, and ends the certificate sooner than it rings the watch."""
    serving = State("x", progress=Progress(Phase.CANARY, weight=1.0, slices={"math": Reached(1.0, served=1.0)}))
    known = ledger(math=sheet(120))
    begun = look(route(), serving, known, 1, NOW).low
    assert "math/refusal/lost/student" in begun.watches
    losing = known.merge(ledger(math=sheet(6, 6)))
    seen = look(route(), begun, losing, 1, NOW)
    assert "math/refusal/lost/student" not in look(route(), serving, losing, 1, NOW).low.watches
    assert "math/refusal/lost/student" in seen.low.watches


def test_a_watch_over_another_limit_ends_where_that_was_never_certified() -> None:
    """Or it would ring for a rate that the operator used to allow."""
    serving = State("x", progress=Progress(Phase.CANARY, weight=1.0, slices={"math": Reached(1.0, served=1.0)}))
    begun = look(route(), serving, ledger(math=sheet(5000, 150)), 1, NOW).low
    stricter = route(gates="defaults: {successBelow: 1, failureAbove: 2}")
    assert "math/refusal/lost/teacher" in begun.watches
    assert "math/refusal/lost/teacher" not in look(stricter, begun, ledger(math=sheet(5000, 150)), 1, NOW).low.watches


def test_a_look_that_remembers_the_last_one_finds_the_same() -> None:
    """What is not judged again must not be what should have been: evidence, limits, and what is served change."""
    math, code = ledger(math=sheet(5000)), ledger(code=sheet(5000))
    lost = ledger(math=sheet(5000), code=sheet(5040, 40))
    kept = Ledger({**code.sheets, **math.sheets})
    strict = route(gates="defaults: {successBelow: 0.01, failureAbove: 0.02}")
    story = [(route(), kept)] * 4 + [(strict, kept), (route(), kept), (route(), lost), (route(), lost), (route(), kept)]
    state, last = current(route(), None), None
    for number, (at, known) in enumerate(story):
        now = NOW + 30.0 * number
        afresh, last = look(at, state, known, 1, now), look(at, state, known, 1, now, last)
        assert last == afresh
        state = last.high


def test_slices_whose_sheets_are_the_same_objects_are_not_judged_again() -> None:
    """A look is every second, and nearly always nearly nothing has changed."""
    math, code = ledger(math=sheet(5000)), ledger(code=sheet(5000))
    first = look(route(), current(route(), None), Ledger({**math.sheets, **code.sheets}), 1, NOW)
    changed = Ledger({**math.sheets, **ledger(code=sheet(5001)).sheets})
    second = look(route(), first.high, changed, 1, NOW + 1.0, first)
    assert second.assessments["math"] is first.assessments["math"]
    assert second.assessments["code"].conversations == 5001
    third = look(route(), second.high, changed, 1, NOW + 2.0, second)
    assert look(route(), third.high, changed, 1, NOW + 3.0, third).low.watches is third.low.watches


def test_what_is_not_served_is_not_watched() -> None:
    """Before the first step, and after it was taken back."""
    assert look(route(), current(route(), None), GOOD, 1, NOW).low.watches == {}


def test_only_more_for_somebody_is_a_raise() -> None:
    """What needs consent, and what does not."""
    one, two = (Progress(slices={"math": Reached(25.0, served=served)}) for served in (1.0, 25.0))
    assert rises(one, two)
    assert rises(Progress(), one)
    assert not rises(two, one)
    assert not rises(one, replace(one, phase=Phase.PROMOTED))
    assert lowers(two, one)
    assert lowers(one, Progress())
    assert not lowers(one, two)


def test_a_rollout_without_steps_judges_and_moves_nothing() -> None:
    """The minimal configuration: shadow mode, with verdicts."""
    seen = looks(route(rollout="suspend: false"), GOOD, 3)
    assert seen.high.progress.phase is Phase.SHADOW
    assert seen.assessments["math"].finding.reason
    assert STEPS not in repr(seen.plan)
