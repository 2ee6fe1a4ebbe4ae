"""Replies that are held, judged and not served, or served after all: a real worker between real upstreams.

``tests/proxy/worker/test_commit.py`` has the student's faults before and after the commit point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest

from proxy.config.settings import Fallback
from routing.confidence.assurance import Assurance
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import chunk, sized
from tests.end_to_end.upstream import Exchange
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
    end,
    event,
    event_unasked,
    finish,
    fresh,
    raw,
    staged,
    stall,
    tokens,
    unary,
    unasked,
    words,
)

HELD_TOKENS = (SURE,) * TOKENS
ERROR = b'data: {"error": {"message": "the engine died", "type": "x", "param": null, "code": 500}}\n\n'


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


NO_NUMBER = b'{"content": [{"token": "x", "logprob": %s, "top_logprobs": []}]}'


def with_logprobs(logprobs: bytes) -> tuple[Step, ...]:
    """A stream whose tokens have these for log-probabilities."""
    line = event_unasked("word ").replace(b'"logprobs": null', b'"logprobs": ' + logprobs)
    return begin(), raw(line * TOKENS), finish()


def unary_with_logprobs(logprobs: bytes) -> Step:
    """A whole reply with these."""

    async def send(exchange: Exchange) -> None:
        message = b'{"index": 0, "message": {"role": "assistant", "content": "Hm."}, "logprobs": '
        body = b'{"choices": [' + message + logprobs + b', "finish_reason": "stop"}]}'
        await sized(exchange, b"200 OK", body, ((b"Content-Type", b"application/json"),))

    return send


ODD_LOGPROBS = [
    b"null",
    b"[]",
    b'"none"',
    b'{"content": null}',
    b'{"content": [1, 2]}',
    NO_NUMBER % b"NaN",
    NO_NUMBER % b"null",
    NO_NUMBER % b'"-0.1"',
    NO_NUMBER % b"-Infinity",
]


@pytest.mark.parametrize("logprobs", ODD_LOGPROBS)
@pytest.mark.parametrize("body", [UNARY, STREAM], ids=["unary", "stream"])
def test_what_gives_no_log_probabilities_is_not_served(stage: Stage, logprobs: bytes, body: bytes) -> None:
    """Missing, of another shape, or no numbers: nobody can say how sure it was."""
    stage.plays(*(with_logprobs(logprobs) if body is STREAM else (unary_with_logprobs(logprobs),)))
    answer = stage.port.call(CHAT, body)
    assert answer.body == TEACHERS[body]
    assert answer.head.value("x-practicum-fallback") == "no_logprobs"
    (record,) = stage.port.settled()
    assert record.confidence is None


def test_an_unsure_whole_reply_goes_to_the_examiner_and_not_to_the_caller(stage: Stage) -> None:
    """A pair that costs no call: as it came, with its own times."""
    stage.plays(unary("Five?", UNSURE, UNSURE))
    answer = stage.port.call(CHAT, UNARY)
    assert answer.body == TEACHERS[UNARY]
    (record,) = stage.port.settled()
    assert record.confidence == pytest.approx(1 + UNSURE / 5)
    declined = record.declined
    assert declined is not None
    assert (declined.status, declined.content_type, declined.encoding) == (200, "application/json", "")
    assert b"Five?" in declined.reply
    assert b'"top_logprobs"' in declined.reply
    assert declined.first_token is not None
    assert 0 < declined.first_token <= declined.total < record.total


def test_a_prefix_that_is_withdrawn_is_no_whole_reply(stage: Stage) -> None:
    """The student is stopped there, so nobody knows how it would have gone on."""
    stage.plays(begin(), tokens(UNSURE, UNSURE, UNSURE, UNSURE), stall)
    stage.port.call(CHAT, STREAM)
    (record,) = stage.port.settled()
    assert (record.fallback, record.declined) == ("unsure", None)
    assert record.confidence == pytest.approx(1 + UNSURE / 5)


JSON_ASKED = b'"response_format": {"type": "json_object"}, "x_mark"'
TOOLS = b'"tools": [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}], "x_mark"'


@pytest.mark.parametrize(
    ("said", "asked", "reason"),
    [
        (unary("no JSON", SURE), JSON_ASKED, "malformed"),
        (unary("", SURE), b'"x_mark"', "empty"),
        (unary("so and so. " * 200, *[SURE] * 9), b'"x_mark"', "degenerate"),
        (unary("It goes on", SURE, reason="length"), b'"x_mark"', "degenerate"),
        (unary("I'm sorry, but I can't help with that.", SURE), b'"x_mark"', "lost_behavior"),
    ],
)
def test_no_confidence_outweighs_a_hard_rule(stage: Stage, said: Step, asked: bytes, reason: str) -> None:
    """However sure the student was."""
    stage.set(Fallback(hold=HOLD), assurance(unproven=["refusal"]))
    stage.plays(said)
    body = UNARY.replace(b'"x_mark"', asked)
    answer = stage.port.call(CHAT, body)
    assert answer.head.value("x-practicum-fallback") == reason
    (record,) = stage.port.settled()
    assert record.confidence == pytest.approx(1 + SURE / 5)
    assert record.declined is not None


@pytest.mark.parametrize(
    ("opening", "reason"), [("I'm sorry, but I can't help with that. ", "lost_behavior"), ("ha " * 200, "degenerate")]
)
def test_what_shows_at_the_opening_of_a_stream_is_enough(stage: Stage, opening: str, reason: str) -> None:
    """A gained refusal and a loop need no end."""

    async def say(exchange: Exchange) -> None:
        for _ in range(TOKENS):
            await chunk(exchange, event(exchange, opening, SURE))

    stage.set(Fallback(hold=HOLD), assurance(unproven=["refusal"]))
    stage.plays(begin(), say, stall)
    answer = stage.port.call(CHAT, STREAM)
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[STREAM], reason)
    stage.port.settled()


@pytest.mark.parametrize("asked", [JSON_ASKED, TOOLS], ids=["json", "tools"])
def test_a_whole_turn_is_held_to_its_end(stage: Stage, asked: bytes) -> None:
    """A brace too few shows at the end only, and so does doubt that begins late."""
    body = STREAM.replace(b'"x_mark"', asked)
    stage.plays(begin(), tokens(*[SURE] * 50), tokens(*[UNSURE] * 50), finish())
    answer = stage.port.call(CHAT, body)
    assert answer.head.value("x-practicum-arm") == "teacher"
    (record,) = stage.port.settled()
    assert record.fallback == ("malformed" if asked is JSON_ASKED else "unsure")
    assert record.confidence == pytest.approx(1 + (SURE + UNSURE) / 2 / 5)
    assert record.declined is not None
    assert record.declined.reply.count(b'"top_logprobs"') == 100


def test_a_sure_whole_turn_leaves_at_its_end(stage: Stage) -> None:
    """In one piece, and only once the terminal event is there."""
    stage.plays(begin(), tokens(*[SURE] * 50), finish())
    answer = stage.port.call(CHAT, STREAM.replace(b'"x_mark"', TOOLS))
    assert (answer.head.value("x-practicum-arm"), answer.body) == ("student", unasked(*words(50)))
    stage.port.settled()


@pytest.mark.parametrize("http_client", ["own", "aiohttp"])
def test_where_time_runs_out_the_longest_rung_that_is_complete_decides(
    stage: Stage, http_client: Literal["own", "aiohttp"]
) -> None:
    """Three tokens of four: two make a rung. Whichever client it is that waits for more."""
    student = replace(stage.port.config.routes["support"].student, http_client=http_client)
    stage.set(Fallback(hold=replace(HOLD, time=0.4)), assurance(), student=student)
    stage.plays(begin(), tokens(SURE, SURE, UNSURE), stage.student.pause(), finish())
    with stage.port.connect() as caller:
        caller.send(request("POST", CHAT, STREAM))
        head = caller.head()
        stage.student.go.set()
        assert head.value("x-practicum-arm") == "student"
        assert b"".join(caller.pieces(head)) == unasked(*words(3))
    (record,) = stage.port.settled()
    assert record.confidence == pytest.approx(1 + SURE / 5)
    assert record.held >= 0.4


def test_where_time_runs_out_before_any_rung_the_teacher_answers(stage: Stage) -> None:
    """Nothing is certified for less."""
    stage.set(Fallback(hold=replace(HOLD, tokens=40, time=0.1)), assurance())
    stage.plays(begin(), tokens(SURE, SURE, SURE), stall)
    answer = stage.port.call(CHAT, STREAM)
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[STREAM], "uncertified")
    stage.port.settled()


@pytest.mark.parametrize("said", [(begin(), tokens(*[SURE] * 3), stall), (unary("x" * 1500, SURE),)])
def test_more_than_may_be_held_is_the_teachers(stage: Stage, said: tuple[Step, ...]) -> None:
    """A student that floods costs a bounded number of bytes."""
    stage.set(Fallback(hold=replace(HOLD, bytes=700)), assurance())
    stage.plays(*said)
    body = UNARY if len(said) == 1 else STREAM
    answer = stage.port.call(CHAT, body)
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[body], "hold_full")
    stage.port.settled()
    assert stage.port.budget.most <= 700


def test_a_reply_that_is_compressed_all_the_same_cannot_be_judged(stage: Stage) -> None:
    """It was asked for as it is."""

    async def gzipped(exchange: Exchange) -> None:
        fields = ((b"Content-Type", b"application/json"), (b"Content-Encoding", b"gzip"))
        await sized(exchange, b"200 OK", b"\x1f\x8b", fields)

    stage.plays(gzipped)
    answer = stage.port.call(CHAT, UNARY, (("accept-encoding", "gzip"),))
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[UNARY], "invalid")
    assert stage.student.received[0].values("accept-encoding") == [b"identity"]
    stage.port.settled()


@pytest.mark.parametrize(
    ("fallback", "judged_by"),
    [
        (Fallback(promise="none", hold=HOLD), None),
        (Fallback(hold=HOLD), assurance(silent=["chat_completions"])),
        (Fallback(hold=replace(HOLD, tokens=0)), None),
    ],
    ids=["promise_none", "silent", "hold_nothing"],
)
def test_where_no_confidence_is_asked_for_the_hard_rules_alone_hold(
    stage: Stage, fallback: Fallback, judged_by: Assurance | None
) -> None:
    """The student is asked for nothing more than its caller asked for, and an opening is looked at all the same."""
    stage.set(fallback, judged_by)
    stage.plays(begin(), tokens(*[UNSURE] * 6), finish())
    answer = stage.port.call(CHAT, STREAM)
    assert (answer.head.value("x-practicum-arm"), answer.body) == ("student", unasked(*words(6)))
    assert b"logprobs" not in stage.student.received[0].body
    (record,) = stage.port.settled()
    assert (record.confidence, record.fallback) == (None, "")
    stage.port.records.clear()
    stage.plays(begin(), raw(ERROR), raw(replies.DONE), end())
    answer = stage.port.call(CHAT, STREAM)
    assert (answer.body, answer.head.value("x-practicum-fallback")) == (TEACHERS[STREAM], "error_event")
    stage.port.settled()
