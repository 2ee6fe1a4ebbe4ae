"""What a client gets of a teacher that fails: a clean error before the first byte, an honest end after it."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, COMPLETIONS, MESSAGES, RESPONSES, ask
from tests.end_to_end.wire import request
from tests.proxy.worker.served import Port
from tests.proxy.worker.teachers import STALL, STREAM, UNARY, named


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
