"""The words for a rollout's standing, each against what they must not be mistaken for."""

from __future__ import annotations

import dataclasses

import pytest

from proxy.examiner.status import RouteStatus, Weights
from proxy.examiner.wording import (
    acting,
    assured,
    besides,
    decided,
    decider,
    kept,
    limited,
    limits,
    missing,
    most_served,
    moves,
    percent,
    position,
    promised,
    ranked,
    served,
    standing,
    stuck,
    wanted,
    weighed,
)
from tests.proxy.confidences import CODE as UNCERTIFIED
from tests.proxy.confidences import CONFIDENCE, EARLY, UNPROMISED
from tests.proxy.confidences import MATH as CERTIFIED
from tests.proxy.desk import route_status
from tests.proxy.rollouts import CEILING, CODE, GENERAL, MATH, WAIVED, gate, moving_route, slice_status


@pytest.mark.parametrize(
    ("route", "said"),
    [
        (moving_route(), "canary, step 2 of 6 (waits: a pause of 1200 s more)"),
        (moving_route(waits="", step=6, phase="promoted"), "promoted, step 6 of 6"),
        (
            moving_route(step=0, phase="shadow", waits="no slice passes all its gates"),
            "shadow, step 0 of 6 (waits: no s",
        ),
        (moving_route(steps=0, step=0, waits="", phase="rolled_back"), "rolled_back"),
        (route_status(), "shadow"),
        (dataclasses.replace(route_status(), waits="rollout.suspend is set"), "shadow"),
    ],
)
def test_the_position_of_a_route(route: RouteStatus, said: str) -> None:
    """A route without steps waits for nothing; one that was rolled back has something to tell though it has none."""
    assert position(route).startswith(said)
    assert (position(route) == "shadow") is not moves(route)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0 %"),
        (0.00021, "0.021 %"),
        (0.0083, "0.83 %"),
        (0.046, "4.6 %"),
        (0.31, "31 %"),
        (0.999, "99.9 %"),
        (1, "100 %"),
    ],
)
def test_shares_in_percent(share: float, said: str) -> None:
    """A bound of 0.02 % is not 0, and 99.9 % is not 100."""
    assert percent(share) == said


def test_the_worst_comes_first() -> None:
    """What fails is read before what holds, and what passes last."""
    assert [one.slice for one in ranked((CODE, MATH, GENERAL))] == ["general", "math", "code"]


def test_who_decides_and_what_else_is_in_the_way() -> None:
    """Nobody should wait for one gate and then meet the next; a gate that does not act is in nobody's way."""
    assert [decider(one) for one in (CODE, MATH, GENERAL)] == ["refusal"] * 3
    assert [besides(one) for one in (CODE, GENERAL)] == ["", ""]
    assert besides(MATH) == "clean conversations that show it needed: more than can be told for format; 41 for refusal"
    warned = slice_status(
        "math", (gate("refusal", "fail"), gate("format", "fail"), gate("answer", "fail", on_failure="warn"))
    )
    assert besides(warned) == "also fails: format"


def test_gates_that_need_the_same_stand_together() -> None:
    """A young slice holds for a dozen reasons that are one."""
    young = [gate(name, needed=130) for name in ("format", "hedging", "answer")]
    assert wanted([*young, gate(needed=1312)]).endswith("1,312 for refusal; 130 for format, hedging, answer")


def test_weights_have_no_more_digits_than_they_mean() -> None:
    """What was earned is an estimate; a ceiling is what somebody wrote."""
    weights = Weights(12.125, 25.0, 0.549972, 0.549972)
    assert (weighed(weights), served(weights)) == ("ceiling 12.125, step 25, earned 0.55", "0.54997 %")


def test_a_slice_that_no_gate_decides_still_says_why() -> None:
    """Where all are muted, or a watch rang that is no gate."""
    silent = slice_status("math", (gate(idle="muted"),), verdict="pass", reason="no gate acts")
    assert (decider(silent), standing(silent), besides(silent)) == ("", "math passes: no gate acts", "")


def test_what_limits_a_weight_does_not_say_twice_why() -> None:
    """The reason stands beside it."""
    held = dataclasses.replace(MATH, limit=f"its gates: {MATH.reason}")
    back = dataclasses.replace(GENERAL, limit=f"taken back: {GENERAL.taken_back}")
    assert [limited(one) for one in (CODE, held, back)] == ["the step", "its gates", "taken back"]
    waits = f"math: {MATH.reason}"
    begun = dataclasses.replace(MATH, limit=f"no step has been made yet: {waits}")
    assert limited(begun, waits) == "no step has been made yet"
    at = dataclasses.replace(CODE, limit="step 2 of 6, a pause of 1200 s more")
    assert limited(at, "a pause of 1200 s more") == "step 2 of 6"


def test_a_slice_that_was_taken_back_is_told_of_though_its_gates_pass() -> None:
    """A watch may have rung, or the evidence have gone on; nobody should have to guess why it is served nothing."""
    back = dataclasses.replace(CODE, taken_back="refusal is lost more often than it was certified to be")
    assert [stuck(one) for one in (CODE, MATH, GENERAL, back)] == [False, True, True, True]
    assert standing(back).endswith("; taken back: refusal is lost more often than it was certified to be")
    assert besides(back) == ""


def test_the_most_that_is_served() -> None:
    """At most nothing is a strange thing to read."""
    assert most_served(Weights(100.0, 5.0, 27.0, 5.0)) == "at most 5 %"
    assert most_served(Weights(100.0, 0.0, 27.0, 0.0)) == "nothing"


def test_why_a_slice_was_taken_back_is_said_where_it_is_another_reason_than_todays() -> None:
    """Evidence goes on, and the reason of then may be gone."""
    assert standing(GENERAL) == f"general fails: {GENERAL.reason}"
    since = dataclasses.replace(GENERAL, verdict="hold", reason="format wants more")
    assert standing(since) == f"general holds: format wants more; taken back: {GENERAL.taken_back}"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "needs 41 more conversations in which the teacher shows it, without a loss"),
        (
            {"needed": 1, "direction": "gained"},
            "needs 1 more conversation in which the student shows it, without a gain",
        ),
        ({"needed": 1200, "direction": ""}, "needs 1,200 more conversations that show it, without a divergence"),
        ({"needed": None}, "no number of conversations without a loss lets it pass"),
        (
            {"needed": None, "excess_below": 0.01},
            "no number of conversations without a loss lets it pass; some in which",
        ),
        ({"verdict": "pass"}, ""),
        ({"verdict": "fail"}, ""),
    ],
)
def test_what_a_gate_needs(changed: dict[str, object], said: str) -> None:
    """A number to wait for, or that waiting is in vain; nothing where it has passed or failed."""
    found = missing(dataclasses.replace(gate(), **changed))  # type: ignore[arg-type] # as in ``gate``
    assert found.startswith(said)
    assert bool(found) is bool(said)


def test_limits_on_the_excess_are_told_where_there_are_any() -> None:
    """A gate that looks at the teacher's own divergence fails by another limit than one that does not."""
    assert limits(gate()) == "passes where certified below 3 %; fails where certified above 6 %"
    both = limits(gate(failure_above=0.5, excess_below=0.01, excess_above=0.035))
    assert "below 3 %, or 1 point beyond the teacher's own; " in both
    assert both.endswith("above 50 %, or 3.5 points beyond the teacher's own")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "yes: a failure takes the slice back"),
        ({"critical": True}, "yes: it is critical, a failure rolls the whole route back"),
        ({"on_failure": "pause"}, "yes: a failure pauses the route"),
        ({"on_failure": "warn"}, "yes: a failure only warns"),
        ({"idle": WAIVED, "critical": True}, f"no: {WAIVED}"),
    ],
)
def test_whether_a_gate_acts(changed: dict[str, object], said: str) -> None:
    """Idle comes before critical: a waived gate does nothing."""
    assert acting(dataclasses.replace(gate(), **changed)) == said  # type: ignore[arg-type] # as in ``gate``


def test_decisions_say_who_did_what_to_what_and_why() -> None:
    """The newest first, and no more than asked for."""
    told = [what for _, what in decided(moving_route().decisions, 2)]
    assert told[0].startswith("general: taken back 5 -> 0 by controller: refusal lost in 6 of 9")
    assert told[1:] == ["code: ceiling 100 -> 20 by ana@box: a holiday"]
    unmoved = dataclasses.replace(CEILING, slice="", what="resume", before="promoted", after="promoted", why="")
    assert [what for _, what in decided([unmoved], 2)] == ["resume by ana@box"]


def test_a_slice_without_gates_is_no_trouble() -> None:
    """The first minutes of a route."""
    assert besides(dataclasses.replace(MATH, gates=())) == ""


def test_a_promise_names_what_it_is_a_share_of() -> None:
    """Two promises of 2 % are not the same: one is about the student's answers, the other about all requests."""
    selective = "of the answers that the student serves, at most 2 % diverge, at 95 % confidence"
    assert promised(CONFIDENCE) == selective
    marginal = promised(dataclasses.replace(CONFIDENCE, promise="marginal"))
    assert marginal == "of all requests, at most 2 % get a divergent answer of the student's, at 95 % confidence"
    assert promised(UNPROMISED) == "nothing is promised: the hard rules alone decide"


def test_how_far_a_promise_is_certified() -> None:
    """Nowhere is not everywhere, and a silent endpoint is neither."""
    assert assured(CONFIDENCE).endswith(
        " diverges, certified in math; no log-probabilities on messages: hard rules alone"
    )
    assert assured(EARLY) == "at most 2 % of what the student serves diverges, certified nowhere yet"
    assert assured(UNPROMISED) == promised(UNPROMISED)


def test_what_was_kept_of_a_promise() -> None:
    """Nothing is said where nothing was audited: that is not a promise kept."""
    assert kept(CERTIFIED) == "2 of 310 audited answers diverged: 0.65 %, at most 1.9 %"
    assert kept(UNCERTIFIED) == ""
