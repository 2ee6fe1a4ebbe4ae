"""The ``traceparent`` that upstreams get, and the moments a record keeps of their calls: real ones, over sockets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from proxy.config.settings import Fallback, Tracing
from proxy.examiner.tracing.served import served_spans
from proxy.examiner.tracing.span import Kind
from proxy.handover import Called, Record
from proxy.telemetry.trace_ids import Role, inbound, served
from proxy.worker.trace_header import TraceHeader
from tests.end_to_end.asks import CHAT
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Received
from tests.end_to_end.wire import Fields, request
from tests.proxy.worker.students import HOLD, SURE, UNARY, UNSURE, Stage, assurance, fresh, staged, stall, unary

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
STATE = "congo=t61rcWkgMzE, rojo=00f067aa0ba902b7"
SAMPLED: Fields = (("traceparent", f"00-{TRACE}-{SPAN}-01"), ("tracestate", STATE))
UNSAMPLED: Fields = (("traceparent", f"00-{TRACE}-{SPAN}-00"), ("tracestate", STATE))
BROKEN: Fields = (("traceparent", "00-nonsense"), ("tracestate", STATE))
ENDPOINT = "http://collector:4318"
OFF, NONE, ALL = Tracing(), Tracing(ENDPOINT, sample=0), Tracing(ENDPOINT, sample=100)


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
        shared.port.serving.trace(None)


@pytest.fixture
def alone(stage: Stage) -> Stage:
    """The student has no share."""
    stage.port.standing = None
    return stage


def called(stage: Stage, tracing: Tracing, fields: Fields = ()) -> Record:
    """The record of a request under these settings."""
    stage.port.serving.trace(TraceHeader.of(tracing))
    assert stage.port.call(CHAT, UNARY, fields).status == 200
    return stage.port.settled()[0]


def sent(received: Received) -> tuple[list[bytes], list[bytes]]:
    """What an upstream got of a trace."""
    return received.values("traceparent"), received.values("tracestate")


@pytest.mark.parametrize(
    ("tracing", "fields"), [(OFF, SAMPLED), (OFF, UNSAMPLED), (OFF, BROKEN), (OFF, ()), (NONE, ()), (ALL, UNSAMPLED)]
)
def test_what_is_not_traced_passes_as_it_came(alone: Stage, tracing: Tracing, fields: Fields) -> None:
    """Byte for byte, for a trace may go through a proxy that has no part in it."""
    called(alone, tracing, fields)
    expected = [value.encode() for _, value in fields]
    assert sent(alone.teacher.received[-1]) == (expected[:1], expected[1:])


@pytest.mark.parametrize("tracing", [NONE, ALL])
def test_a_callers_trace_goes_on_with_our_span_between(alone: Stage, tracing: Tracing) -> None:
    """The sampled flag decides, whatever would be drawn; a tracestate is not ours to touch."""
    record = called(alone, tracing, SAMPLED)
    place = served(record.pair, Role.TEACHER, inbound(record.traceparent))
    assert place.trace == TRACE
    assert record.traceparent == SAMPLED[0][1]
    assert sent(alone.teacher.received[-1]) == ([f"00-{TRACE}-{place.span}-01".encode()], [STATE.encode()])


@pytest.mark.parametrize("fields", [(), BROKEN])
def test_a_trace_begins_here_where_there_is_none(alone: Stage, fields: Fields) -> None:
    """A state without its trace means nothing, so it ends here."""
    record = called(alone, ALL, fields)
    place = served(record.pair, Role.TEACHER, None)
    assert sent(alone.teacher.received[-1]) == ([f"00-7063{record.pair}-{place.span}-01".encode()], [])


def test_each_arm_gets_the_span_of_its_own_call(stage: Stage) -> None:
    """What each did hangs below the call that made it do so."""
    stage.set(Fallback(hold=HOLD), assurance())
    stage.plays(unary("Five?", UNSURE, UNSURE))
    record = called(stage, ALL, SAMPLED)
    caller = inbound(record.traceparent)
    for server, role in ((stage.student, Role.STUDENT), (stage.teacher, Role.TEACHER)):
        assert sent(server.received[-1])[0] == [f"00-{TRACE}-{served(record.pair, role, caller).span}-01".encode()]


def test_a_teacher_asked_again_after_its_hedge_failed_gets_another_span(stage: Stage) -> None:
    """And the examiner, which sees the record alone, comes to the same two."""
    stage.set(Fallback(hold=HOLD, hedge_after=0.05), assurance())
    stage.port.serving.trace(TraceHeader.of(ALL))
    stage.plays(stage.student.pause(), unary("", SURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, (*SAMPLED, ("x-behave", "status:500"))))
        until(lambda: stage.teacher.received and not stage.teacher.in_progress, "the teacher has failed")
        stage.student.go.set()
        assert caller.answer().status == 500
    (record,) = stage.port.settled()
    assert [call.arm for call in record.calls] == ["student", "teacher"]
    route = stage.port.config.routes["support"]
    spans = [
        span for span in served_spans(record, route, "sampled") if span.attributes.get("practicum.arm") == "teacher"
    ]
    expected = [[f"00-{TRACE}-{span.place.span}-01".encode()] for span in spans if span.kind is Kind.CLIENT]
    got = [sent(received)[0] for received in stage.teacher.received]
    assert got == expected
    assert len({header for headers in got for header in headers}) == 2


def ordered(record: Record, call: Called) -> bool:
    """Whether its moments can be those of a call of this request."""
    return 0 < call.started < call.ended <= record.total


def test_a_record_has_the_moment_its_teacher_was_called(alone: Stage) -> None:
    """The span of a call begins where the waiting begins."""
    record = called(alone, OFF)
    assert record.asked is not None
    assert record.first_token is not None
    assert 0 < record.asked < record.first_token
    assert record.calls == ()


def test_a_record_has_the_call_of_a_student_that_was_turned_down(stage: Stage) -> None:
    """Whether or not anything is traced: it may be worth a trace when it is over."""
    stage.set(Fallback(hold=HOLD), assurance())
    stage.plays(unary("Five?", UNSURE, UNSURE))
    record = called(stage, OFF)
    (student,) = record.calls
    assert (student.arm, student.status, student.outcome) == ("student", 200, "ok")
    assert ordered(record, student)
    assert record.asked is not None
    assert student.ended <= record.asked


def test_a_record_has_the_call_that_was_overtaken(stage: Stage) -> None:
    """Both ran at once; the student's was given up."""
    stage.set(Fallback(hold=HOLD, hedge_after=0.05), assurance())
    stage.plays(stall)
    record = called(stage, OFF)
    (student,) = record.calls
    assert (record.fallback, student.arm, student.outcome) == ("hedged", "student", "cancelled")
    assert ordered(record, student)
    assert record.asked is not None
    assert student.started < record.asked < student.ended


def test_a_record_has_the_call_of_a_teacher_that_was_not_needed(stage: Stage) -> None:
    """The student answered after all: the teacher's call was for nothing, and cost something."""
    stage.set(Fallback(hold=HOLD, hedge_after=0.05), assurance())
    stage.plays(stage.student.pause(), unary("Four.", SURE))
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, UNARY, (("x-behave", "silent"),)))
        until(lambda: stage.teacher.in_progress == 1, "the teacher is asked")
        stage.student.go.set()
        assert caller.answer().head.value("x-practicum-arm") == "student"
    (record,) = stage.port.settled()
    (teacher,) = record.calls
    assert (teacher.arm, teacher.status, teacher.outcome) == ("teacher", 0, "cancelled")
    assert ordered(record, teacher)
    assert record.asked is not None
    assert record.asked < teacher.started


def test_a_request_that_nobody_was_asked_has_no_call(stage: Stage) -> None:
    """Turned away at the teacher's door."""
    stage.set(replace(Fallback(hold=HOLD), teacher_concurrency=1), assurance())
    stage.plays(unary("Five?", UNSURE, UNSURE))
    with stage.port.guard.entered(stage.port.config.routes["support"]) as let_in:
        assert let_in
        assert stage.port.call(CHAT, UNARY).status == 503
    (record,) = stage.port.settled()
    assert (record.outcome, record.asked, [call.arm for call in record.calls]) == ("rejected", None, ["student"])
