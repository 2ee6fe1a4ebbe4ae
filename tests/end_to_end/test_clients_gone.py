"""A caller that leaves takes its upstream call with it: nobody pays for tokens that nobody reads."""

from __future__ import annotations

import itertools

import pytest

from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask, behave
from tests.end_to_end.practicum import Practicum, until
from tests.end_to_end.upstream import Upstream
from tests.end_to_end.wire import Caller

LEAVE = {"FIN": Caller.close, "RST": Caller.reset}


@pytest.fixture(params=list(LEAVE))
def leave(request: pytest.FixtureRequest) -> str:
    """In good order or not: the proxy must notice both."""
    return str(request.param)


@pytest.mark.parametrize("tokens", [0, 1, 4])
def test_a_caller_gone_cancels_its_upstream_call(
    service: Practicum, teacher: Upstream, shadow: str, leave: str, tokens: int, mark: str
) -> None:
    """Before the first token, after it, and later."""
    abandoned = teacher.abandoned
    with service.connect() as caller:
        behavior = f"stall:{tokens}" if tokens else "silent"
        service.begin(caller, CHAT, ask(CHAT, f"patient-{shadow}", mark, stream=True), behave(behavior))
        until(lambda: teacher.in_progress == 1, "the teacher works on it")
        if tokens:
            _read(caller, b"".join(replies.CHAT_STREAM[:tokens]))
        LEAVE[leave](caller)
    until(lambda: teacher.in_progress == 0, "the teacher's work is cancelled", 3)
    assert teacher.abandoned == abandoned + 1
    service.counts(1, "requests_total", route=f"patient-{shadow}", outcome="client_gone")
    service.counts(1, "upstream_attempts_total", route=f"patient-{shadow}", purpose="serve", outcome="client_gone")


def test_a_unary_caller_gone_cancels_its_upstream_call(
    service: Practicum, teacher: Upstream, leave: str, mark: str
) -> None:
    """A unary reply costs as many tokens as a stream."""
    abandoned = teacher.abandoned
    with service.connect() as caller:
        service.begin(caller, CHAT, ask(CHAT, "patient-on", mark), behave("slow:60"))
        until(lambda: teacher.in_progress == 1, "the teacher works on it")
        LEAVE[leave](caller)
    until(lambda: teacher.in_progress == 0, "the teacher's work is cancelled", 3)
    assert teacher.abandoned == abandoned + 1
    service.counts(1, "requests_total", route="patient-on", outcome="client_gone")


def test_a_caller_gone_amid_its_own_request_is_counted(service: Practicum, teacher: Upstream, mark: str) -> None:
    """Half an upload: no upstream hears of it."""
    body = ask(CHAT, "good-on", mark)
    with service.connect() as caller:
        service.begin(caller, CHAT, body[:20], (("Content-Length", str(len(body))),))
        until(lambda: service.total("requests_in_flight") == 1, "the request is in flight")
        caller.reset()
    service.counts(1, "requests_total", outcome="client_gone")
    assert teacher.seen(mark) == []


def test_a_caller_that_never_reads_is_given_up(service: Practicum, teacher: Upstream, mark: str) -> None:
    """Connections of the dead must end: a total time bounds the reply also while its reader stands still."""
    abandoned = teacher.abandoned
    with service.connect() as caller:
        service.begin(caller, CHAT, ask(CHAT, "good-off", mark, stream=True), behave("flood"))
        caller.head()
        until(lambda: teacher.abandoned == abandoned + 1, "the upstream call is given up", 10)
    service.counts(1, "requests_total", route="good-off", outcome="client_gone")


def test_many_callers_gone_leave_nothing(service: Practicum, teacher: Upstream, mark: str) -> None:
    """Sixty at once, at every stage of a stream."""
    callers = [service.connect() for _ in range(60)]
    for caller, tokens in zip(callers, itertools.cycle(range(1, 5))):
        service.begin(caller, CHAT, ask(CHAT, "patient-on", mark, stream=True), behave(f"stall:{tokens}"))
    until(lambda: teacher.in_progress == len(callers), "all are being answered")
    for caller, leave in zip(callers, itertools.cycle(LEAVE.values())):
        leave(caller)
    until(lambda: teacher.in_progress == 0, "all upstream calls are cancelled")
    service.counts(len(callers), "requests_total", route="patient-on", outcome="client_gone")


def _read(caller: Caller, expected: bytes) -> None:
    got = b""
    for piece in caller.pieces(caller.head()):
        got += piece
        if len(got) >= len(expected):
            break
    assert got == expected
