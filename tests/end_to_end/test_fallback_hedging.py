"""The teacher, started beside a slow student: who answers, who is cancelled, and how both are counted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from proxy.telemetry.catalog import ATTEMPTS, FALLBACKS
from tests.end_to_end.asks import CHAT
from tests.end_to_end.practicum import until
from tests.end_to_end.wire import request
from tests.proxy.worker.students import (
    BODIES,
    HEDGING,
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
    behaving,
    cut,
    finish,
    fresh,
    staged,
    stall,
    tokens,
    unary,
    unasked,
    words,
)


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


@BODIES
def test_a_slow_student_is_overtaken_by_a_teacher_that_was_started_beside_it(stage: Stage, body: bytes) -> None:
    """The student is cancelled, and both calls are counted."""
    stage.set(HEDGING, assurance())
    stage.plays(*((stall,) if body is UNARY else (begin(), tokens(SURE), stall)))
    answer = stage.port.call(CHAT, body)
    assert (answer.status, answer.complete, answer.body) == (200, True, TEACHERS[body])
    assert answer.head.value("x-practicum-arm") == "teacher"
    assert answer.head.value("x-practicum-fallback") == "hedged"
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.fallback) == ("teacher", "ok", "hedged")
    tally = stage.port.tally
    assert tally.value(FALLBACKS, "support", "hedged") == 1
    assert tally.value(ATTEMPTS, "support", "student", "serve", "cancelled") == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "ok") == 1
    assert sum(tally.counters.values()) == 4


@BODIES
def test_a_student_that_commits_first_cancels_the_teacher(stage: Stage, body: bytes) -> None:
    """Its stream goes on to its end."""
    stage.set(HEDGING, assurance())
    said = (stage.student.pause(), unary("Four.", SURE)) if body is UNARY else (begin(), stage.student.pause())
    more: tuple[Step, ...] = () if body is UNARY else (tokens(*[SURE] * 6), finish())
    stage.plays(*said, *more)
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, body, behaving("silent")))
        until(lambda: stage.teacher.in_progress == 1, "the teacher is started")
        stage.student.go.set()
        answer = caller.answer()
    assert answer.head.value("x-practicum-arm") == "student"
    assert answer.head.value("x-practicum-fallback") is None
    assert body is UNARY or answer.body == unasked(*words(6))
    until(lambda: stage.teacher.in_progress == 0, "the teacher is stopped")
    (record,) = stage.port.settled()
    assert (record.arm, record.outcome, record.fallback) == ("student", "ok", "")
    tally = stage.port.tally
    assert tally.value(ATTEMPTS, "support", "student", "serve", "ok") == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "cancelled") == 1
    assert tally.value(FALLBACKS, "support", "hedged") == 0
    assert stage.port.guard.under_way(stage.port.config.routes["support"]) == 0


def test_a_student_in_time_is_not_hedged(stage: Stage) -> None:
    """Also where its stream lasts longer than that: it has committed."""
    patient = replace(stage.port.config.routes["support"].student, stall_timeout=5.0)
    stage.set(replace(HEDGING, hedge_after=1.0), assurance(), student=patient)
    stage.plays(begin(), tokens(*[SURE] * TOKENS), stage.student.pause(), finish())
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM))
        head = caller.head()
        threading.Timer(1.2, stage.student.go.set).start()
        assert b"".join(caller.pieces(head)) == unasked(*words(TOKENS))
    stage.port.settled()
    assert stage.teacher.received == []


def test_a_hedge_that_is_under_way_answers_for_a_student_that_is_unsure(stage: Stage) -> None:
    """Under the student's reason, and the teacher is asked once."""
    stage.set(HEDGING, assurance())
    stage.plays(stage.student.pause(), unary("Five?", UNSURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, behaving("slow:1")))
        until(lambda: stage.teacher.in_progress == 1, "the teacher is started")
        stage.student.go.set()
        answer = caller.answer()
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[UNARY], "unsure")
    (record,) = stage.port.settled()
    assert (record.fallback, record.arm) == ("unsure", "teacher")
    assert record.declined is not None
    assert record.confidence == pytest.approx(1 + UNSURE / 5)
    assert len(stage.teacher.received) == 1
    assert stage.port.tally.value(ATTEMPTS, "support", "student", "serve", "ok") == 1


@pytest.mark.parametrize("behavior", ["status:500", "garbage", "status:429"])
def test_a_hedge_that_fails_leaves_the_word_to_the_student(stage: Stage, behavior: str) -> None:
    """A teacher's error is no answer while there may be one."""
    stage.set(HEDGING, assurance())
    stage.plays(stage.student.pause(), unary("Four.", SURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, behaving(behavior)))
        until(lambda: stage.teacher.received and not stage.teacher.in_progress, "the teacher has failed")
        stage.student.go.set()
        answer = caller.answer()
    assert (answer.status, answer.head.value("x-practicum-arm")) == (200, "student")
    (record,) = stage.port.settled()
    assert (record.outcome, record.failure, record.fallback) == ("ok", "", "")
    attempt = "invalid" if behavior == "garbage" else "http_error"
    assert stage.port.tally.value(ATTEMPTS, "support", "teacher", "fallback", attempt) == 1


def test_where_both_fail_the_caller_gets_the_teachers_own_error(stage: Stage) -> None:
    """It is asked once more: an error that was not passed on is nobody's answer."""
    stage.set(HEDGING, assurance())
    stage.plays(stage.student.pause(), unary("", SURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, behaving("status:429")))
        until(lambda: stage.teacher.received and not stage.teacher.in_progress, "the teacher has failed")
        stage.student.go.set()
        answer = caller.answer()
    assert (answer.status, answer.head.value("x-practicum-fallback")) == (429, "empty")
    stage.port.settled()
    assert len(stage.teacher.received) == 2


def test_a_saturated_teacher_is_not_started_beside_anybody(stage: Stage) -> None:
    """A hedge is a luxury."""
    stage.set(replace(HEDGING, teacher_concurrency=1), assurance())
    route = stage.port.config.routes["support"]
    assert stage.port.guard.enter(route)
    stage.plays(stage.student.pause(), unary("Four.", SURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY))
        threading.Timer(0.3, stage.student.go.set).start()
        assert caller.answer().head.value("x-practicum-arm") == "student"
    stage.port.guard.leave(route)
    stage.port.settled()
    assert stage.teacher.received == []


@BODIES
def test_a_client_that_leaves_stops_both(stage: Stage, body: bytes) -> None:
    """Two calls, one record, and both are counted."""
    stage.set(HEDGING, assurance())
    stage.plays(stall)
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, body, behaving("silent")))
        until(lambda: stage.teacher.in_progress == stage.student.in_progress == 1, "both are asked")
    until(lambda: stage.teacher.in_progress == stage.student.in_progress == 0, "both are stopped")
    (record,) = stage.port.settled()
    assert (record.outcome, record.failure) == ("client_gone", "")
    for arm, purpose in (("student", "serve"), ("teacher", "fallback")):
        assert stage.port.tally.value(ATTEMPTS, "support", arm, purpose, "client_gone") == 1
    assert stage.port.guard.under_way(stage.port.config.routes["support"]) == 0


def test_a_hedged_stream_that_breaks_after_the_commit_point_is_an_error(stage: Stage) -> None:
    """The teacher was cancelled, and nobody else speaks."""
    stage.set(HEDGING, assurance())
    stage.plays(begin(), tokens(*[SURE] * TOKENS), stage.student.pause(), cut)
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM, behaving("silent")))
        head = caller.head()
        stage.student.go.set()
        body = b"".join(caller.pieces(head))
        assert not caller.complete
    assert body.startswith(begun(TOKENS))
    assert b'"student_reset"' in body[len(begun(TOKENS)) :]
    stage.port.settled()
