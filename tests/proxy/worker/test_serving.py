"""Serving with a real teacher that behaves badly: what the client gets, and the one record that is left."""

from __future__ import annotations

import pytest

from proxy.telemetry.catalog import ATTEMPTS, REQUESTS
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ENDPOINTS, ask
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import Caller, request
from tests.proxy.worker.served import Port
from tests.proxy.worker.teachers import STREAM, UNARY


@pytest.mark.parametrize(
    ("behavior", "body", "outcome", "failure", "status", "complete"),
    [
        ("good", UNARY, "ok", "", 200, True),
        ("good", STREAM, "ok", "", 200, True),
        ("gzipped", STREAM, "ok", "", 200, True),
        ("until_close", STREAM, "ok", "", 200, True),
        ("bare:204", UNARY, "ok", "", 204, True),
        ("redirect", UNARY, "ok", "", 302, True),
        ("empty", UNARY, "ok", "", 200, True),
        ("status:429", STREAM, "client_error", "", 429, True),
        ("status:500", UNARY, "upstream_error", "", 500, True),
        ("reset", STREAM, "upstream_error", "reset", 502, True),
        ("hang_up", UNARY, "upstream_error", "reset", 502, True),
        ("silent", STREAM, "upstream_error", "first_token_timeout", 504, True),
        ("headers_then_silent", STREAM, "upstream_error", "first_token_timeout", 504, True),
        ("silent", UNARY, "upstream_error", "total_timeout", 504, True),
        ("stall:2", STREAM, "truncated", "stall_timeout", 200, False),
        ("cut:2", STREAM, "truncated", "reset", 200, False),
        ("cut_inside:2", STREAM, "truncated", "reset", 200, False),
        ("reset_after:2", STREAM, "truncated", "reset", 200, False),
        ("cut_short", UNARY, "truncated", "reset", 200, False),
        ("cut_gzip", STREAM, "truncated", "reset", 200, False),
        ("no_done", STREAM, "truncated", "truncated", 200, True),
        ("trickle:0.6", STREAM, "truncated", "total_timeout", 200, False),
        ("endless_json", UNARY, "truncated", "total_timeout", 200, False),
    ],
)
def test_each_ending_leaves_one_record(
    port: Port, behavior: str, body: bytes, outcome: str, failure: str, status: int, complete: bool
) -> None:
    """Counted once as a request and once as an attempt, whatever happened; and never complete where it was not."""
    before = sum(port.tally.counters.values())
    answer = port.call(CHAT, body, (("x-behave", behavior),))
    assert (answer.status, answer.complete) == (status, complete)
    (record,) = port.settled()
    assert (record.outcome, record.failure) == (outcome, failure)
    assert answer.head.value("x-practicum-pair") == record.pair
    assert port.tally.value(REQUESTS, "support", "chat_completions", "teacher", outcome) >= 1
    attempt = failure or ("ok" if status < 400 else "http_error")
    assert port.tally.value(ATTEMPTS, "support", "teacher", "serve", attempt) >= 1
    assert sum(port.tally.counters.values()) == before + 2


def test_an_empty_stream_is_passed_on_and_counted_once(port: Port) -> None:
    """A 200 without a byte was answered in good order: nothing of ours may follow."""
    before = sum(port.tally.counters.values())
    answer = port.call(CHAT, STREAM, (("x-behave", "empty"),))
    assert (answer.status, answer.body, answer.complete) == (200, b"", True)
    (record,) = port.settled()
    assert (record.outcome, record.failure) == ("truncated", "truncated")
    assert sum(port.tally.counters.values()) == before + 2


@pytest.mark.parametrize("body", [UNARY, STREAM], ids=["unary", "stream"])
@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_record_has_the_bytes_of_both_sides(port: Port, server: Server, path: str, body: bytes) -> None:
    """As the client sent and got them, which is as the teacher got and sent them."""
    sent = ask(path, "support", "m", stream=body is STREAM)
    answer = port.call(path, sent)
    (record,) = port.settled()
    assert record.request == server.received[0].body == sent
    assert record.reply == answer.body == replies.reply_to(path, sent).body


@pytest.mark.parametrize("leave", [Caller.close, Caller.reset], ids=["close", "reset"])
@pytest.mark.parametrize(("behavior", "begun"), [("silent", False), ("stall:2", True), ("flood", True)])
def test_a_client_that_leaves_stops_the_upstream(
    port: Port, server: Server, behavior: str, begun: bool, leave: object
) -> None:
    """Before the first byte and after it; one record, no failure of the teacher's."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM, (("x-behave", behavior),)))
        if begun:
            assert caller.head().status == 200
        else:
            until(lambda: server.in_progress == 1, "the teacher is asked")
        assert callable(leave)
        leave(caller)
        until(lambda: server.in_progress == 0, "the upstream call is given up")
    (record,) = port.settled()
    assert (record.outcome, record.failure) == ("client_gone", "")


def test_a_client_that_leaves_with_requests_in_line_stops_the_first_and_begins_no_other(
    port: Port, server: Server
) -> None:
    """What is pipelined behind a request was never begun: no call, no record."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM, (("x-behave", "stall:2"),)) + 2 * request("POST", CHAT, UNARY))
        assert caller.head().status == 200
    (record,) = port.settled()
    assert (record.outcome, record.failure) == ("client_gone", "")
    assert len(server.received) == 1
