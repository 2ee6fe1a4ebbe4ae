"""Which records are mirrored."""

from __future__ import annotations

import pytest

from proxy.config.settings import Audit, Mirror
from proxy.config.slice_rules import SliceRule, When
from proxy.examiner.sampling import Kind, Outcome, sample, settled_without_a_call
from proxy.handover import Record
from routing.observation import Arm
from routing.traits import Slice
from tests.proxy.examiner.records import chat, declined, fell_back, record, route


def test_everything_is_mirrored_at_one_hundred_percent() -> None:
    """100 is exact."""
    assert all(sample(route(), record(request=chat(f"question {n}"))) for n in range(500))


def test_nothing_is_mirrored_at_zero() -> None:
    """0 is exact too."""
    off = route(Mirror(percentage=0))
    assert not any(sample(off, record(request=chat(f"question {n}"))) for n in range(500))


def test_about_the_share_asked_for_is_mirrored() -> None:
    """4 standard errors of 2 000 draws at 25 % are 3.9 points."""
    quarter = route(Mirror(percentage=25))
    taken = sum(sample(quarter, record(request=chat(f"question {n}"))) is not None for n in range(2000))
    assert abs(taken / 2000 - 0.25) < 0.039


def test_a_conversation_is_mirrored_whole_or_not_at_all() -> None:
    """Its turns are one unit of evidence; half of one would be judged on half of its story."""
    half = route(Mirror(percentage=50))
    for n in range(50):
        opening = [{"role": "user", "content": f"question {n}"}]
        later = [*opening, {"role": "assistant", "content": "which?"}, {"role": "user", "content": "that"}]
        first, second = (sample(half, record(request=chat(messages=turns))) for turns in (opening, later))
        assert (first is None) == (second is None)
        if first and second:
            assert first.conversation == second.conversation


def test_a_conversation_id_of_the_client_counts_instead_of_its_text() -> None:
    """A client that knows its conversations knows them better than we can guess; its text stays out of the store."""
    one = sample(route(), record(conversation="c-1", request=chat("a")))
    other = sample(route(), record(conversation="c-1", request=chat("b")))
    assert one is not None
    assert other is not None
    assert one.conversation == other.conversation
    assert "c-1" not in one.conversation


def test_a_slice_can_have_its_own_share() -> None:
    """Rare slices are mirrored whole, common ones in part."""
    mathematics = route(Mirror(percentage=0, slices={"math": 100}))
    taken = sample(mathematics, record(request=chat("What is 6 * 7?")))
    assert taken is not None
    assert taken.slice is Slice.MATH
    assert sample(mathematics, record(request=chat("Tell me about the sea."))) is None


def test_a_slice_that_was_set_goes_before_a_guess() -> None:
    """By the caller, whose word the record carries; or by the route's rules, with what the worker saw of headers."""
    rules = (SliceRule("code", When(header="x-team=ide")), SliceRule("reasoning", When(prompt_matches="7")))
    ruled = route(slices=rules)
    slices = [
        taken.slice
        for facts in (
            {"slice": "multilingual"},
            {"met": ["x-team=ide"]},
            {},
            {"slice": "general", "request": b"no JSON"},
        )
        if (taken := sample(ruled, record(**facts))) is not None
    ]
    assert slices == [Slice.MULTILINGUAL, Slice.CODE, Slice.REASONING, Slice.GENERAL]


def test_what_the_student_served_is_audited_at_a_share_of_its_own() -> None:
    """Audits cost teacher calls, which is what the student is there to save: the mirror's share is not theirs."""
    some = route(Mirror(percentage=100), audit=Audit(20))
    served = [sample(some, record(arm="student", request=chat(f"question {n}"))) for n in range(2000)]
    audited = [taken for taken in served if taken is not None]
    assert abs(len(audited) / 2000 - 0.2) < 0.036  # 4 standard errors
    assert all(taken.audited for taken in audited)


def test_audits_need_no_mirror() -> None:
    """After promotion nothing is left to mirror, and the student's quality must stay known."""
    promoted = route(Mirror(percentage=0), audit=Audit(100))
    taken = sample(promoted, record(arm="student"))
    assert taken is not None
    assert sample(promoted, record(arm="teacher")) is None
    assert sample(route(Mirror(slices={"math": 100}), audit=Audit(0)), record(arm="student")) is None


def test_audits_are_drawn_by_conversation_and_apart_from_the_mirror() -> None:
    """From the mirror's hash, the conversations audited at 50 % would be those that were mirrored before."""
    half = route(Mirror(percentage=50), audit=Audit(50))
    both = []
    for n in range(200):
        opening = [{"role": "user", "content": f"question {n}"}]
        later = [*opening, {"role": "assistant", "content": "which?"}, {"role": "user", "content": "that"}]
        first, second = (sample(half, record(arm="student", request=chat(messages=t))) for t in (opening, later))
        assert (first is None) == (second is None)
        both.append((first is not None, sample(half, record(request=chat(messages=opening))) is not None))
    assert {pair: 0.1 < both.count(pair) / 200 < 0.4 for pair in both} == dict.fromkeys(
        [(a, m) for a in (True, False) for m in (True, False)], True
    )


def test_what_fell_back_calibrates_where_the_student_would_have_been_audited() -> None:
    """Doubtful replies fall back and sure ones do not: any other share of them would bend what confidence is worth."""
    some = route(Mirror(percentage=100), audit=Audit(30))
    seen = set()
    for n in range(300):
        asked = chat(f"question {n}")
        audited = sample(some, record(arm="student", request=asked)) is not None
        free = sample(some, fell_back(request=asked, declined=declined()))
        repeated = sample(some, fell_back(request=asked))
        assert free is not None
        assert (free.kind, free.calibrates, free.evidence) == (Kind.FREE, audited, False)
        assert (repeated is not None) is audited
        if repeated is not None:
            assert (repeated.kind, repeated.calibrates, repeated.evidence) == (Kind.REPEATED, True, False)
        seen.add(audited)
    assert seen == {True, False}


def test_a_pair_that_costs_nothing_is_always_taken() -> None:
    """Also where nothing is mirrored and nothing audited: why a caller fell back is what people look for."""
    taken = sample(route(Mirror(percentage=0), audit=Audit(0)), fell_back(declined=declined()))
    assert taken is not None
    assert (taken.asks, taken.audited, taken.calibrates) == (None, False, False)
    assert taken.size == len(taken.record.request) + len(taken.record.reply) + len(declined().reply)


def test_without_the_students_whole_reply_it_is_asked_once_more() -> None:
    """Its call was ended when its opening was enough to decide, or never made."""
    taken = sample(route(Mirror(percentage=0), audit=Audit(100)), fell_back("uncertified"))
    assert taken is not None
    assert (taken.asks, taken.audited) == (Arm.STUDENT, False)


def test_the_teacher_is_not_asked_twice_what_gates_do_not_look_at() -> None:
    """It costs the teacher's time, which a student that is unsure takes enough of."""
    everything = route(noise=100, audit=Audit(100))
    kept = (sample(everything, told) for told in (record(), fell_back(), fell_back(declined=declined())))
    assert [taken.noise for taken in kept if taken is not None] == [True, False, False]
    doubted = sample(everything, fell_back(), doubted=list(Slice))
    assert doubted is not None
    assert not doubted.noise


@pytest.mark.parametrize("told", [record(reason="student_ill", fallback="student_ill"), record(reason="above_weight")])
def test_what_the_teacher_answers_for_a_student_that_is_ill_is_mirrored_as_its_own(told: Record) -> None:
    """Whom an illness hits has nothing to do with what it was asked."""
    taken = sample(route(audit=Audit(0)), told)
    assert taken is not None
    assert (taken.kind, taken.calibrates, taken.evidence) == (Kind.MIRRORED, True, True)


def test_a_reply_of_the_students_that_was_served_for_want_of_a_teacher_is_audited() -> None:
    """Whatever it fell back for, the caller has it."""
    taken = sample(route(Mirror(percentage=0), audit=Audit(100)), fell_back(arm="student"))
    assert taken is not None
    assert (taken.kind, taken.evidence) == (Kind.AUDITED, True)


def test_a_step_of_the_rollout_sets_the_mirrors_share() -> None:
    """In both directions, and where the route itself mirrors nothing. A slice's own share is another word of theirs."""
    sea, sums = record(request=chat("Tell me about the sea.")), record()
    for configured, step, taken in ((100, 0, False), (0, 100, True)):
        moved = route(Mirror(percentage=configured, slices={"math": 100}))
        assert (sample(moved, sea, mirror=step) is not None) is taken
        assert sample(moved, sums, mirror=step) is not None
    assert sample(route(Mirror(percentage=0)), sea, mirror=100.0) is not None
    assert sample(route(audit=Audit(0)), record(arm="student"), mirror=100.0) is None


def test_the_noise_floor_is_a_choice_of_its_own() -> None:
    """Drawn from the same hash as the mirror's share, it would always hit the same conversations first."""
    some = route(Mirror(percentage=50), noise=50)
    drawn = [sample(some, record(request=chat(f"question {n}"))) for n in range(400)]
    noisy = [taken.noise for taken in drawn if taken is not None]
    assert 0.35 < sum(noisy) / len(noisy) < 0.65


@pytest.mark.parametrize("changed", [{"endpoint": "other"}, {"request": b""}])
def test_what_cannot_be_mirrored_is_not_sampled(changed: dict[str, object]) -> None:
    """Other endpoints, and records of workers that had mirroring off, are no part of the shadow lane's accounts."""
    assert sample(route(), record(**changed)) is None


FREE = {"reason": "within_weight", "fallback": "unsure", "declined": declined()}


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, None),
        ({"mirror": False}, Outcome.WITHHELD),
        ({"store": False}, Outcome.WITHHELD),
        ({"outcome": "client_gone"}, Outcome.UNJUDGEABLE),
        ({"oversized": True}, Outcome.UNJUDGEABLE),
        ({"request": b"[]"}, Outcome.UNJUDGEABLE),
        ({"outcome": "client_error", "status": 429}, Outcome.TEACHER_FAILED),
        ({"outcome": "upstream_error", "status": 0, "failure": "connect"}, Outcome.TEACHER_FAILED),
        ({"outcome": "truncated", "failure": "reset"}, Outcome.TEACHER_FAILED),
        ({"arm": "student"}, None),
        ({"arm": "student", "mirror": False}, Outcome.WITHHELD),
        ({"arm": "student", "outcome": "client_gone"}, Outcome.UNJUDGEABLE),
        ({"arm": "student", "outcome": "truncated", "failure": "reset"}, Outcome.STUDENT_FAILED),
        ({"arm": "student", "outcome": "truncated", "failure": "degenerate"}, None),
        (FREE, None),
        (FREE | {"mirror": False}, Outcome.WITHHELD),
        (FREE | {"store": False}, Outcome.WITHHELD),
        (FREE | {"outcome": "client_gone"}, Outcome.UNJUDGEABLE),
        (FREE | {"oversized": True}, Outcome.UNJUDGEABLE),
        (FREE | {"outcome": "rejected", "status": 503, "reply": b""}, Outcome.UNJUDGEABLE),
        (FREE | {"outcome": "upstream_error", "status": 0, "failure": "connect"}, Outcome.TEACHER_FAILED),
    ],
)
def test_some_samples_end_without_a_call(changed: dict[str, object], outcome: Outcome | None) -> None:
    """Nobody is asked what cannot be compared, or what the client asked us not to copy."""
    taken = sample(route(audit=Audit(100)), record(**changed))
    assert taken is not None
    assert settled_without_a_call(taken) is outcome
