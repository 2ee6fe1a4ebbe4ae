"""The commit point over real connections: what a caller sees before it, at it and after it, whatever the student does.

``test_hold`` has what is judged, ``test_share`` what the teacher does in the student's place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from proxy.config.settings import Fallback, Hold
from proxy.telemetry.catalog import ATTEMPTS, CONFIDENCE, FALLBACKS, HELD
from routing.confidence.runaway import PIECES, PROSE
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import request
from tests.proxy.worker.students import (
    HOLD,
    STREAM,
    SURE,
    TEACHERS,
    TOKENS,
    UNARY,
    UNSURE,
    Stage,
    Step,
    assurance,
    begin,
    begun,
    cut,
    end,
    event_unasked,
    finish,
    fresh,
    raw,
    says,
    staged,
    stall,
    tokens,
    unary,
    unasked,
    words,
)

HELD_TOKENS = (SURE,) * TOKENS
LINE = "I will check that for you right now. "
ROUNDS, ROUNDS_OF_CODE = 6_000, 1_000
ERROR = b'data: {"error": {"message": "the engine died", "type": "x", "param": null, "code": 500}}\n\n'


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    """One for all tests of this file."""
    with staged() as stage:
        yield stage


def served_by_student(stage: Stage) -> tuple[bytes, bool]:
    """What a caller gets of a stream that goes on once it has begun, and whether that was all of it."""
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM))
        head = caller.head()
        stage.student.go.set()
        body = b"".join(caller.pieces(head))
        assert caller.complete or caller.ended()
        return body, caller.complete


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """As if it were new."""
    with fresh(shared):
        yield shared


def test_a_sure_stream_is_served_as_if_nobody_had_asked_for_log_probabilities(stage: Stage) -> None:
    """Byte for byte what the student would have sent; the record keeps what it did send."""
    stage.plays(begin(), tokens(*HELD_TOKENS, SURE, UNSURE), finish())
    answer = stage.port.call(CHAT, STREAM)
    assert (answer.status, answer.complete) == (200, True)
    assert answer.body == unasked(*words(6))
    assert answer.head.value("x-practicum-arm") == "student"
    assert answer.head.value("x-practicum-fallback") is None
    (record,) = stage.port.settled()
    assert record.reply.count(b"top_logprobs") == 6
    assert (record.arm, record.outcome, record.fallback, record.slice) == ("student", "ok", "", "multilingual")
    assert record.confidence == pytest.approx(1 + SURE / 5)
    assert stage.teacher.received == []
    assert b'"top_logprobs":5' in stage.student.received[0].body


def test_a_caller_that_asked_for_log_probabilities_gets_them(stage: Stage) -> None:
    """As the student gave them: they were its own wish, and are judged all the same."""
    stage.plays(begin(), tokens(*HELD_TOKENS), finish())
    body = STREAM.replace(b'"x_mark"', b'"logprobs":true, "x_mark"')
    answer = stage.port.call(CHAT, body)
    (record,) = stage.port.settled()
    assert answer.body == record.reply
    assert answer.body.count(b'"top_logprobs"') == TOKENS
    assert record.confidence == pytest.approx(1 + SURE / 5)


def test_the_commit_point_is_the_last_token_that_is_held(stage: Stage) -> None:
    """One less and nothing has left; with it all of it leaves at once, while the student goes on."""
    stage.plays(begin(), tokens(*HELD_TOKENS), stage.student.pause(), tokens(SURE, start=TOKENS), finish())
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM))
        head = caller.head()
        assert stage.student.said == 2
        pieces = caller.pieces(head)
        assert next(pieces) == begun(TOKENS)
        stage.student.go.set()
        assert begun(TOKENS) + b"".join(pieces) == unasked(*words(TOKENS + 1))


@pytest.mark.parametrize(
    ("steps", "reason", "attempt"),
    [
        ((tokens(SURE, SURE, SURE), stall), "stall_timeout", "stall_timeout"),
        ((tokens(SURE, SURE, SURE), cut), "reset", "reset"),
        ((tokens(SURE, SURE, SURE), raw(ERROR), raw(replies.DONE), end()), "error_event", "error_event"),
        ((tokens(SURE, SURE, SURE), raw(replies.DONE), end()), "truncated", "truncated"),
        ((tokens(SURE, SURE, SURE), end()), "truncated", "truncated"),
        ((end(),), "empty", "empty"),
        ((finish(),), "empty", "empty"),
        ((tokens(SURE, UNSURE, SURE, SURE), stall), "unsure", "cancelled"),
        ((tokens(SURE, UNSURE), finish()), "unsure", "ok"),
        ((tokens(SURE), raw(b"data: {]\n\n"), finish()), "invalid", "invalid"),
    ],
)
def test_before_the_commit_point_a_fault_is_unseen(
    stage: Stage, steps: tuple[Step, ...], reason: str, attempt: str
) -> None:
    """The teacher's reply, whole and nothing but it; the student's call is over, and both are counted."""
    stage.plays(begin(), *steps)
    answer = stage.port.call(CHAT, STREAM)
    assert (answer.status, answer.complete, answer.body) == (200, True, TEACHERS[STREAM])
    assert answer.head.value("x-practicum-arm") == "teacher"
    assert answer.head.value("x-practicum-fallback") == reason
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.fallback) == ("teacher", "ok", reason)
    assert record.declined is None or attempt in {"ok", "empty"}  # else it did not come whole
    assert (record.held > 0.5) == (reason == "stall_timeout")  # it was held for as long as nothing came
    tally = stage.port.tally
    assert sum(tally.histogram(HELD, "support").counts) == 1
    assert tally.value(FALLBACKS, "support", reason) == 1
    assert tally.value(ATTEMPTS, "support", "student", "serve", attempt) == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "ok") == 1


@pytest.mark.parametrize(
    ("steps", "failure"),
    [
        ((stall,), "stall_timeout"),
        ((tokens(SURE, start=TOKENS), stall), "stall_timeout"),
        ((cut,), "reset"),
        ((raw(ERROR), raw(replies.DONE), end()), "error_event"),
        ((raw(replies.DONE), end()), "truncated"),
        ((end(),), "truncated"),
    ],
)
def test_after_the_commit_point_a_fault_is_an_error_and_no_end(
    stage: Stage, steps: tuple[Step, ...], failure: str
) -> None:
    """Whoever reads the stream to its end sees that it has none; and no second model speaks."""
    stage.plays(begin(), tokens(*HELD_TOKENS), stage.student.pause(), *steps)
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM))
        head = caller.head()
        stage.student.go.set()
        body = b"".join(caller.pieces(head))
        assert not caller.complete
        assert caller.ended()
    said, _, error = body.rpartition(b"data: ")
    assert said in (begun(TOKENS), begun(TOKENS + 1))
    assert json.loads(error)["error"]["code"] == f"student_{failure}"
    assert replies.DONE not in body
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.failure, record.fallback) == ("student", "truncated", failure, "")
    assert stage.teacher.received == []


@pytest.mark.parametrize("fallback", [Fallback(hold=HOLD), Fallback(promise="none", hold=Hold(tokens=0))])
@pytest.mark.parametrize("size", [0, 997, 30_000])
def test_a_student_that_repeats_itself_is_stopped(stage: Stage, fallback: Fallback, size: int) -> None:
    """By us, after the commit point: an error between two events and no end; the student is left, and it is said why.

    However its bytes are cut: where they are not edited they pass as they come.
    """
    stage.set(fallback, assurance() if fallback.promise != "none" else None)
    stage.plays(begin(), tokens(*HELD_TOKENS), stage.student.pause(), says(*[LINE] * ROUNDS, size=size), stall)
    body, complete = served_by_student(stage)
    assert not complete
    said, _, error = body.rpartition(b"data: ")
    looped = said.removeprefix(begun(TOKENS))
    rounds = looped.count(event_unasked(LINE))
    assert looped == event_unasked(LINE) * rounds
    assert PROSE <= rounds * len(LINE) < ROUNDS * len(LINE)
    assert json.loads(error)["error"]["code"] == "student_degenerate"
    assert "repeated itself over and over" in json.loads(error)["error"]["message"]
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.failure, record.fallback) == ("student", "truncated", "degenerate", "")
    assert stage.port.tally.value(ATTEMPTS, "support", "student", "serve", "degenerate") == 1
    until(lambda: stage.student.in_progress == 0, "the student is stopped")
    assert stage.student.abandoned
    assert stage.teacher.received == []


def test_a_student_that_repeats_itself_and_has_ended_is_not_stopped(stage: Stage) -> None:
    """It gave its reason to end in the very piece that shows the loop: what happens to it then is another matter."""
    far, last = [LINE] * 3 * PIECES, [LINE * 4] * PIECES  # the first are too few
    ends = says(*last, finish="length", size=1_000_000)
    stage.set(Fallback(promise="none", hold=HOLD))  # without log-probabilities it is small enough for one read
    stage.plays(begin(), tokens(*HELD_TOKENS), stage.student.pause(), says(*far), ends, cut)
    body, _ = served_by_student(stage)
    assert event_unasked("", "length") in body
    (record,) = stage.port.settled()
    assert record.failure == "reset"


def test_what_was_held_tells_a_document_from_prose(stage: Stage) -> None:
    """The code block was opened before the commit point, and what is in it may be repeated on purpose."""
    stage.plays(
        *(begin(), says("```\n", "x ", "y ", "z "), stage.student.pause()),
        *(says(*[LINE] * ROUNDS_OF_CODE), finish("length")),
    )
    _, complete = served_by_student(stage)
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, complete) == ("student", "ok", True)


def test_a_sure_unary_reply_is_served_with_the_length_it_has_now(stage: Stage) -> None:
    """What the caller did not ask for is gone, and content-length says so."""
    stage.plays(unary("Four.", SURE, SURE))
    answer = stage.port.call(CHAT, UNARY)
    assert (answer.status, answer.complete) == (200, True)
    (choice,) = json.loads(answer.body)["choices"]
    assert (choice["message"]["content"], choice["logprobs"]) == ("Four.", None)
    assert answer.head.value("content-length") == str(len(answer.body))
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome) == ("student", "ok")
    assert b'"top_logprobs"' in record.reply
    assert record.confidence == pytest.approx(1 + SURE / 5)
    assert stage.port.tally.histogram(CONFIDENCE, "support", "multilingual").counts[-2] == 1
    assert sum(stage.port.tally.histogram(HELD, "support").counts) == 1


def test_a_client_that_leaves_during_a_hold_stops_the_student(stage: Stage) -> None:
    """And asks nobody else."""
    stage.plays(begin(), tokens(SURE), stall)
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM))
        until(lambda: stage.student.said == 2, "the student has begun")
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.fallback) == ("student", "client_gone", "")
    until(lambda: stage.student.in_progress == 0, "the student is stopped")
    assert stage.student.abandoned
    assert stage.teacher.received == []
    assert stage.port.tally.value(ATTEMPTS, "support", "student", "serve", "client_gone") == 1
