"""What the teacher does in the student's place: beside it, bounded, or not at all; over real connections.

``test_commit`` has what disqualifies a student's reply, ``test_attempts`` its server's faults.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from proxy.config.settings import Fallback, Hold
from proxy.telemetry.catalog import ATTEMPTS, FALLBACKS, REQUESTS
from routing.confidence.assurance import Assurance
from routing.decision import Standing
from routing.traits import Slice
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import begin_chunked, chunk
from tests.end_to_end.practicum import free_port, until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.wire import request
from tests.proxy.worker.students import (
    BODIES,
    HOLD,
    STREAM,
    TEACHERS,
    TOKENS,
    UNARY,
    UNSURE,
    Stage,
    Step,
    assurance,
    begin,
    behaving,
    cut,
    event_unasked,
    finish,
    fresh,
    staged,
    stall,
    tokens,
    unary,
    unasked,
    words,
)

ENTRY = b'{"token": "w", "logprob": -0.1, "top_logprobs": []}'


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    """One for all tests of this file."""
    with staged() as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """As if it were new."""
    with fresh(shared):
        yield shared


def without_teacher(stage: Stage, fallback: Fallback) -> None:
    """The teacher's place is empty."""
    teacher = replace(stage.port.config.routes["support"].teacher, base_url=f"http://127.0.0.1:{free_port()}/v1")
    stage.set(fallback, assurance(), teacher=teacher)


# The student is not asked


@BODIES
@pytest.mark.parametrize(
    "judged_by",
    [None, assurance(threshold=None), assurance(views=[]), Assurance(1)],
    ids=["nothing", "no_threshold", "no_view", "empty"],
)
def test_without_a_certified_threshold_nobody_waits_for_the_student(
    stage: Stage, body: bytes, judged_by: Assurance | None
) -> None:
    """It is not even asked."""
    stage.set(Fallback(hold=HOLD), judged_by)
    answer = stage.port.call(CHAT, body)
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[body], "uncertified")
    (record,) = stage.port.settled()
    assert (record.arm, record.reason, record.fallback) == ("teacher", "within_weight", "uncertified")
    assert stage.student.received == []
    tally = stage.port.tally
    assert tally.value(FALLBACKS, "support", "uncertified") == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "ok") == 1
    assert tally.value(REQUESTS, "support", "chat_completions", "teacher", "ok") == 1
    assert sum(tally.counters.values()) == 3


def test_a_students_illness_is_named(stage: Stage) -> None:
    """Its share goes to the teacher, as a call in its place."""
    weights: dict[str, dict[str, int]] = {"support": dict.fromkeys(Slice, 100_000)}
    stage.port.standing = Standing(weights, 1.0, ill={"support": 0}, assurances={"support": assurance()})
    answer = stage.port.call(CHAT, UNARY)
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[UNARY], "student_ill")
    (record,) = stage.port.settled()
    assert (record.arm, record.reason, record.fallback) == ("teacher", "student_ill", "student_ill")
    assert stage.student.received == []
    assert stage.port.tally.value(ATTEMPTS, "support", "teacher", "fallback", "ok") == 1


# The teacher is protected


def test_beyond_the_teachers_concurrency_callers_are_told_to_come_again(stage: Stage) -> None:
    """At once, with an error that says why; what is the teacher's anyway is served all the same."""
    stage.set(Fallback(hold=HOLD, teacher_concurrency=2), assurance())
    stage.plays(unary("Five?", UNSURE))
    with ExitStack() as stack:
        waiting = [stack.enter_context(stage.port.connect()) for _ in range(2)]
        for caller in waiting:
            caller.send(request("POST", CHAT, UNARY, behaving("slow:1.5")))
        until(lambda: stage.teacher.in_progress == 2, "two calls in the student's place are under way")
        answer = stage.port.call(CHAT, UNARY)
        assert (answer.status, answer.error()["code"]) == (503, "teacher_saturated")
        assert "teacher_concurrency allows, 2" in str(answer.error()["message"])
        assert answer.head.value("retry-after") == "1"
        assert answer.head.value("x-practicum-arm") == "teacher"
        assert answer.head.value("x-practicum-fallback") == "unsure"
        assert stage.port.call(CHAT, UNARY, (("x-practicum-arm", "teacher"),)).status == 200
        assert [caller.answer().status for caller in waiting] == [200, 200]
    records = stage.port.settled(4)
    (away,) = [record for record in records if record.outcome == "rejected"]
    assert (away.status, away.arm, away.fallback, away.failure) == (503, "teacher", "unsure", "")
    tally = stage.port.tally
    assert tally.value(REQUESTS, "support", "chat_completions", "teacher", "rejected") == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "ok") == 2
    assert tally.value(ATTEMPTS, "support", "teacher", "serve", "ok") == 1
    assert stage.port.guard.under_way(stage.port.config.routes["support"]) == 0


def test_a_client_that_leaves_gives_its_place_at_the_teacher_back(stage: Stage) -> None:
    """Or the teacher's part would shrink with every one."""
    stage.plays(unary("Five?", UNSURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, behaving("silent")))
        until(lambda: stage.teacher.in_progress == 1, "the teacher is asked")
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.fallback) == ("teacher", "client_gone", "unsure")
    assert stage.port.guard.under_way(stage.port.config.routes["support"]) == 0


# The teacher cannot be had

SPARE = Fallback(hold=HOLD, teacher_unavailable="serve_student")


def test_where_the_teacher_is_down_an_unsure_reply_is_an_error(stage: Stage) -> None:
    """Unless the operator says otherwise."""
    without_teacher(stage, Fallback(hold=HOLD))
    stage.plays(unary("Five?", UNSURE))
    answer = stage.port.call(CHAT, UNARY)
    assert (answer.status, answer.error()["code"]) == (502, "teacher_connect")
    assert answer.head.value("x-practicum-fallback") == "unsure"
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.failure) == ("teacher", "upstream_error", "connect")
    assert record.declined is not None


@BODIES
def test_where_the_operator_says_so_the_caller_gets_what_was_not_sure_enough(stage: Stage, body: bytes) -> None:
    """Whole, as the student's, and with the reason why it was doubted."""
    without_teacher(stage, SPARE)
    stage.plays(*((unary("Five?", UNSURE),) if body is UNARY else (begin(), tokens(UNSURE, UNSURE), finish())))
    answer = stage.port.call(CHAT, body)
    assert (answer.status, answer.complete) == (200, True)
    assert answer.head.value("x-practicum-arm") == "student"
    assert answer.head.value("x-practicum-fallback") == "unsure"
    if body is UNARY:
        assert json.loads(answer.body)["choices"][0] == {
            "index": 0,
            "message": {"role": "assistant", "content": "Five?"},
            "logprobs": None,
            "finish_reason": "stop",
        }
    else:
        assert answer.body == unasked(*words(2))
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.failure, record.fallback) == ("student", "ok", "", "unsure")
    assert record.declined is None
    assert record.reply.count(b'"top_logprobs"') == (1 if body is UNARY else 2)
    tally = stage.port.tally
    assert tally.value(ATTEMPTS, "support", "student", "serve", "ok") == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "connect") == 1
    assert tally.value(REQUESTS, "support", "chat_completions", "student", "ok") == 1
    assert sum(tally.counters.values()) == 4


@pytest.mark.parametrize(("behavior", "attempt"), [("status:500", "http_error"), ("status:429", "http_error")])
def test_a_teacher_that_cannot_answer_now_is_as_good_as_none(stage: Stage, behavior: str, attempt: str) -> None:
    """Its own error reaches the caller only where nothing better is there."""
    stage.plays(unary("Five?", UNSURE))
    stage.set(SPARE, assurance())
    answer = stage.port.call(CHAT, UNARY, behaving(behavior))
    assert (answer.status, answer.head.value("x-practicum-arm")) == (200, "student")
    assert stage.port.tally.value(ATTEMPTS, "support", "teacher", "fallback", attempt) == 1
    stage.set(Fallback(hold=HOLD), assurance())
    answer = stage.port.call(CHAT, UNARY, behaving(behavior))
    assert (answer.status, answer.head.value("x-practicum-arm")) == (int(behavior[-3:]), "teacher")
    stage.port.settled(2)


@pytest.mark.parametrize(
    "said",
    [
        (unary("", UNSURE),),
        (begin(), tokens(*[UNSURE] * TOKENS), stall),
        (begin(), tokens(UNSURE), cut),
        (unary("Five?"),),
    ],
    ids=["broken", "prefix", "cut", "no_logprobs"],
)
def test_nothing_worse_than_unsure_is_served_for_want_of_a_teacher(stage: Stage, said: tuple[Step, ...]) -> None:
    """A broken reply helps nobody, half a reply cannot be had, and what cannot be judged is not known to be better."""
    without_teacher(stage, SPARE)
    stage.plays(*said)
    answer = stage.port.call(CHAT, UNARY if len(said) == 1 else STREAM)
    assert (answer.status, answer.error()["code"]) == (502, "teacher_connect")
    stage.port.settled()


def test_a_saturated_teacher_is_one_that_cannot_be_had(stage: Stage) -> None:
    """The caller need not come again where there is a reply that it may have."""
    stage.set(replace(SPARE, teacher_concurrency=1), assurance())
    stage.plays(unary("Five?", UNSURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, behaving("silent")))
        until(lambda: stage.teacher.in_progress == 1, "the teacher has all it may have")
        answer = stage.port.call(CHAT, UNARY)
        assert (answer.status, answer.head.value("x-practicum-arm")) == (200, "student")
        assert answer.head.value("x-practicum-fallback") == "unsure"
    assert [record.outcome for record in stage.port.settled(2)] == ["ok", "client_gone"]
    assert stage.port.tally.value(ATTEMPTS, "support", "teacher", "fallback", "client_gone") == 1


# Many at once


def test_held_bytes_are_bounded_over_all_requests(stage: Stage) -> None:
    """Sixty-four replies that never end: what one may hold is a setting, what all of them may is not exceeded."""
    stage.set(Fallback(hold=Hold(tokens=100_000, time=30.0)), assurance(views=[100_000]))
    stage.port.budget.limit = 500_000
    line = event_unasked("word " * 200).replace(b'"logprobs": null', b'"logprobs": {"content": [' + ENTRY + b"]}")

    async def floods(exchange: Exchange) -> None:
        await begin_chunked(exchange, replies.SSE_TYPE)
        for _ in range(40):
            await chunk(exchange, line)
        await exchange.forever()

    stage.plays(floods)
    with ExitStack() as stack:
        callers = [stack.enter_context(stage.port.connect()) for _ in range(64)]
        for caller in callers:
            caller.send(request("POST", CHAT, STREAM))
        until(lambda: len(stage.port.records) >= 64 - 500_000 // (40 * len(line)) - 1, "the rest have fallen back")
        assert stage.port.budget.held <= stage.port.budget.most <= 500_000
        answered = list(stage.port.records)  # whoever falls back from here on may find its caller gone
    stage.port.settled(64)
    fell_back = [record for record in answered if record.fallback == "hold_full"]
    assert len(fell_back) >= 64 - 500_000 // (40 * len(line)) - 1
    assert {record.outcome for record in fell_back} == {"ok"}
