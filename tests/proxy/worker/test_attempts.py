"""The student serving: what it is sent, and that whatever it does before its first byte, the teacher answers."""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from proxy.config.settings import Audit, Config, Fallback, Hold, Mirror, Upstream
from proxy.handover import Record
from proxy.telemetry.catalog import ATTEMPTS, FALLBACKS, REQUESTS
from routing.assignment import BUCKETS
from routing.decision import Standing
from routing.traits import Slice
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, COMPLETIONS, ENDPOINTS, MESSAGES, RESPONSES, ask
from tests.end_to_end.behaviors import BEHAVIORS, begin_chunked, chunk, head, sized
from tests.end_to_end.practicum import free_port, until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import Answer, Fields, request
from tests.proxy.worker.served import Port, config, with_route

STALL, TOTAL = 0.4, 1.0
UNARY, STREAM = ask(CHAT, "support", "m"), ask(CHAT, "support", "m", stream=True)
TEACHER_KEY, STUDENT_KEY, CLIENT_KEY = "teachers-key", "students-key", "clients-key"
ERROR_BODY = b'{"error": {"message": "the engine died"}}'


async def error_body(exchange: Exchange) -> None:
    """A success that says otherwise."""
    await sized(exchange, b"200 OK", ERROR_BODY, ((b"Content-Type", b"application/json"),))


async def refuses_and_hangs(exchange: Exchange) -> None:
    """An error whose body never comes: its status says enough."""
    await exchange.send(head(b"500 Oh", ((b"Content-Length", b"9"),)))
    await exchange.forever()


async def unavailable(exchange: Exchange) -> None:
    """It has too much to do."""
    await sized(exchange, b"503 Service Unavailable", b"{}", ((b"Content-Type", b"application/json"),))


async def ends_without_its_end(exchange: Exchange) -> None:
    """A stream whose beginning has had time to be passed on."""
    await begin_chunked(exchange, replies.SSE_TYPE)
    for piece in (*replies.CHAT_STREAM[:4], b""):
        await chunk(exchange, piece)
        await asyncio.sleep(0.1)


STUDENTS = {
    **BEHAVIORS,
    "unavailable": unavailable,
    "error_body": error_body,
    "refuses_and_hangs": refuses_and_hangs,
    "ends_without_its_end": ends_without_its_end,
}
BEHAVIORS_HERE = (
    *("good", "error_body", "refuses_and_hangs", "redirect", "reset", "hang_up", "garbage", "empty"),
    *("silent", "headers_then_silent", "error_event", "status:400", "status:404", "status:429", "status:500"),
    *("unavailable", "bare:204", "cut:2", "cut_short", "stall:2", "reset_after:2", "spoofs", "then_close"),
    "ends_without_its_end",
)


@pytest.fixture(scope="module")
def teacher() -> Iterator[Server]:
    """The teacher, who is always good."""
    with Server(BEHAVIORS) as running:
        yield running


@pytest.fixture(scope="module")
def student() -> Iterator[Server]:
    """The student, whose behavior is in its address: headers like ``x-behave`` do not reach it."""
    with Server(STUDENTS) as running:
        yield running


def of(behavior: str) -> str:
    """The route whose student behaves so."""
    return behavior.replace(":", "-")


def configured(teacher: Server, student: Server) -> Config:
    """A route for each behavior of a student, the first of them being ``support`` itself; and ``dead``."""
    trusted = Upstream(teacher.url(), None, "TEACHER", 0.5, STALL, STALL, TOTAL)
    candidate = Upstream(student.url(), "small", "STUDENT", 0.5, STALL, STALL, TOTAL)
    known = config(trusted, mirror=Mirror(percentage=0))
    nothing_held = Fallback(promise="none", hold=Hold(tokens=0))
    support = replace(known.routes["support"], student=candidate, fallback=nothing_held)
    known = replace(known, routes={"support": support})
    for behavior in BEHAVIORS_HERE:
        known = with_route(known, of(behavior), trusted)
        bad = replace(candidate, base_url=student.url(behavior))
        known = replace(known, routes={**known.routes, of(behavior): replace(known.routes[of(behavior)], student=bad)})
    nobody = replace(candidate, base_url=f"http://127.0.0.1:{free_port()}/v1")
    dead = replace(with_route(known, "dead", trusted).routes["dead"], student=nobody)
    both = replace(dead, name="both", models=("both",), teacher=replace(trusted, base_url=nobody.base_url))
    foreign = replace(nobody, http_client="aiohttp")
    both_clients = {
        name: replace(known.routes[of(behavior)], name=name, models=(name,), student=replace(foreign, base_url=url))
        for name, behavior, url in (
            ("aiohttp-dead", "reset", nobody.base_url),
            ("aiohttp-reset", "reset", student.url("reset")),
            ("aiohttp-unavailable", "unavailable", student.url("unavailable")),
            ("aiohttp-empty", "empty", student.url("empty")),
        )
    }
    plain = replace(support, name="plain", models=("plain",), student=replace(candidate, model=None, api_key_env=None))
    return replace(known, routes={**known.routes, "dead": dead, "both": both, "plain": plain, **both_clients})


@pytest.fixture(scope="module")
def shared(teacher: Server, student: Server) -> Iterator[Port]:
    """Every route gives all its weight to the student."""
    importlib.import_module("proxy.upstream.aiohttp_client")  # else the first call does, within its deadline
    known = configured(teacher, student)
    with Port(known, TEACHER=TEACHER_KEY, STUDENT=STUDENT_KEY) as port:
        port.standing = Standing({name: dict.fromkeys(Slice, BUCKETS) for name in known.routes}, 1.0)
        yield port


@pytest.fixture
def port(shared: Port, teacher: Server, student: Server) -> Iterator[Port]:
    """The port without memory of other tests; nothing may be left in flight."""
    shared.records.clear()
    shared.tally.counters.clear()
    teacher.received.clear()
    student.received.clear()
    yield shared
    until(lambda: teacher.in_progress == student.in_progress == 0, "no upstream works for nobody")


def call(port: Port, route: str, body: bytes = UNARY, path: str = CHAT, headers: Fields = ()) -> tuple[Answer, Record]:
    """One request for a route, and the one record it leaves."""
    answer = port.call(path, body.replace(b'"support"', f'"{route}"'.encode()), headers)
    (record,) = port.settled()
    return answer, record


@pytest.mark.parametrize("path", ENDPOINTS)
@pytest.mark.parametrize("stream", [False, True])
def test_the_student_serves_byte_for_byte(
    port: Port, teacher: Server, student: Server, path: str, stream: bool
) -> None:
    """Its own model's name goes in, and what comes back passes as a teacher's would; the teacher hears nothing."""
    body = ask(path, "support", "m", stream=stream)
    answer, record = call(port, "support", body, path)
    assert (answer.status, answer.complete) == (200, True)
    assert answer.body == b"".join(replies.reply_to(path, body).pieces)
    assert answer.head.value("x-practicum-arm") == "student"
    assert answer.head.value("x-practicum-fallback") is None
    assert (record.arm, record.reason, record.fallback, record.outcome) == ("student", "within_weight", "", "ok")
    assert teacher.received == []
    (asked,) = student.received
    assert asked.path == path
    assert b'"model":"small"' in asked.body
    assert b"1.50e0" in asked.body
    assert json.loads(asked.body) == {**json.loads(body), "model": "small"}
    assert port.tally.value(ATTEMPTS, "support", "student", "serve", "ok") == 1
    assert port.tally.value(REQUESTS, "support", record.endpoint, "student", "ok") == 1


def test_without_a_model_of_its_own_it_gets_the_body_untouched(port: Port, student: Server) -> None:
    """As a teacher would."""
    body = UNARY.replace(b'"support"', b'"plain"')
    call(port, "plain", body)
    assert [asked.body for asked in student.received] == [body]
    assert student.received[0].values("authorization") == []


@pytest.mark.parametrize("path", [CHAT, MESSAGES])
@pytest.mark.parametrize("route", ["support", "plain", "unavailable"])
def test_no_secret_reaches_the_student(port: Port, teacher: Server, student: Server, path: str, route: str) -> None:
    """Whatever header a caller keeps it in; and the teacher gets none of the student's."""
    headers = (
        *(("authorization", f"Bearer {CLIENT_KEY}"), ("x-api-key", CLIENT_KEY), ("api-key", CLIENT_KEY)),
        *(("cookie", f"session={CLIENT_KEY}"), ("proxy-authorization", CLIENT_KEY), ("x-goog-api-key", CLIENT_KEY)),
        *(("x-company-token", CLIENT_KEY), ("x-practicum-token", CLIENT_KEY), ("openai-organization", CLIENT_KEY)),
        *(("traceparent", "00-0af7-b7ad-01"), ("accept", "*/*"), ("content-type", "application/json")),
    )
    call(port, route, ask(path, "support", "m"), f"{path}?key={CLIENT_KEY}", headers)
    (asked,) = student.received
    sent = b"\n".join([asked.target, *(value for _, value in asked.headers)])
    assert CLIENT_KEY.encode() not in sent
    assert TEACHER_KEY.encode() not in sent
    keys = [] if route == "plain" else [f"Bearer {STUDENT_KEY}".encode()]
    assert asked.values("authorization") == keys
    assert asked.values("x-api-key") == ([STUDENT_KEY.encode()] if keys and path == MESSAGES else [])
    assert asked.values("traceparent") == [b"00-0af7-b7ad-01"]
    assert asked.values("content-type") == [b"application/json"]
    assert not any(STUDENT_KEY.encode() in value for came in teacher.received for _, value in came.headers)


FAULTS = [
    ("dead", UNARY, "connect", "connect"),
    ("dead", STREAM, "connect", "connect"),
    ("reset", STREAM, "reset", "reset"),
    ("hang_up", UNARY, "reset", "reset"),
    ("garbage", UNARY, "invalid", "invalid"),
    ("silent", STREAM, "first_token_timeout", "first_token_timeout"),
    ("headers_then_silent", STREAM, "first_token_timeout", "first_token_timeout"),
    ("silent", UNARY, "total_timeout", "total_timeout"),
    ("empty", UNARY, "empty", "empty"),
    ("empty", STREAM, "empty", "empty"),
    ("bare-204", UNARY, "empty", "empty"),
    ("error_body", UNARY, "error_event", "error_event"),
    ("error_event", STREAM, "error_event", "error_event"),
    ("status-400", UNARY, "http_error", "http_error"),
    ("status-404", STREAM, "http_error", "http_error"),
    ("status-429", UNARY, "overloaded", "http_error"),
    ("status-500", STREAM, "http_error", "http_error"),
    ("unavailable", UNARY, "overloaded", "http_error"),
    ("aiohttp-dead", UNARY, "connect", "connect"),
    ("aiohttp-reset", UNARY, "reset", "reset"),
    ("aiohttp-unavailable", STREAM, "overloaded", "http_error"),
    ("aiohttp-empty", UNARY, "empty", "empty"),
    ("refuses_and_hangs", UNARY, "http_error", "http_error"),
    ("redirect", UNARY, "http_error", "ok"),
    ("cut_short", UNARY, "reset", "reset"),
]


@pytest.mark.parametrize(("route", "body", "reason", "attempt"), FAULTS)
def test_before_its_first_byte_any_fault_of_the_students_is_made_good(
    port: Port, teacher: Server, student: Server, route: str, body: bytes, reason: str, attempt: str
) -> None:
    """The caller gets the teacher's reply, whole and nothing but it, and is told why; both attempts are counted."""
    answer, record = call(port, route, body)
    assert (answer.status, answer.complete) == (200, True)
    assert answer.body == b"".join(replies.reply_to(CHAT, body).pieces)
    assert answer.head.value("x-practicum-arm") == "teacher"
    assert answer.head.value("x-practicum-fallback") == reason
    assert (record.arm, record.reason, record.fallback) == ("teacher", "within_weight", reason)
    assert (record.outcome, record.failure, record.status) == ("ok", "", 200)
    assert len(teacher.received) == 1
    assert len(student.received) == (0 if route.endswith("dead") else 1)
    assert port.tally.value(FALLBACKS, route, reason) == 1
    assert port.tally.value(ATTEMPTS, route, "student", "serve", attempt) == 1
    assert port.tally.value(ATTEMPTS, route, "teacher", "fallback", "ok") == 1
    assert port.tally.value(REQUESTS, route, "chat_completions", "teacher", "ok") == 1
    assert sum(port.tally.counters.values()) == 4


@pytest.mark.parametrize(
    ("path", "field"),
    [
        (RESPONSES, b'"previous_response_id": "resp_1"'),
        (RESPONSES, b'"conversation": "conv_1"'),
        (MESSAGES, b'"container": "c1"'),
    ],
)
@pytest.mark.parametrize("route", ["support", "plain"])
def test_what_only_the_teachers_upstream_holds_is_asked_of_nobody_else(
    port: Port, teacher: Server, student: Server, path: str, field: bytes, route: str
) -> None:
    """Another server would answer without what the request refers to."""
    body = ask(path, "support", "m").replace(b"{ ", b"{ " + field + b", ", 1)
    answer, record = call(port, route, body, path)
    assert answer.head.value("x-practicum-fallback") == record.fallback == "inexpressible"
    assert (len(teacher.received), len(student.received)) == (1, 0)
    assert port.tally.value(FALLBACKS, route, "inexpressible") == 1
    assert port.tally.value(ATTEMPTS, route, "teacher", "fallback", "ok") == 1


def test_where_the_teacher_fails_as_well_the_caller_gets_its_error(port: Port) -> None:
    """Ours, in the teacher's name, with the reason why it was asked."""
    answer, record = call(port, "both")
    assert (answer.status, answer.error()["code"]) == (502, "teacher_connect")
    assert answer.head.value("x-practicum-arm") == "teacher"
    assert answer.head.value("x-practicum-fallback") == "connect"
    assert (record.arm, record.fallback, record.outcome, record.failure) == (
        *("teacher", "connect", "upstream_error", "connect"),
    )
    assert port.tally.value(ATTEMPTS, "both", "teacher", "fallback", "connect") == 1


@pytest.mark.parametrize(
    ("route", "failure"),
    [
        ("cut-2", "reset"),
        ("reset_after-2", "reset"),
        ("stall-2", "stall_timeout"),
        ("ends_without_its_end", "truncated"),
    ],
)
def test_after_its_first_byte_no_second_model_speaks(port: Port, teacher: Server, route: str, failure: str) -> None:
    """What the student began ends with the student: an error that says so, and a connection that breaks off."""
    answer, record = call(port, route, STREAM)
    assert (answer.status, answer.complete) == (200, False)
    assert answer.head.value("x-practicum-arm") == "student"
    assert teacher.received == []
    assert (record.arm, record.fallback, record.outcome, record.failure) == ("student", "", "truncated", failure)
    assert port.tally.value(ATTEMPTS, route, "student", "serve", failure) == 1
    said, _, error = answer.body.partition(b'data: {"type":"error"')
    assert said
    assert b"".join(replies.CHAT_STREAM).startswith(said)
    assert b"student_" + failure.encode() in error


def test_a_student_cannot_speak_for_the_proxy(port: Port) -> None:
    """Headers of ours come from us."""
    answer, _ = call(port, "spoofs")
    assert answer.head.value("x-practicum-arm") == "student"
    assert answer.head.value("x-practicum-fallback") is None


def test_the_override_and_other_endpoints_are_the_teachers(port: Port, teacher: Server, student: Server) -> None:
    """At any weight."""
    answer, record = call(port, "support", headers=(("x-practicum-arm", "teacher"),))
    assert (answer.head.value("x-practicum-arm"), record.reason) == ("teacher", "override")
    port.records.clear()
    answer, record = call(port, "support", b'{"model": "support", "input": "x"}', "/v1/embeddings")
    assert (answer.head.value("x-practicum-arm"), record.reason) == ("teacher", "weight_zero")
    assert (len(teacher.received), student.received) == (2, [])


def test_a_caller_that_leaves_stops_the_student_and_asks_nobody_else(
    port: Port, teacher: Server, student: Server
) -> None:
    """Nobody is left to fall back for."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM.replace(b'"support"', b'"silent"')))
        until(lambda: student.in_progress == 1, "the student is asked")
    (record,) = port.settled()
    assert (record.arm, record.outcome, record.failure, record.fallback) == ("student", "client_gone", "", "")
    assert teacher.received == []
    assert port.tally.value(ATTEMPTS, "silent", "student", "serve", "client_gone") == 1


def test_what_the_student_served_is_kept_for_its_audit(port: Port, teacher: Server) -> None:
    """Also where nothing is mirrored; and of a request that fell back, what the teacher said and nothing else."""
    _, record = call(port, "support", STREAM)
    assert (record.request, record.reply) == (STREAM, b"".join(replies.CHAT_STREAM))
    port.records.clear()
    _, record = call(port, "unavailable", STREAM)
    assert record.reply == b"".join(replies.CHAT_STREAM)
    known = port.config
    support = replace(known.routes["support"], audit=Audit(percentage=0))
    port.config = replace(known, routes={**known.routes, "support": support})
    port.records.clear()
    _, record = call(port, "support", STREAM)
    port.config = known
    assert (record.request, record.reply) == (b"", b"")
    assert len(teacher.received) == 1


def test_a_students_dead_connection_is_left_for_a_fresh_one(port: Port, student: Server) -> None:
    """A keep-alive race is no fault to fall back for."""
    for _ in range(2):
        _, record = call(port, "then_close")
        assert (record.arm, record.fallback) == ("student", "")
        port.records.clear()
        until(lambda: student.in_progress == 0, "the student has closed")


def test_completions_too_get_the_students_model(port: Port, student: Server) -> None:
    """And its name alone is new."""
    body = ask(COMPLETIONS, "support", "m")
    call(port, "support", body, COMPLETIONS)
    assert json.loads(student.received[0].body) == {**json.loads(body), "model": "small"}
