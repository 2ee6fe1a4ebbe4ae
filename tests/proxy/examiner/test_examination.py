"""One sample from its record to the store, over real upstreams and a real database."""

from __future__ import annotations

import asyncio
import gzip
import json
from pathlib import Path

import msgspec
import pytest

from proxy.config.own import Judge, OwnBehavior
from proxy.examiner.backlog import Ended
from proxy.examiner.examination import count_served_tokens
from proxy.examiner.sampling import Outcome
from proxy.handover import Record
from proxy.store.pair import Pair
from proxy.store.writer import Bounds
from proxy.telemetry.catalog import ATTEMPTS, DIVERGENCES, JUDGMENTS, TOKENS, TRIALS
from proxy.telemetry.tally import Exemplar, Tally
from routing.behaviors.label import Label, Presence
from routing.confidence.views import WHOLE
from routing.ledger import History, Stage
from tests.end_to_end.judges import JUDGES
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.examiner.examining import examine
from tests.proxy.examiner.records import answered, chat, declined, fell_back, record


def test_a_divergent_pair_is_stored_counted_and_found(tmp_path: Path) -> None:
    """The whole point: the student's 41 where the teacher said 42."""
    result = examine(tmp_path, record())
    assert result.outcomes == [Outcome.COMPARED]
    assert result.pair is not None
    assert (result.pair.teacher.text, result.pair.student.text) == ("42", "41")
    assert (result.pair.epoch, result.pair.served) == ("support.0", "teacher")
    assert [result.ledger.sheet("math", history, Stage.SEEN).conversations for history in History] == [1, 0]
    assert [(t.behavior, t.direction) for t in result.pair.trials if t.diverged] == [("answer", "lost")]
    labels = ("support", "math", "answer", "lost")
    assert result.tally.value(TRIALS, *labels) == result.tally.value(DIVERGENCES, *labels) == 1
    assert Exemplar("0198c0ffee") in result.tally.exemplars.values()


def test_an_agreeing_pair_has_trials_and_no_divergence(tmp_path: Path) -> None:
    """Evidence is made of the agreeing ones too."""
    result = examine(tmp_path, record(), answered("42"))
    assert result.outcomes == [Outcome.COMPARED]
    assert result.tally.value(TRIALS, "support", "math", "answer", "lost") == 1
    assert result.tally.value(DIVERGENCES, "support", "math", "answer", "lost") == 0
    assert result.ended == Ended(failed=False, tokens=7)


@pytest.mark.parametrize(("status", "ill"), [(500, True), (429, True), (404, False), (400, False)])
def test_a_student_that_answers_with_an_error_failed(tmp_path: Path, status: int, ill: bool) -> None:
    """A 404 is a wrong name in the configuration, a 500 an illness: only the latter opens the circuit."""
    result = examine(tmp_path, record(), b'{"error": {"message": "no"}}', status=status)
    assert result.outcomes == [Outcome.STUDENT_FAILED]
    assert result.ended.failed is ill
    assert result.pair is not None
    assert result.pair.student.failure == "http_error"
    assert result.pair.trials == ()
    assert result.ledger.slices() == ()  # kept for people, and no evidence


def test_a_reply_that_is_none_of_the_endpoint_is_the_students_failure(tmp_path: Path) -> None:
    """Nor does it say that the student is down."""
    result = examine(tmp_path, record(), b"<html>")
    assert result.outcomes == [Outcome.STUDENT_FAILED]
    assert result.ended.failed is False


def test_a_teachers_reply_that_cannot_be_read_is_no_evidence_against_the_student(tmp_path: Path) -> None:
    """A 200 with an error event inside is a failure that the serving path cannot see."""
    result = examine(tmp_path, record(reply=b'{"error": {"message": "overloaded"}}'))
    assert result.outcomes == [Outcome.TEACHER_FAILED]
    assert result.pair is None


def test_a_request_that_only_the_teachers_upstream_understands_is_unjudgeable(tmp_path: Path) -> None:
    """A response id of the teacher's means nothing to the student."""
    body = b'{"model": "large", "input": "and then?", "previous_response_id": "resp_1"}'
    result = examine(tmp_path, record(endpoint="responses", path="/responses", request=body))
    assert result.outcomes == [Outcome.UNJUDGEABLE]
    assert result.ended == Ended(None)


def test_the_noise_floor_compares_the_teacher_with_itself(tmp_path: Path) -> None:
    """A student cannot be asked to agree with a teacher that does not agree with itself."""
    result = examine(tmp_path, record(), answered("42"), noise=answered("43"))
    assert result.pair is not None
    assert result.pair.noise is not None
    assert result.pair.noise.text == "43"
    assert [t.behavior for t in result.pair.noise_trials if t.diverged] == ["answer"]
    assert not [t for t in result.pair.trials if t.diverged]
    assert result.tally.value(TOKENS, "support", "teacher", "noise", "completion") == 2


@pytest.mark.parametrize("store", ["full", "digest"])
def test_a_compared_pair_adds_to_its_slices_style(tmp_path: Path, store: str) -> None:
    """Also where nothing of what was said may be kept."""
    careful = answered("I think it is 42, but I am not entirely sure of that.")
    result = examine(tmp_path, record(reply=careful), answered("It is certainly 42."), store=store)
    drift = result.styles["math"]
    assert (drift.length.count, drift.unsure.count) == (1, 1)
    assert drift.length.student < drift.length.teacher
    assert (drift.unsure.teacher, drift.unsure.student) == (1, 0)


def test_a_pair_that_was_not_compared_says_nothing_of_style(tmp_path: Path) -> None:
    """An error is no short answer."""
    assert examine(tmp_path, record(), b"{}", status=500).styles == {}


def test_a_compressed_reply_is_read(tmp_path: Path) -> None:
    """The worker passes compressed bytes on as they are; the comparison must not see gibberish."""
    squeezed = gzip.compress(answered("42"))
    result = examine(tmp_path, record(reply=squeezed, encoding="gzip"), answered("42"))
    assert result.pair is not None
    assert result.pair.teacher.text == "42"
    tally = Tally()
    count_served_tokens(tally, record(reply=squeezed, encoding="gzip"), 1 << 20)
    assert tally.value(TOKENS, "support", "teacher", "serve", "prompt") == 5


def test_a_pair_that_cannot_be_stored_is_shed_and_makes_no_evidence(tmp_path: Path) -> None:
    """What was counted can be found; what cannot be found was not counted."""
    result = examine(tmp_path, record(), bounds=Bounds(items=0))
    assert result.outcomes == [Outcome.SHED]
    assert result.tally.value(TRIALS, "support", "math", "answer", "lost") == 0


def test_privacy_changes_what_is_kept_and_not_what_is_found(tmp_path: Path) -> None:
    """Redaction happens after the comparison."""
    told = record(request=chat("What is 6 * 7? Tell ana@example.com"))
    result = examine(tmp_path, told, store="redacted")
    assert result.pair is not None
    assert b"ana@example.com" not in result.pair.request
    assert [t.behavior for t in result.pair.trials if t.diverged] == ["answer"]


def test_labels_say_what_fired(tmp_path: Path) -> None:
    """A person who looks at a pair must see why it was called divergent."""
    result = examine(tmp_path, record())
    assert result.pair is not None
    (label,) = [label for label in result.pair.student.labels if label.behavior == "answer"]
    assert label.presence is Presence.ABSENT
    assert label.rule


def kind(url: str, timeout: float = 5.0) -> OwnBehavior:
    """A behavior that a judge decides."""
    return OwnBehavior("kind", judge=Judge(url, "big", "It says sorry.", timeout=timeout))


def own_labels(pair: Pair, name: str) -> list[Label]:
    """The teacher's label and the student's."""
    return [label for reply in (pair.teacher, pair.student) for label in reply.labels if label.behavior == name]


def test_an_operators_own_behaviors_are_stored_and_counted_as_the_built_in_ones(tmp_path: Path) -> None:
    """A gate, a dashboard and a person cannot tell them apart."""
    sorry = OwnBehavior("apologizes", pattern="(?i)sorry")
    told = record(reply=answered("Sorry, 42"))
    result = examine(tmp_path, told, answered("42"), noise=answered("42"), own=(sorry,))
    assert result.pair is not None
    assert own_labels(result.pair, "apologizes") == [
        Label("apologizes", Presence.PRESENT, 1.0, "pattern", (0, 5)),
        Label("apologizes", Presence.ABSENT),
    ]
    for trials in (result.pair.trials, result.pair.noise_trials):
        assert [t.direction for t in trials if t.behavior == "apologizes" and t.diverged] == ["lost"]
    assert result.tally.value(DIVERGENCES, "support", result.pair.slice, "apologizes", "lost") == 1


def test_a_judges_word_is_stored_with_the_pair(tmp_path: Path) -> None:
    """And so is its word on the teacher against itself."""
    told = record(reply=answered("I am sorry."))
    with Server(JUDGES) as judge:
        own = (kind(judge.url("kind")),)
        result = examine(tmp_path, told, answered("No."), noise=answered("So sorry."), own=own)
    assert result.outcomes == [Outcome.COMPARED]
    assert result.pair is not None
    assert own_labels(result.pair, "kind") == [
        Label("kind", Presence.PRESENT, 1.0, "judge: of 'I am sorry.'"),
        Label("kind", Presence.ABSENT, 0.0, "judge: of 'No.'"),
    ]
    assert [t.diverged for t in result.pair.trials if t.behavior == "kind"] == [True]
    assert [t.diverged for t in result.pair.noise_trials if t.behavior == "kind"] == [False, False]
    assert result.tally.value(DIVERGENCES, "support", result.pair.slice, "kind", "lost") == 1


def test_a_judge_that_fails_costs_the_pair_nothing_else(tmp_path: Path) -> None:
    """The pair is compared in everything a judge is not needed for, and shows that it is unjudged in that."""
    with Server(JUDGES) as judge:
        result = examine(tmp_path, record(), own=(kind(judge.url("silent"), timeout=0.3),))
    assert result.outcomes == [Outcome.COMPARED]
    assert result.ended == Ended(failed=False, tokens=7)  # the student is not to blame
    assert result.pair is not None
    assert {label.rule for label in own_labels(result.pair, "kind")} == {"unjudged: total_timeout"}
    assert [t.behavior for t in result.pair.trials if t.diverged] == ["answer"]
    assert result.tally.value(JUDGMENTS, "support", "kind", "total_timeout") == 1


def test_nothing_is_judged_where_the_student_failed(tmp_path: Path) -> None:
    """There is no second reply to show to a judge, and its budget is not for that."""
    with Server(JUDGES) as judge:
        result = examine(tmp_path, record(), b"<html>", own=(kind(judge.url("kind")),))
        assert judge.received == []
    assert result.outcomes == [Outcome.STUDENT_FAILED]
    assert result.pair is not None
    assert own_labels(result.pair, "kind") == []


SERVED = record(arm="student", reply=answered("41"))
"""The caller got the student's 41."""


def test_an_audited_pair_has_its_sides_the_right_way_round(tmp_path: Path) -> None:
    """What the student lost is lost, whoever served: turned round, every loss would be a gain."""
    result = examine(tmp_path, SERVED)
    assert result.outcomes == [Outcome.COMPARED]
    assert result.pair is not None
    assert (result.pair.teacher.text, result.pair.student.text) == ("42", "41")
    assert (result.pair.epoch, result.pair.served) == ("support.0", "student")
    assert [result.ledger.sheet("math", history, Stage.SEEN).conversations for history in History] == [0, 1]
    assert [(t.behavior, t.direction) for t in result.pair.trials if t.diverged] == [("answer", "lost")]
    assert result.tally.value(DIVERGENCES, "support", "math", "answer", "lost") == 1
    careful = answered("I think it is 42, but I am not entirely sure of that.")
    drift = examine(tmp_path, msgspec.structs.replace(SERVED, pair="p2"), noise=careful).styles["math"]
    assert drift.length.student < drift.length.teacher


def test_a_student_that_was_stopped_for_repeating_itself_has_diverged_by_that(tmp_path: Path) -> None:
    """Its stream has no end, because we broke it off: a gate must see the loop as if nobody had."""
    event = b'data: {"choices": [{"index": 0, "delta": {"content": "I will check that. "}}]}\n\n'
    told = record(
        arm="student", reply=event * 500, content_type="text/event-stream", outcome="truncated", failure="degenerate"
    )
    result = examine(tmp_path, told)
    assert result.outcomes == [Outcome.COMPARED]
    assert result.pair is not None
    assert (result.pair.student.failure, result.pair.student.finish_reason) == ("", "length")
    assert ("degenerate", "gained") in [(t.behavior, t.direction) for t in result.pair.trials if t.diverged]
    assert result.tally.value(DIVERGENCES, "support", "math", "degenerate", "gained") == 1


def test_an_audit_asks_the_teacher_as_itself_and_leaves_nothing_there(tmp_path: Path) -> None:
    """With its own model, without the mirror's priority, without what only a student is asked for; and not to keep."""
    told = msgspec.structs.replace(SERVED, request=chat(store=True).replace(b"{", b'{"temperature": 1.10, ', 1))
    result = examine(tmp_path, told, teacher_model="large-v2")
    (got,) = result.teacher_got
    body = asyncio.run(got.text())
    assert json.loads(body).keys() == {"model", "messages", "temperature"}
    assert json.loads(body)["model"] == "large-v2"
    assert "1.10" in body
    assert "x-vllm-priority" not in got.headers
    assert result.tally.value(ATTEMPTS, "support", "teacher", "audit", "ok") == 1
    assert result.tally.value(TOKENS, "support", "teacher", "audit", "completion") == 2
    assert result.tally.value(TOKENS, "support", "student", "mirror", "completion") == 0


def test_the_noise_floor_of_an_audited_pair_asks_the_teacher_the_same_twice(tmp_path: Path) -> None:
    """An excess over the teacher's own divergence is judged on audited pairs as on mirrored ones."""
    result = examine(tmp_path, SERVED, noise=answered("43"))
    assert result.pair is not None
    assert result.pair.noise is not None
    assert (result.pair.teacher.text, result.pair.noise.text) == ("43", "43")
    assert not [t for t in result.pair.noise_trials if t.diverged]
    first, second = (asyncio.run(got.read()) for got in result.teacher_got)
    assert first == second
    assert result.tally.value(ATTEMPTS, "support", "teacher", "noise", "ok") == 1


@pytest.mark.parametrize(("status", "ill"), [(500, True), (401, False)])
def test_a_teacher_that_fails_an_audit_says_nothing_of_the_student(tmp_path: Path, status: int, ill: bool) -> None:
    """And an ill teacher is left alone for a while."""
    result = examine(tmp_path, SERVED, noise=b"{}", teacher_status=status)
    assert result.outcomes == [Outcome.TEACHER_FAILED]
    assert result.ended.failed is ill
    assert result.pair is None


def test_a_served_reply_that_cannot_be_read_is_the_students_failure(tmp_path: Path) -> None:
    """A 200 with an error inside: stored for people, and no evidence."""
    result = examine(tmp_path, msgspec.structs.replace(SERVED, reply=b'{"error": {"message": "out of memory"}}'))
    assert result.outcomes == [Outcome.STUDENT_FAILED]
    assert result.pair is not None
    assert (result.pair.student.failure, result.pair.trials) == ("error_event", ())


def test_a_request_that_is_tied_to_an_upstream_is_no_audit(tmp_path: Path) -> None:
    """A response id of the student's means nothing to the teacher."""
    body = b'{"model": "large", "input": "and then?", "previous_response_id": "resp_1"}'
    told = record(arm="student", endpoint="responses", path="/responses", request=body)
    result = examine(tmp_path, told)
    assert (result.outcomes, result.teacher_got) == ([Outcome.UNJUDGEABLE], [])


UNSURE = fell_back(declined=declined(answered("41", (-2.5, -0.5))))
"""The student was unsure of its 41, and the caller got the teacher's 42."""


def test_a_request_that_fell_back_becomes_a_pair_without_a_call(tmp_path: Path) -> None:
    """Both replies are there; the operator sees what callers were spared, or waited for in vain."""
    result = examine(tmp_path, UNSURE, audit=0)
    assert (result.outcomes, result.ended) == ([Outcome.COMPARED], Ended(None))
    assert result.pair is not None
    assert (result.pair.teacher.text, result.pair.student.text) == ("42", "41")
    assert (result.pair.served, result.pair.fallback) == ("teacher", "unsure")
    assert [(t.behavior, t.direction) for t in result.pair.trials if t.diverged] == [("answer", "lost")]
    assert result.pair.student.first_token == 0.05
    assert (result.student_got, result.teacher_got) == ([], [])
    assert not [key for key in result.tally.counters if key[0] == ATTEMPTS.name]


@pytest.mark.parametrize("told", [UNSURE, fell_back("uncertified")])
def test_what_fell_back_is_no_evidence_for_gates_and_style(tmp_path: Path, told: Record) -> None:
    """Gates judge the student's share by what was served of it; the doubtful ones alone are a sample of nothing."""
    careful = answered("I think it is 42, but I am not entirely sure of that.")
    result = examine(tmp_path, msgspec.structs.replace(told, reply=careful), noise=answered("43"))
    assert result.outcomes == [Outcome.COMPARED]
    assert result.pair is not None
    assert result.pair.diverged
    assert result.pair.noise is None
    assert (result.ledger.slices(), result.styles, result.cells) == ((), {}, ())
    assert not [key for key in result.tally.counters if key[0] in {TRIALS.name, DIVERGENCES.name}]


def test_a_reply_that_was_turned_down_cost_tokens_all_the_same() -> None:
    """A student that is unsure of everything is paid for twice, and must not look cheap."""
    tally = Tally()
    count_served_tokens(tally, UNSURE, 1 << 20)
    spent = (("teacher", "fallback"), ("student", "declined"), ("teacher", "serve"), ("student", "serve"))
    assert [tally.value(TOKENS, "support", *one, "completion") for one in spent] == [2, 2, 0, 0]


def test_what_fell_back_unasked_is_asked_in_the_shadow(tmp_path: Path) -> None:
    """What such replies are like is what a threshold has to be certified by."""
    result = examine(tmp_path, fell_back("uncertified", confidence=None), answered("41", (-1.0,)))
    assert len(result.student_got) == 1
    assert result.ended == Ended(failed=False, tokens=7)
    (unit,) = result.units
    assert (unit.fallback, unit.served, unit.diverged) == ("uncertified", "teacher", ("answer.lost",))


@pytest.mark.parametrize(
    ("told", "audit", "units"),
    [
        (record(), 0, 1),
        (UNSURE, 0, 0),
        (UNSURE, 100, 1),
        (record(arm="student", reply=answered("41", (-2.5, -0.5)), confidence=0.9), 100, 1),
    ],
)
def test_mirrored_and_audited_pairs_calibrate_and_of_those_that_fell_back_the_audited(
    tmp_path: Path, told: Record, audit: float, units: int
) -> None:
    """Each of them with the same numbers, whoever has heard the reply."""
    result = examine(tmp_path, told, answered("41", (-2.5, -0.5)), audit=audit)
    assert result.outcomes == [Outcome.COMPARED]
    assert len(result.units) == units
    for unit in result.units:
        assert unit.vectors[WHOLE][:2] == (-1.5, -2.5)
        assert unit.confidence == told.confidence
        assert unit.diverged == ("answer.lost",)


def test_a_students_reply_that_cannot_be_read_is_a_failure_of_its_own(tmp_path: Path) -> None:
    """The pair is kept for people; it calibrates nothing, for there is nothing to compare."""
    result = examine(tmp_path, fell_back("malformed", declined=declined(b'{"error": {"message": "out of memory"}}')))
    assert result.outcomes == [Outcome.STUDENT_FAILED]
    assert result.pair is not None
    assert (result.pair.fallback, result.pair.student.failure, result.units) == ("malformed", "error_event", [])


@pytest.mark.parametrize(("audit", "asked"), [(0, 0), (100, 1)])
def test_a_judge_is_asked_of_what_fell_back_only_where_it_calibrates(tmp_path: Path, audit: float, asked: int) -> None:
    """Its budget is for evidence."""
    with Server(JUDGES) as judge:
        result = examine(tmp_path, UNSURE, own=(kind(judge.url("kind")),), audit=audit)
        assert len(judge.received) == asked
    assert result.outcomes == [Outcome.COMPARED]
