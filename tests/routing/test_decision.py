"""Who serves: every doubt means teacher, nothing is worked out that is not needed, and raising a weight only adds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.assignment import BUCKETS, Purpose, bucket
from routing.decision import Decision, Reason, Standing, decide
from routing.observation import Arm
from routing.traits import Endpoint, Slice

FULL: dict[str, int] = dict.fromkeys(Slice, BUCKETS)
USER_1 = 81_088  # the bucket of user-1, one of the golden vectors of assignment


@dataclass
class Known:
    """The facts of one request, which remembers what it was asked."""

    whose: str = "user-1"
    slice_: Slice = Slice.GENERAL
    override: bool = False
    endpoint: Endpoint = Endpoint.CHAT
    route: str = "support-bot"
    salt: str = "support-bot"
    asked: list[str] = field(default_factory=list)

    def unit(self) -> str:
        """Counted."""
        self.asked.append("unit")
        return self.whose

    def slice(self) -> Slice:
        """Counted."""
        self.asked.append("slice")
        return self.slice_


def standing(slices: Mapping[str, int], share: int = BUCKETS) -> Standing:
    """Weights of the one route, in buckets, valid until 100; of each, the student may be given ``share`` 100 000ths."""
    return Standing({"support-bot": slices}, expires=100.0, ill={} if share == BUCKETS else {"support-bot": share})


FRESH = standing(FULL)


@pytest.mark.parametrize(
    ("known", "now", "facts", "reason"),
    [
        (None, 0.0, Known(), Reason.NO_SNAPSHOT),
        (FRESH, 100.0, Known(), Reason.SNAPSHOT_EXPIRED),
        (FRESH, 1e9, Known(), Reason.SNAPSHOT_EXPIRED),
        (FRESH, 99.9, Known(override=True), Reason.OVERRIDE),
        (None, 0.0, Known(override=True), Reason.OVERRIDE),
        (FRESH, 99.9, Known(route="another"), Reason.WEIGHT_ZERO),
        (FRESH, 99.9, Known(endpoint=Endpoint.OTHER), Reason.WEIGHT_ZERO),
        (standing({}), 99.9, Known(), Reason.WEIGHT_ZERO),
        (standing({"general": 0, "math": 0}), 99.9, Known(), Reason.WEIGHT_ZERO),
    ],
)
def test_every_doubt_means_teacher_and_asks_nothing(
    known: Standing | None, now: float, facts: Known, reason: Reason
) -> None:
    """Without a share there is nobody to tell apart: no unit is looked for, no slice, and nothing hashed."""
    assert decide(known, facts, now) == Decision(Arm.TEACHER, reason)
    assert facts.asked == []


def test_a_request_of_nobody_is_the_teachers() -> None:
    """Put together, strangers would move together."""
    facts = Known(whose="")
    assert decide(FRESH, facts, 0.0) == Decision(Arm.TEACHER, Reason.UNBUCKETABLE)
    assert facts.asked == ["unit"]


@pytest.mark.parametrize(
    ("weights", "arm"),
    [
        (FULL, Arm.STUDENT),
        (dict.fromkeys(Slice, USER_1 + 1), Arm.STUDENT),
        (dict.fromkeys(Slice, USER_1), Arm.TEACHER),
        ({"general": USER_1}, Arm.TEACHER),
    ],
)
def test_the_slice_is_not_asked_for_where_no_slice_could_change_it(weights: dict[str, int], arm: Arm) -> None:
    """Below the lowest weight and from the highest on: telling the slice means reading the request."""
    facts = Known()
    reason = Reason.WITHIN_WEIGHT if arm is Arm.STUDENT else Reason.ABOVE_WEIGHT
    assert decide(standing(weights), facts, 0.0) == Decision(arm, reason, USER_1)
    assert facts.asked == ["unit"]


@pytest.mark.parametrize(
    ("weight", "decision"),
    [
        (USER_1 + 1, Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, USER_1, Slice.MATH)),
        (USER_1, Decision(Arm.TEACHER, Reason.ABOVE_WEIGHT, USER_1, Slice.MATH)),
    ],
)
def test_between_the_weights_the_slice_decides(weight: int, decision: Decision) -> None:
    """And is told, so that whoever examines the exchange puts it into the same one."""
    facts = Known(slice_=Slice.MATH)
    assert decide(standing({**FULL, "math": weight, "code": 0}), facts, 0.0) == decision
    assert facts.asked == ["unit", "slice"]


def test_a_slice_without_a_weight_is_the_teachers() -> None:
    """A new slice starts at nothing, whatever the others have."""
    facts = Known(slice_=Slice.CODE)
    assert decide(standing({"general": BUCKETS}), facts, 0.0).arm is Arm.TEACHER


def test_route_salt_and_purpose_are_in_the_bucket() -> None:
    """Or the same people would be everybody's first."""
    places = {decide(FRESH, Known(salt=salt), 0.0).bucket for salt in ("support-bot", "other")} | {
        decide(Standing({"r": FULL}, 1.0), Known(route="r"), 0.0).bucket
    }
    assert len(places) == 3
    assert USER_1 in places


@given(st.text(min_size=1), st.sampled_from(Slice), st.dictionaries(st.sampled_from(Slice), st.integers(0, BUCKETS)))
def test_it_is_the_bucket_against_the_slices_weight_however_it_is_found(
    unit: str, slice_: Slice, weights: dict[str, int]
) -> None:
    """The shortcuts change what is asked, never who serves."""
    decision = decide(standing(weights), Known(unit, slice_), 0.0)
    place = bucket(Purpose.SERVE, "support-bot", "support-bot", unit)
    assert (decision.arm is Arm.STUDENT) == (place < weights.get(slice_, 0))


@given(
    st.text(min_size=1),
    st.sampled_from(Slice),
    st.dictionaries(st.sampled_from(Slice), st.tuples(st.integers(0, BUCKETS), st.integers(0, BUCKETS))),
)
def test_raising_weights_only_adds_units(unit: str, slice_: Slice, weights: dict[Slice, tuple[int, int]]) -> None:
    """Or a user would flip between models while a rollout only grows."""
    before = decide(standing({one: min(pair) for one, pair in weights.items()}), Known(unit, slice_), 0.0)
    after = decide(standing({one: max(pair) for one, pair in weights.items()}), Known(unit, slice_), 0.0)
    assert before.arm is Arm.TEACHER or after.arm is Arm.STUDENT


@given(st.text(), st.sampled_from(Slice))
def test_nothing_and_everything_are_exact(unit: str, slice_: Slice) -> None:
    """Weight 0 means nobody, 100 % everybody who is somebody."""
    assert decide(standing(dict.fromkeys(Slice, 0)), Known(unit, slice_), 0.0).arm is Arm.TEACHER
    assert (decide(FRESH, Known(unit, slice_), 0.0).arm is Arm.STUDENT) == bool(unit)


def test_names_of_slices_that_there_are_not_count_for_nothing() -> None:
    """Another version's examiner may know more slices."""
    assert decide(standing({"poetry": BUCKETS}), Known(), 0.0).reason is Reason.WEIGHT_ZERO


@pytest.mark.parametrize(
    ("weights", "share", "decision", "asked"),
    [
        (FULL, 0, Decision(Arm.TEACHER, Reason.STUDENT_ILL, USER_1, Slice.MATH), ["unit", "slice"]),
        (FULL, USER_1, Decision(Arm.TEACHER, Reason.STUDENT_ILL, USER_1, Slice.MATH), ["unit", "slice"]),
        (FULL, USER_1 + 1, Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, USER_1), ["unit"]),
        (dict.fromkeys(Slice, USER_1), 0, Decision(Arm.TEACHER, Reason.ABOVE_WEIGHT, USER_1), ["unit"]),
        (
            {**FULL, "math": USER_1},
            50_000,
            Decision(Arm.TEACHER, Reason.ABOVE_WEIGHT, USER_1, Slice.MATH),
            ["unit", "slice"],
        ),
        (
            {**FULL, "code": USER_1},
            USER_1 + 1,
            Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, USER_1, Slice.MATH),
            ["unit", "slice"],
        ),
        ({}, 0, Decision(Arm.TEACHER, Reason.WEIGHT_ZERO), []),
    ],
)
def test_a_student_that_is_ill_or_returns_is_given_a_part_and_the_rest_says_so(
    weights: dict[str, int], share: int, decision: Decision, asked: list[str]
) -> None:
    """And only that: what an illness costs must be seen, and what was the teacher's anyway is none of it."""
    facts = Known(slice_=Slice.MATH)
    assert decide(standing(weights, share), facts, 0.0) == decision
    assert facts.asked == asked


@given(
    st.text(min_size=1),
    st.sampled_from(Slice),
    st.dictionaries(st.sampled_from(Slice), st.integers(0, BUCKETS)),
    st.tuples(st.integers(0, BUCKETS), st.integers(0, BUCKETS)).map(sorted),
)
def test_a_student_that_returns_only_gains_units_up_to_its_weight(
    unit: str, slice_: Slice, weights: dict[str, int], shares: list[int]
) -> None:
    """Nobody who has returned leaves again, and nobody moves for whom the student never served."""
    less, more = (decide(standing(weights, share), Known(unit, slice_), 0.0) for share in shares)
    well = decide(standing(weights), Known(unit, slice_), 0.0)
    assert less.arm is Arm.TEACHER or more.arm is Arm.STUDENT
    assert more.arm is Arm.TEACHER or well.arm is Arm.STUDENT
    for one in (less, more):
        assert (one.reason is Reason.STUDENT_ILL) == (one.arm is not well.arm)


@given(st.text(min_size=1), st.sampled_from(Slice), st.integers(0, BUCKETS), st.integers(0, BUCKETS))
def test_every_slice_gets_the_same_part_of_its_weight_back(unit: str, slice_: Slice, weight: int, share: int) -> None:
    """In buckets as such, small slices would all be back at once."""
    decision = decide(standing({**FULL, slice_: weight}, share), Known(unit, slice_), 0.0)
    place = bucket(Purpose.SERVE, "support-bot", "support-bot", unit)
    assert (decision.arm is Arm.STUDENT) == (place < weight * share // BUCKETS)


def test_another_routes_illness_is_its_own() -> None:
    """Routes may share a student's server, and each finds out for itself."""
    known = Standing({"support-bot": FULL}, 100.0, ill={"other": 0})
    assert decide(known, Known(), 0.0).arm is Arm.STUDENT


def test_a_standing_that_is_renewed_says_the_same_for_longer() -> None:
    """A worker that hears nothing new must not work it all out again, nor go on with what it was not told to."""
    known = Standing({"support-bot": FULL}, 1.0, ill={"support-bot": 0})
    renewed = known.until(2.0)
    assert (known.expires, renewed) == (1.0, Standing(known.weights, 2.0, known.ill))
    assert renewed.shared is known.shared
    assert decide(renewed, Known(), 1.5).reason is Reason.STUDENT_ILL
    assert decide(renewed, Known(), 2.0).reason is Reason.SNAPSHOT_EXPIRED
