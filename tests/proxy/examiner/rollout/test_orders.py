"""Orders of operators."""

from __future__ import annotations

import pytest

from proxy.examiner.orders import Order, Verb
from proxy.examiner.rollout.look import current, look
from proxy.examiner.rollout.orders import obeyed, recorded
from proxy.examiner.rollout.state import State
from routing.ledger import Ledger
from routing.rollout import Phase, RolloutError, weight
from tests.proxy.examiner.rollout.routes import ledger, route, sheet

NOW = 1_795_000_000.0
GOOD = ledger(math=sheet(5000))
PAUSED = "steps: [{setWeight: 1}, {pause: {}}, {setWeight: 25}]"


def after(looks: int, rollout: str = PAUSED, known: Ledger = GOOD) -> State:
    """The state after so many looks."""
    state = current(route(rollout), None)
    for number in range(looks):
        state = look(route(rollout), state, known, 1, NOW + 30.0 * number).high
    return state


def ordered(state: State, order: Order, rollout: str = PAUSED, known: Ledger = GOOD) -> tuple[State, str]:
    """The state after an order, and the sentence."""
    at = route(rollout)
    return obeyed(at, look(at, state, known, 1, state.progress.seen), state, order)


def test_promote_lets_the_step_that_waits_pass() -> None:
    """One of them; the tick makes it."""
    state, done = ordered(after(3), Order(Verb.PROMOTE, who="ana"))
    assert done == "the step that waits, 2 of 3, is made at the next tick"
    at = route(PAUSED)
    for seconds in (30.0, 60.0):
        state = look(at, state, GOOD, 1, state.progress.seen + seconds).high
    assert (state.progress.phase, state.progress.weight) == (Phase.PROMOTED, 25.0)


def test_promote_full_makes_all_steps_and_no_slice_jumps() -> None:
    """The gates still hold what they hold."""
    state, done = ordered(after(3), Order(Verb.PROMOTE, full=True))
    assert state.progress.phase is Phase.PROMOTED
    assert "while its gates pass" in done
    assert weight(look(route(PAUSED), state, GOOD, 1, NOW).plan, state.progress, "math") == 1.0


def test_pause_and_resume() -> None:
    """With who and why, for whoever comes next."""
    state, _ = ordered(after(2), Order(Verb.PAUSE, who="ana", reason="lunch"))
    assert (state.progress.phase, state.progress.reason) == (Phase.PAUSED, "paused by ana: lunch")
    again, done = ordered(state, Order(Verb.RESUME))
    assert (again.progress.phase, done) == (Phase.CANARY, "goes on from where it was paused")


def test_resume_readmits_a_slice_whose_gates_stand_again() -> None:
    """After a waiver, or when the evidence has turned."""
    lost = ledger(math=sheet(5000, 900))
    state = look(route(PAUSED), after(2), lost, 1, NOW + 60.0).low
    assert state.progress.slices["math"].taken_back
    with pytest.raises(RolloutError, match="nothing to resume"):
        ordered(state, Order(Verb.RESUME), known=lost)
    again, done = ordered(state, Order(Verb.RESUME))
    assert (again.progress.slices, done) == ({}, "climbs again from nothing: math")


def test_abort_gives_everything_back_to_the_teacher() -> None:
    """In every phase but one: where that is so already."""
    state, done = ordered(after(2), Order(Verb.ABORT, who="ana", reason="page 17"))
    assert (state.progress.phase, state.progress.reason) == (Phase.ROLLED_BACK, "aborted by ana: page 17")
    assert (state.progress.slices, done) == ({}, "rolled back: the teacher serves everything")
    with pytest.raises(RolloutError, match="rolled_back"):
        ordered(state, Order(Verb.ABORT))


def test_retry_starts_again_on_new_evidence_only() -> None:
    """The same student, with nothing changed in the file."""
    before, _ = ordered(after(2), Order(Verb.ABORT))
    state, done = ordered(before, Order(Verb.RETRY))
    assert state.progress.phase is Phase.SHADOW
    assert state.epoch == f"{before.identity}.1"
    assert state.epoch in done


def test_a_ceiling_lowers_at_once_and_lifting_it_raises_nothing() -> None:
    """The tick does."""
    full = after(9, "steps: [{setWeight: 100}]")
    state, done = ordered(full, Order(Verb.SET_WEIGHT, percent=5.0, slice="math"))
    assert (state.progress.slices["math"].served, done) == (5.0, "the ceiling of math is 5 %")
    lifted, _ = ordered(state, Order(Verb.SET_WEIGHT, percent=100.0, slice="math"))
    assert (lifted.ceilings, lifted.progress.slices["math"].served) == ({}, 5.0)


@pytest.mark.parametrize(
    ("order", "was", "is_"),
    [
        (Order(Verb.SET_WEIGHT, percent=5.0, slice="math", who="ana", reason="ticket 12"), "no ceiling", "5 %"),
        (Order(Verb.PROMOTE, who="ana", reason="ticket 12"), "step 1 of 3", "step 2 of 3"),
        (Order(Verb.PROMOTE, full=True, who="ana", reason="ticket 12"), "step 1 of 3", "step 3 of 3"),
        (Order(Verb.ABORT, who="ana", reason="ticket 12"), "canary", "rolled_back"),
        (Order(Verb.PAUSE, who="ana", reason="ticket 12"), "canary", "paused"),
    ],
)
def test_each_order_is_a_decision_of_its_own(order: Order, was: str, is_: str) -> None:
    """Who, what, from, to, and why in their own words, also where nothing follows from it yet."""
    before = after(2)
    found = recorded(order, before, ordered(before, order)[0], NOW)
    assert (found.who, found.slice, found.what, found.why) == ("ana", order.slice, order.verb, "ticket 12")
    assert (found.before, found.after) == (was, is_)


def test_a_ceiling_above_the_files_says_that_it_holds_nothing() -> None:
    """Or an operator waits for what the file forbids."""
    rollout = "ceiling: 10, steps: [{setWeight: 100}]"
    _, done = ordered(after(2, rollout), Order(Verb.SET_WEIGHT, percent=50.0), rollout)
    assert done == "the ceiling of the route is 50 %; the configuration's, 10 %, is lower and holds"
