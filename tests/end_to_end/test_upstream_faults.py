"""A teacher that fails: the caller gets a clear error or the teacher's own, and a broken stream never looks whole.

Every row runs with the shadow lane on, off and broken, and must serve the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, COMPLETIONS, MESSAGES, RESPONSES, ask, behave
from tests.end_to_end.practicum import Practicum
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Answer


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A fault before the first byte of a reply: what the caller is told, and what is counted."""

    behavior: str
    stream: bool
    status: int
    failure: str
    teacher: str = "good"


BEFORE_ANY_BYTE = [
    Unanswered("good", False, 502, "connect", "refused"),
    Unanswered("good", True, 502, "connect", "refused"),
    Unanswered("good", False, 502, "connect", "blackhole"),
    Unanswered("good", True, 502, "connect", "blackhole"),
    Unanswered("reset", False, 502, "reset"),
    Unanswered("reset", True, 502, "reset"),
    Unanswered("hang_up", False, 502, "reset"),
    Unanswered("hang_up", True, 502, "reset"),
    Unanswered("cut:0", True, 502, "reset"),
    Unanswered("garbage", False, 502, "invalid"),
    Unanswered("silent", False, 504, "total_timeout"),
    Unanswered("silent", True, 504, "first_token_timeout"),
    Unanswered("headers_then_silent", False, 504, "total_timeout"),
    Unanswered("headers_then_silent", True, 504, "first_token_timeout"),
]


def _id(row: Unanswered) -> str:
    return f"{row.teacher}-{row.behavior}-{'stream' if row.stream else 'unary'}"


@pytest.mark.parametrize("row", BEFORE_ANY_BYTE, ids=_id)
def test_a_fault_before_any_byte_is_a_clear_error(service: Practicum, shadow: str, row: Unanswered, mark: str) -> None:
    """Nothing was sent yet, so the status can still say what happened."""
    name = f"{row.teacher}-{shadow}"
    answer = service.call(CHAT, ask(CHAT, name, mark, stream=row.stream), behave(row.behavior))
    assert (answer.status, answer.complete) == (row.status, True)
    assert answer.error()["code"] == f"teacher_{row.failure}"
    assert answer.head.value("x-practicum-arm") == "teacher"
    assert answer.head.value("x-practicum-pair")
    service.counts(1, "requests_total", route=name, outcome="upstream_error")
    service.counts(1, "upstream_attempts_total", route=name, purpose="serve", outcome=row.failure)


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_429_passes_with_its_advice(service: Practicum, shadow: str, stream: bool, mark: str) -> None:
    """Clients wait as long as ``retry-after`` says: losing it turns a full teacher into a stampede."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=stream), behave("status:429"))
    assert (answer.status, answer.body) == (429, replies.ERROR_429)
    assert answer.head.value("retry-after") == "7"
    assert answer.head.value("x-request-id") == "req_429"
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="client_error")
    service.counts(1, "upstream_attempts_total", route=f"good-{shadow}", purpose="serve", outcome="http_error")


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_500_passes_with_its_body(service: Practicum, shadow: str, stream: bool, mark: str) -> None:
    """The teacher's words are what its operators search for."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=stream), behave("status:500"))
    assert (answer.status, answer.body) == (500, replies.ERROR_500)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="upstream_error")


def test_an_empty_200_passes_empty(service: Practicum, shadow: str, mark: str) -> None:
    """A caller that copes with its teacher's silence must not meet an error it never saw."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark), behave("empty"))
    assert (answer.status, answer.body, answer.complete) == (200, b"", True)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="ok")


def test_an_empty_stream_passes_empty(service: Practicum, shadow: str, mark: str) -> None:
    """The same for a stream; it did not come to its end, and that is counted."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=True), behave("empty"))
    assert (answer.status, answer.body, answer.complete) == (200, b"", True)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="truncated")


def test_invalid_json_passes_untouched(service: Practicum, shadow: str, mark: str) -> None:
    """What cannot be parsed can still be passed on; only the comparison needs it parsed."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark), behave("invalid_json"))
    assert (answer.status, answer.body, answer.complete) == (200, b'{"choices": [\xff\x00', True)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="ok")


def test_an_error_as_first_event_passes_untouched(service: Practicum, shadow: str, mark: str) -> None:
    """Servers report overload inside a 200 stream, and SDKs raise on it."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=True), behave("error_event"))
    assert (answer.status, answer.body, answer.complete) == (200, replies.ERROR_EVENT, True)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="truncated")


def test_a_stream_without_its_terminal_event_is_counted(service: Practicum, shadow: str, mark: str) -> None:
    """It ended in HTTP's good order: the caller gets just that, no ``[DONE]`` of ours, and operators a count."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=True), behave("no_done"))
    assert (answer.body, answer.complete) == (b"".join(replies.CHAT_STREAM[:-2]), True)
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="truncated")


BROKEN = [
    ("cut:1", CHAT, "reset"),
    ("cut:4", CHAT, "reset"),
    ("reset_after:3", CHAT, "reset"),
    ("stall:2", CHAT, "stall_timeout"),
    ("cut:2", COMPLETIONS, "reset"),
    ("cut:3", RESPONSES, "reset"),
    ("cut:4", MESSAGES, "reset"),
    ("stall:4", MESSAGES, "stall_timeout"),
    ("trickle:0.4", MESSAGES, "total_timeout"),
]


@pytest.mark.parametrize(("behavior", "path", "failure"), BROKEN, ids=[f"{p}-{b}" for b, p, _ in BROKEN])
def test_a_broken_stream_ends_with_an_error_and_no_end(
    service: Practicum, shadow: str, behavior: str, path: str, failure: str, mark: str
) -> None:
    """Between two events there is room to say so; the missing last chunk tells those who do not read events."""
    body = ask(path, f"good-{shadow}", mark, stream=True)
    answer = service.call(path, body, behave(behavior))
    assert (answer.status, answer.complete) == (200, False)
    pieces = replies.reply_to(path, body).pieces
    count = int(behavior.partition(":")[2]) if "trickle" not in behavior else _passed(answer, pieces)
    prefix = b"".join(pieces[:count])
    assert answer.body.startswith(prefix)
    _assert_error_event(answer.body.removeprefix(prefix), path, f"teacher_{failure}")
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="truncated")
    service.counts(1, "upstream_attempts_total", route=f"good-{shadow}", purpose="serve", outcome=failure)


UNMARKABLE = [("cut_inside:2", True), ("cut_gzip", True), ("cut_short", False)]


@pytest.mark.parametrize(("behavior", "stream"), UNMARKABLE)
def test_what_cannot_carry_an_error_event_is_cut_without_one(
    service: Practicum, shadow: str, behavior: str, stream: bool, mark: str
) -> None:
    """Inside an event, a compressed stream or a JSON body, bytes of ours would be taken for the teacher's."""
    answer = service.call(CHAT, ask(CHAT, f"good-{shadow}", mark, stream=stream), behave(behavior))
    assert (answer.status, answer.complete) == (200, False)
    assert b"error" not in answer.body
    assert b"[DONE]" not in answer.body
    assert answer.body
    service.counts(1, "requests_total", route=f"good-{shadow}", outcome="truncated")
    service.counts(1, "upstream_attempts_total", route=f"good-{shadow}", purpose="serve", outcome="reset")


def test_a_hung_teacher_does_not_slow_another(service: Practicum, teacher: Upstream, mark: str) -> None:
    """Pools are per upstream: forty callers of a silent one leave the others' way free."""
    hung = [service.connect() for _ in range(40)]
    for caller in hung:
        service.begin(caller, CHAT, ask(CHAT, "patient-off", mark), behave("silent"))
    for _ in range(10):
        assert service.call(CHAT, ask(CHAT, "good-off", mark)).body == replies.CHAT
    assert teacher.in_progress == len(hung)
    for caller in hung:
        caller.close()
    service.counts(len(hung), "requests_total", route="patient-off", outcome="client_gone")


def _passed(answer: Answer, pieces: tuple[bytes, ...]) -> int:
    """How many whole pieces came, of a stream that time cut somewhere; at least one."""
    counts = [n for n in range(1, len(pieces)) if answer.body.startswith(b"".join(pieces[:n]))]
    assert counts, answer.body
    return counts[-1]


def _assert_error_event(event: bytes, path: str, code: str) -> None:
    named = path in {MESSAGES, RESPONSES}
    start = b"event: error\ndata: " if named else b"data: "
    assert event.startswith(start), event
    assert event.endswith(b"\n\n"), event
    error = json.loads(event.removeprefix(start))["error"]
    assert error["code"] == code
    assert error["message"]
