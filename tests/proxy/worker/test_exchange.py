"""The bookkeeping of one exchange: how it is said to have ended, and what of it is kept."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest
from msgspec import structs

from proxy.config.moving import Step
from proxy.config.settings import Audit, Mirror, Upstream
from proxy.config.slice_rules import SliceRule, When
from proxy.telemetry.catalog import ATTEMPTS
from proxy.telemetry.tally import Tally
from proxy.upstream import Headers
from proxy.worker.counting import Counting
from proxy.worker.exchange import Ask, Exchange
from routing.decision import Decision, Reason
from routing.fallback import FallbackReason
from routing.observation import Arm, Failure
from routing.traits import Endpoint, Slice
from tests.proxy.worker.served import config

EVENTS: Headers = ((b"content-type", b"text/event-stream; charset=utf-8"),)
JSON: Headers = ((b"content-type", b"application/json"),)
DONE = b"data: {}\n\ndata: [DONE]\n\n"
ROUTE = config(Upstream("http://teacher/v1")).routes["support"]
ASK = Ask(
    pair="p1",
    route=ROUTE,
    endpoint=Endpoint.CHAT,
    method="POST",
    target="/chat/completions?x=1",
    headers=(),
    fields={},
    body=b'{"model":"support"}',
    model="support",
    stream=True,
    store=True,
    decision=Decision(Arm.TEACHER, Reason.WEIGHT_ZERO),
    started=1000.0,
)


def begun(ask: Ask = ASK, status: int = 200, headers: Headers = EVENTS) -> Exchange:
    """An exchange whose reply's head is there."""
    exchange = Exchange(ask)
    exchange.head(status, headers)
    return exchange


@pytest.mark.parametrize(
    ("status", "failure", "body", "gone", "outcome"),
    [
        (200, None, True, False, "ok"),
        (204, None, False, False, "ok"),
        (302, None, True, False, "ok"),
        (400, None, True, False, "client_error"),
        (429, None, True, False, "client_error"),
        (500, None, True, False, "upstream_error"),
        (599, None, False, False, "upstream_error"),
        (0, Failure.CONNECT, False, False, "upstream_error"),
        (0, Failure.FIRST_TOKEN_TIMEOUT, False, False, "upstream_error"),
        (200, Failure.FIRST_TOKEN_TIMEOUT, False, False, "upstream_error"),
        (200, Failure.STALL_TIMEOUT, True, False, "truncated"),
        (200, Failure.TRUNCATED, True, False, "truncated"),
        (200, Failure.TRUNCATED, False, False, "truncated"),
        (500, Failure.RESET, True, False, "truncated"),
        (0, None, False, True, "client_gone"),
        (200, None, True, True, "client_gone"),
        (200, Failure.RESET, True, True, "client_gone"),
    ],
)
def test_each_ending_has_one_name(status: int, failure: Failure | None, body: bool, gone: bool, outcome: str) -> None:
    """A closed set: alerts are written against it."""
    exchange = begun(status=status)
    if body:
        exchange.body(b"x", 1001.0)
    exchange.failure, exchange.client_gone = failure, gone
    assert exchange.outcome == outcome
    assert exchange.record(1002.0).outcome == outcome
    assert exchange.record(1002.0).failure == (failure or "")


@pytest.mark.parametrize(
    ("headers", "status", "body", "failure"),
    [
        (EVENTS, 200, DONE, None),
        (EVENTS, 200, b"data: {}\n\n", Failure.TRUNCATED),
        (EVENTS, 429, b"data: {}\n\n", None),
        (JSON, 200, b"{}", None),
        ((*EVENTS, (b"content-encoding", b"gzip")), 200, b"\x1f\x8b", None),
    ],
    ids=["terminated", "cut", "an-error", "unary", "compressed"],
)
def test_a_stream_needs_its_terminal_event(headers: Headers, status: int, body: bytes, failure: Failure | None) -> None:
    """A stream cut by a proxy on the way ends as cleanly as a whole one; what cannot be read is not judged."""
    exchange = begun(status=status, headers=headers)
    exchange.body(body, 1001.0)
    exchange.finish()
    assert exchange.failure is failure


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ((b"data: 1\n\n",), True),
        ((b"data: 1\r\n\r\n",), True),
        ((b"data: 1\r\r",), True),
        ((b"data: 1\n", b"\n"), True),
        ((b"data: 1\r", b"\n", b"\r", b"\n"), True),
        ((b"data: 1\r\n\r", b"\n"), True),
        ((b"data: 1\n\ndata: 2",), False),
        ((b"data: 1\n\n", b"d"), False),
        ((b"data: 1\n",), False),
        ((b"data: 1\r\n",), False),
        ((b"data: 1\r\n\r",), False),
        ((), False),
    ],
)
def test_an_event_of_ours_follows_only_a_whole_one(chunks: tuple[bytes, ...], expected: bool) -> None:
    """Written into the middle of an event it would be read as the model's text."""
    exchange = begun()
    for chunk in chunks:
        exchange.body(chunk, 1001.0)
    assert exchange.at_event_border is expected


@pytest.mark.parametrize("headers", [JSON, (*EVENTS, (b"content-encoding", b"br"))], ids=["unary", "compressed"])
def test_no_event_of_ours_follows_what_is_no_readable_stream(headers: Headers) -> None:
    """Plain bytes behind compressed ones are garbage."""
    exchange = begun(headers=headers)
    exchange.body(b"data: 1\n\n", 1001.0)
    assert not exchange.at_event_border


def test_the_gaps_of_a_stream_are_kept_up_to_a_bound() -> None:
    """A stream of a million tokens must not make a record of megabytes."""
    exchange = begun()
    for number in range(3000):
        exchange.body(b"x", 1001.0 + number / 4)
    record = exchange.record(2000.0)
    assert record.gaps == [0.25] * 1024
    assert record.first_token == 1.0


def test_a_unary_reply_has_no_gaps() -> None:
    """Its pieces are TCP's, not the model's."""
    exchange = begun(structs.replace(ASK, stream=False), headers=JSON)
    for _ in range(3):
        exchange.body(b"x", 1001.0)
    assert exchange.record(1002.0).gaps == []


@pytest.mark.parametrize(("size", "oversized"), [(9, False), (10, False), (11, True), (50, True)])
def test_a_reply_is_kept_up_to_a_bound(size: int, oversized: bool) -> None:
    """Beyond it nothing is kept: half a reply would be compared as if it were one."""
    route = replace(ROUTE, mirror=Mirror(max_reply=10))
    exchange = begun(structs.replace(ASK, route=route))
    for _ in range(size):
        exchange.body(b"x", 1001.0)
    record = exchange.record(1002.0)
    assert (record.oversized, record.reply) == (oversized, b"" if oversized else b"x" * size)


@pytest.mark.parametrize(
    ("mirror", "endpoint", "kept"),
    [
        (Mirror(), Endpoint.CHAT, True),
        (Mirror(percentage=0), Endpoint.CHAT, False),
        (Mirror(percentage=0, slices={"math": 5.0}), Endpoint.CHAT, True),
        (Mirror(percentage=0, slices={"math": 0.0}), Endpoint.CHAT, False),
        (Mirror(), Endpoint.OTHER, False),
    ],
)
def test_what_nobody_compares_is_not_kept(mirror: Mirror, endpoint: Endpoint, kept: bool) -> None:
    """A file upload of gigabytes must not be copied to the examiner."""
    exchange = begun(structs.replace(ASK, route=replace(ROUTE, mirror=mirror), endpoint=endpoint))
    exchange.body(DONE, 1001.0)
    record = exchange.record(1002.0)
    assert (record.request, record.reply) == ((ASK.body, DONE) if kept else (b"", b""))


@pytest.mark.parametrize(
    ("arm", "audited", "steps", "kept"),
    [
        (Arm.STUDENT, 2.0, (), True),
        (Arm.STUDENT, 0.0, (), False),
        (Arm.TEACHER, 2.0, (), False),
        (Arm.TEACHER, 0.0, (Step(set_mirror=5.0),), True),
        (Arm.TEACHER, 0.0, (Step(set_weight=5.0), Step(set_mirror=0.0)), False),
    ],
)
def test_what_is_audited_or_may_yet_be_mirrored_is_kept(
    arm: Arm, audited: float, steps: tuple[Step, ...], kept: bool
) -> None:
    """The examiner has the last word on what it compares, and cannot compare what was not handed over."""
    rollout = replace(ROUTE.rollout, steps=steps)
    route = replace(ROUTE, mirror=Mirror(percentage=0), audit=Audit(audited), rollout=rollout)
    exchange = begun(structs.replace(ASK, route=route, decision=Decision(arm, Reason.WITHIN_WEIGHT)))
    exchange.body(DONE, 1001.0)
    assert exchange.record(1002.0).reply == (DONE if kept else b"")


def test_a_whole_reply_that_was_turned_down_is_handed_over_with_the_one_in_its_place() -> None:
    """Also where nothing is mirrored and nothing audited: comparing the two costs nobody a call."""
    route = replace(ROUTE, mirror=Mirror(percentage=0), audit=Audit(0.0))
    decision = Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, 7, Slice.MATH)
    exchange = begun(structs.replace(ASK, route=route, decision=decision), 200, JSON)
    exchange.decline(b"unsure", 1000.5, 1000.75)
    exchange.fall_back(FallbackReason.UNSURE)
    exchange.head(200, EVENTS)
    exchange.body(DONE, 1001.0)
    record = exchange.record(1002.0)
    assert (record.request, record.reply) == (ASK.body, DONE)
    assert record.declined is not None
    assert (record.declined.reply, record.declined.content_type) == (b"unsure", "application/json")


def test_a_fallback_leaves_nothing_of_the_student_but_why() -> None:
    """Who answered is in the record, with the reason of the decision and that of the fallback."""
    decision = Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, 7, Slice.MATH)
    exchange = begun(structs.replace(ASK, decision=decision), 503, (*JSON, (b"content-encoding", b"gzip")))
    tally = Tally()
    counting = Counting(tally)
    exchange.failure = Failure.RESET
    counting.count_attempt(exchange)
    exchange.fall_back(FallbackReason.RESET)
    exchange.head(200, EVENTS)
    exchange.body(DONE, 1001.0)
    exchange.finish()
    record = exchange.record(1002.0)
    assert (record.arm, record.reason, record.fallback) == ("teacher", "within_weight", "reset")
    assert (record.status, record.failure, record.outcome, record.encoding) == (200, "", "ok", "")
    assert (record.content_type, record.slice) == ("text/event-stream; charset=utf-8", "math")
    counting.count(exchange, record)
    assert tally.value(ATTEMPTS, "support", "student", "serve", "reset") == 1
    assert tally.value(ATTEMPTS, "support", "teacher", "fallback", "ok") == 1


def test_the_slice_that_the_caller_named_is_the_records() -> None:
    """It was the one decided by, too."""
    decision = Decision(Arm.TEACHER, Reason.ABOVE_WEIGHT, 7, Slice.CODE)
    assert begun(structs.replace(ASK, slice=Slice.CODE)).record(1002.0).slice == "code"
    assert begun(structs.replace(ASK, decision=decision)).record(1002.0).slice == "code"
    assert begun().record(1002.0).slice == ""


def test_a_record_says_which_conditions_on_headers_hold() -> None:
    """The examiner sees no headers, and must not: only what the rules ask about them."""
    rules = tuple(SliceRule("code", When(header=header)) for header in ("x-team=ide", "x-team=web", "x-key"))
    headers = ((b"x-team", b"ide"), (b"x-key", b"secret"))
    record = begun(
        structs.replace(ASK, route=replace(ROUTE, slices=rules), headers=headers, fields=dict(headers))
    ).record(1002.0)
    assert record.met == ["x-team=ide", "x-key"]
    assert begun(structs.replace(ASK, headers=headers, fields=dict(headers))).record(1002.0).met == []


def test_a_record_says_what_was_asked_and_what_came() -> None:
    """Everything the examiner will ever know of this exchange."""
    headers = (
        (b"x-practicum-mirror", b"off"),
        (b"x-practicum-conversation", b"caf\xe9"),
        (b"traceparent", b"00-0a-0b-01"),
    )
    ask = structs.replace(ASK, headers=headers, fields=dict(headers), store=False)
    exchange = begun(ask, 429, (*JSON, (b"content-encoding", b"gzip")))
    exchange.body(b"\x1f\x8b", 1000.5)
    record = exchange.record(1002.0)
    assert (record.pair, record.route, record.endpoint, record.path) == (
        "p1",
        "support",
        "chat_completions",
        "/chat/completions?x=1",
    )
    assert (record.arm, record.reason, record.status) == ("teacher", "weight_zero", 429)
    assert (record.content_type, record.encoding) == ("application/json", "gzip")
    assert (record.mirror, record.store, record.conversation) == (False, False, "café")
    assert record.traceparent == "00-0a-0b-01"
    assert (record.first_token, record.total) == (0.5, 2.0)
    assert abs(record.started + 2.0 - time.time()) < 1.0


def test_time_spent_on_the_upstream_is_not_overhead() -> None:
    """Also where it fails: what is left is the proxy's own."""

    async def late() -> bytes:
        await asyncio.sleep(0.05)
        raise ConnectionResetError

    exchange = begun(structs.replace(ASK, started=time.monotonic()))
    with pytest.raises(ConnectionResetError):
        asyncio.run(exchange.wait(late()))
    record = exchange.record(time.monotonic())
    assert round(record.total - record.overhead, 2) >= 0.05
    assert exchange.record(0.0).overhead == 0.0  # never negative
