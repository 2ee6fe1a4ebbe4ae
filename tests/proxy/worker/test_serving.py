"""Serving with a real teacher that behaves badly: what the client gets, and the one record that is left."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from proxy.config.settings import Mirror, Upstream
from proxy.telemetry.catalog import ATTEMPTS, REQUESTS
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, COMPLETIONS, ENDPOINTS, MESSAGES, RESPONSES, ask
from tests.end_to_end.behaviors import BEHAVIORS, HUGE, begin_chunked, chunk
from tests.end_to_end.practicum import free_port, until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.end_to_end.wire import Caller, request
from tests.proxy.worker.served import Port, config, with_route

STALL, TOTAL = 0.4, 1.0
UNARY = ask(CHAT, "support", "m")
STREAM = ask(CHAT, "support", "m", stream=True)


async def endless_json(exchange: Exchange) -> None:
    """A unary reply that never ends and never pauses: only the total time bounds it."""
    await begin_chunked(exchange, b"application/json")
    while True:
        await chunk(exchange, b" " * 1000)


async def crlf_then_cut(exchange: Exchange) -> None:
    """A stream of events under CRLF, whose last border comes in two pieces before it breaks off."""
    await begin_chunked(exchange, replies.SSE_TYPE)
    await chunk(exchange, b'data: {"choices": []}\r\n\r')
    await chunk(exchange, b"\n")
    exchange.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """The teacher, asked by header to misbehave."""
    with Server({**BEHAVIORS, "endless_json": endless_json, "crlf_then_cut": crlf_then_cut}) as running:
        yield running


@pytest.fixture(scope="module")
def shared(server: Server) -> Iterator[Port]:
    """Routes: ``support`` with short limits, ``renamed``, ``keyed``, and ``dead`` where nobody listens."""
    teacher = Upstream(server.url(), None, None, 0.5, STALL, STALL, TOTAL)
    known = config(teacher, mirror=Mirror(max_reply=100_000))
    known = with_route(known, "renamed", replace(teacher, model="gpt-large"))
    known = with_route(known, "keyed", replace(teacher, api_key_env="TEACHER_KEY"))
    known = with_route(known, "patient", replace(teacher, total_timeout=60.0))
    known = with_route(known, "dead", replace(teacher, base_url=f"http://127.0.0.1:{free_port()}/v1"))
    with Port(known, TEACHER_KEY="ours") as port:
        yield port


@pytest.fixture
def port(shared: Port, server: Server) -> Iterator[Port]:
    """The port without memory of other tests; nothing may be left in flight."""
    shared.records.clear()
    server.received.clear()
    yield shared
    until(lambda: server.in_progress == 0, "no upstream works for nobody")


def named(body: bytes, route: str) -> bytes:
    """The same request for another route."""
    return body.replace(b'"support"', f'"{route}"'.encode())


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
        ("trickle:0.2", STREAM, "truncated", "total_timeout", 200, False),
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


@pytest.mark.parametrize(
    ("behavior", "words"),
    [
        ("reset", "closed the connection"),
        ("silent", f"first_token_timeout, {STALL:g} s"),
        ("headers_then_silent", f"first_token_timeout, {STALL:g} s"),
    ],
)
def test_before_the_first_byte_a_failure_is_a_clean_error(port: Port, behavior: str, words: str) -> None:
    """With the limit that was missed, and on a connection that is good for another request."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM, (("x-behave", behavior),)))
        answer = caller.answer()
        assert words in str(answer.error()["message"])
        assert str(answer.error()["code"]).startswith("teacher_")
        assert answer.head.value("x-practicum-arm") == "teacher"
        caller.send(request("POST", CHAT, UNARY))
        assert caller.answer().body == replies.CHAT


def test_a_teacher_that_is_not_there_is_named_as_such(port: Port) -> None:
    """The limit is in the message, the address is not: it is nobody's business."""
    answer = port.call(CHAT, named(UNARY, "dead"))
    assert (answer.status, answer.error()["code"]) == (502, "teacher_connect")
    assert "The teacher of dead could not be reached within connect_timeout, 0.5 s" in str(answer.error()["message"])
    assert b"127.0.0.1" not in answer.body


@pytest.mark.parametrize(
    ("path", "named_event"), [(CHAT, False), (COMPLETIONS, False), (RESPONSES, True), (MESSAGES, True)]
)
@pytest.mark.parametrize(("behavior", "code"), [("cut:2", "teacher_reset"), ("stall:2", "teacher_stall_timeout")])
def test_after_the_first_byte_a_failure_is_an_event_in_the_endpoints_dialect(
    port: Port, path: str, named_event: bool, behavior: str, code: str
) -> None:
    """What came stays as it was; then an error that the endpoint's clients see; and no end."""
    answer = port.call(path, ask(path, "support", "m", stream=True), (("x-behave", behavior),))
    came = b"".join(replies.reply_to(path, STREAM).pieces[:2])
    assert answer.body.startswith(came)
    event = answer.body[len(came) :]
    head = b"event: error\ndata: " if named_event else b"data: "
    assert event.startswith(head)
    assert event.endswith(b"}\n\n")
    error = json.loads(event[len(head) :])
    assert (error["type"], error["error"]["code"]) == ("error", code)
    assert not answer.complete


def test_an_error_event_follows_a_border_that_came_in_pieces(port: Port) -> None:
    """CRLF, cut by the network in the middle."""
    answer = port.call(CHAT, STREAM, (("x-behave", "crlf_then_cut"),))
    assert b'\r\n\r\ndata: {"type":"error"' in answer.body
    assert not answer.complete


@pytest.mark.parametrize(("behavior", "body"), [("cut_inside:2", STREAM), ("cut_gzip", STREAM), ("cut_short", UNARY)])
def test_no_event_is_written_where_none_can_be_read(port: Port, behavior: str, body: bytes) -> None:
    """Inside an event, behind compressed bytes, in a JSON body: the closed connection has to say it."""
    answer = port.call(CHAT, body, (("x-behave", behavior),))
    assert b"teacher_reset" not in answer.body
    assert not answer.complete


@pytest.mark.parametrize("body", [UNARY, STREAM], ids=["unary", "stream"])
@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_record_has_the_bytes_of_both_sides(port: Port, server: Server, path: str, body: bytes) -> None:
    """As the client sent and got them, which is as the teacher got and sent them."""
    sent = ask(path, "support", "m", stream=body is STREAM)
    answer = port.call(path, sent)
    (record,) = port.settled()
    assert record.request == server.received[0].body == sent
    assert record.reply == answer.body == replies.reply_to(path, sent).body


@pytest.mark.parametrize("path", ENDPOINTS)
def test_the_teacher_is_asked_for_the_model_it_knows(port: Port, server: Server, path: str) -> None:
    """Nothing else of the body changes, and the record keeps what the client wrote."""
    sent = named(ask(path, "support", "m"), "renamed")
    port.call(path, sent)
    got = json.loads(server.received[0].body)
    assert got == {**json.loads(sent), "model": "gpt-large"}
    assert b'"x_n":1.50e0' in server.received[0].body.replace(b" ", b"")
    assert port.settled()[0].request == sent


def test_another_endpoints_body_is_never_rewritten(port: Port, server: Server) -> None:
    """It may be anything."""
    sent = named(UNARY, "renamed")
    port.call("/v1/embeddings", sent)
    assert server.received[0].body == sent


def test_the_teacher_gets_the_key_configured_for_it(port: Port, server: Server) -> None:
    """And not the client's."""
    port.call(CHAT, named(UNARY, "keyed"), (("authorization", "Bearer client"),))
    port.call(CHAT, UNARY, (("authorization", "Bearer client"),))
    keyed, open_ = server.received
    assert (keyed.values("authorization"), open_.values("authorization")) == ([b"Bearer ours"], [b"Bearer client"])


def test_a_reply_beyond_the_bound_is_served_whole_and_not_kept(port: Port) -> None:
    """The bound is the examiner's, not the client's."""
    answer = port.call(CHAT, named(UNARY, "patient"), (("x-behave", "huge"),))
    assert len(answer.body) == HUGE
    (record,) = port.settled()
    assert (record.oversized, record.reply) == (True, b"")


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


def stands_still(server: Server) -> int:
    """How much the upstream had sent when it had stopped sending for longer than the stall timeout."""
    seen = [server.sent]

    def still() -> bool:
        seen.append(server.sent)
        return len(seen) > 60 and len(set(seen[-60:])) == 1  # asked every 20 ms

    until(still, "the upstream stops sending")
    return seen[-1]


def held_by_the_kernel(*ports: int) -> int:
    """Bytes in the queues of this machine's TCP connections with these ports at either end: written, and not read."""
    held, wanted = 0, {f"{port:04X}" for port in ports}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        if {local.rpartition(":")[2], remote.rpartition(":")[2]} & wanted:
            held += sum(int(queue, 16) for queue in queues.split(":"))
    return held


def test_a_slow_reader_slows_the_upstream_and_stalls_nobody(port: Port, server: Server) -> None:
    """What it does not read waits at the teacher, for longer than a stall may take; then everything comes.

    The kernel's queues are no proxy's buffers: of a fast start it holds up to tcp_rmem, 32 MB here.
    """
    until(lambda: server.in_progress == 0, "no flood is left of the tests before")
    before = server.sent
    with port.connect() as caller:
        caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)  # or the kernel takes up to 32 MB for it
        caller.send(request("POST", CHAT, named(STREAM, "patient"), (("x-behave", "flood"),)))
        head = caller.head()
        sent = stands_still(server) - before
        kernel = held_by_the_kernel(caller.socket.getpeername()[1], urlsplit(server.url()).port or 0)
        assert sent - kernel < 2 * 2**20
        pieces = caller.pieces(head)
        assert sum(len(next(pieces)) for _ in range(300)) > 300 * 60_000
    (record,) = port.settled()
    assert (record.outcome, record.failure, record.oversized) == ("client_gone", "", True)


def test_a_client_that_never_reads_is_given_up_after_the_total(port: Port, server: Server) -> None:
    """It is the client who is at fault, and the record says so."""
    with port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM, (("x-behave", "flood"),)))
        until(lambda: server.in_progress == 1, "the teacher is asked")
        (record,) = port.settled()
        assert (record.outcome, record.failure) == ("client_gone", "")
        assert round(record.total, 1) >= TOTAL  # the loop's clock ticks in milliseconds
