"""What a caller gets, byte for byte, for each fault of a student's: ``python -m benchmarks.fallback_captures``.

A real worker on the loopback between a student that does what the title says and a teacher that answers well. Four
tokens of a stream are held. After every capture stands what the record says of it. It refuses to judge; the tests of
the same faults do (``tests/proxy/worker/test_commit.py``, ``tests/end_to_end/test_fallback*.py``).
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from proxy.config.settings import Fallback
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT
from tests.end_to_end.behaviors import begin_chunked, chunk
from tests.end_to_end.practicum import free_port, until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.wire import Fields, request
from tests.proxy.worker.students import (
    HOLD,
    STREAM,
    SURE,
    TOKENS,
    UNARY,
    UNSURE,
    Stage,
    Step,
    assurance,
    begin,
    cut,
    end,
    event_unasked,
    finish,
    fresh,
    raw,
    staged,
    stall,
    tokens,
    unary,
)

AT_ONCE = 64
_CLOSE: Fields = (("connection", "close"),)
_ERROR = b'data: {"error": {"message": "EngineDeadError", "type": "InternalServerError", "code": 500}}\n\n'
_HELD = tokens(*[SURE] * TOKENS)
_SPARE = Fallback(hold=HOLD, teacher_unavailable="serve_student")
_PLAIN = Fallback(hold=HOLD)
_BOUND = 200_000  # bytes that all holds may take in the capture of many at once


@dataclass(frozen=True, slots=True)
class Fault:
    """One capture: what the student does, and whether the teacher is there."""

    title: str
    steps: tuple[Step, ...]
    body: bytes = STREAM
    fallback: Fallback = _PLAIN
    teacher: bool = True
    pause: bool = False  # once the hold is complete, the student waits until its caller has the first bytes
    headers: Fields = ()


def _with_logprobs(logprobs: bytes) -> tuple[Step, ...]:
    line = event_unasked("word ").replace(b'"logprobs": null', b'"logprobs": ' + logprobs)
    return begin(), raw(line * TOKENS), finish()


_BEGUN = (begin(), tokens(SURE, SURE))
_COMMITTED = (begin(), _HELD)
_DIES = (raw(_ERROR), raw(replies.DONE), end())
_NAN = b'{"content": [{"token": "x", "logprob": NaN, "top_logprobs": []}]}'
_ODD = b'{"content": [1, "2", {"logprob": "-0.1"}]}'
_DOUBT = (unary("Five?", UNSURE),)
_SHORT = (begin(), tokens(UNSURE, UNSURE), finish())
_ALONE = "while the teacher is down; teacher_unavailable:"

FAULTS = (
    Fault("does nothing wrong: a sure stream", (*_COMMITTED, tokens(SURE, start=TOKENS), finish())),
    Fault("is unsure", (begin(), tokens(SURE, UNSURE, SURE, SURE), stall)),
    Fault("stalls before the commit point", (*_BEGUN, stall)),
    Fault("stalls at the commit point", (*_COMMITTED, stall)),
    Fault("stalls after the commit point", (*_COMMITTED, tokens(SURE, start=TOKENS), stall), pause=True),
    Fault("sends text, then an error, before the commit point", (*_BEGUN, *_DIES)),
    Fault("sends text, then an error and [DONE], after the commit point", (*_COMMITTED, *_DIES), pause=True),
    Fault("sends [DONE] early, before the commit point", (*_BEGUN, raw(replies.DONE), end())),
    Fault("sends [DONE] early, after the commit point", (*_COMMITTED, raw(replies.DONE), end()), pause=True),
    Fault("ends without an end, after the commit point", (*_COMMITTED, end()), pause=True),
    Fault("breaks its connection after the commit point", (*_COMMITTED, cut), pause=True),
    Fault("gives no log-probabilities", _with_logprobs(b"null")),
    Fault("gives log-probabilities of another shape", _with_logprobs(_ODD)),
    Fault("gives NaN for log-probabilities", _with_logprobs(_NAN)),
    Fault(f"is unsure {_ALONE} error", _DOUBT, UNARY, teacher=False),
    Fault(f"is unsure {_ALONE} serve_student", _DOUBT, UNARY, _SPARE, teacher=False),
    Fault(
        f"is unsure in a stream that ends within the hold, {_ALONE} serve_student",
        _SHORT,
        STREAM,
        _SPARE,
        teacher=False,
    ),
    Fault(f"breaks its connection {_ALONE} serve_student (both are down)", (cut,), UNARY, _SPARE, teacher=False),
    Fault("is unsure while the teacher has all it may have", _DOUBT, UNARY, replace(_PLAIN, teacher_concurrency=1)),
    Fault("is slow, and the teacher is started beside it", (*_BEGUN, stall), STREAM, replace(_PLAIN, hedge_after=0.05)),
)


def main() -> None:
    """Print them all."""
    with staged() as stage:
        for fault in FAULTS:
            with fresh(stage):
                _say(f"The student {fault.title}", _captured(stage, fault), _recorded(stage))
        with fresh(stage):
            _say("The client leaves during a hold, with a hedge under way", *_left(stage))
        with fresh(stage):
            _say(f"{AT_ONCE} students at once that never stop, {_BOUND} bytes for all of them", *_flooded(stage))


def _captured(stage: Stage, fault: Fault) -> str:
    known = stage.port.config.routes["support"].teacher
    nobody = replace(known, base_url=f"http://127.0.0.1:{free_port()}/v1")
    stage.set(fault.fallback, assurance(), teacher=known if fault.teacher else nobody)
    held, rest = fault.steps[:2], fault.steps[2:]
    stage.plays(*((*held, stage.student.pause(), *rest) if fault.pause else fault.steps))
    with ExitStack() as stack:
        if fault.fallback.teacher_concurrency == 1:
            stack.enter_context(stage.port.guard.entered(stage.port.config.routes["support"]))
        return "".join(_received(stage, fault))


def _received(stage: Stage, fault: Fault) -> Iterator[str]:
    """The bytes as the kernel gave them, and how it ended."""
    with socket.create_connection(stage.port.address, 10) as peer:
        peer.sendall(request("POST", CHAT, fault.body, (*_CLOSE, *fault.headers)))
        try:
            while data := peer.recv(65536):
                yield data.decode("utf-8", "backslashreplace")
                stage.student.go.set()
            yield "\n[the connection was closed]"
        except ConnectionResetError:
            yield "\n[the connection was reset]"


def _recorded(stage: Stage) -> str:
    (record,) = stage.port.settled()
    shown = {
        "arm": str(record.arm),
        "outcome": record.outcome,
        "failure": str(record.failure),
        "fallback": str(record.fallback),
        "confidence": record.confidence and round(record.confidence, 3),
        "held_ms": round(1000 * record.held),
        "declined": record.declined is not None,
    }
    calls = {"/".join(labels[1:]): int(total) for (name, labels), total in _attempts(stage)}
    return f"record: {shown}\ncalls: {calls}"


def _attempts(stage: Stage) -> list[tuple[tuple[str, tuple[str, ...]], float]]:
    return [item for item in stage.port.tally.counters.items() if item[0][0] == "upstream_attempts"]


def _left(stage: Stage) -> tuple[str, str]:
    stage.set(replace(_PLAIN, hedge_after=0.05), assurance())
    stage.plays(begin(), tokens(SURE), stall)
    with socket.create_connection(stage.port.address, 10) as peer:
        peer.sendall(request("POST", CHAT, STREAM, (("x-behave", "silent"),)))
        until(lambda: stage.teacher.in_progress == stage.student.in_progress == 1, "both are asked")
    until(lambda: stage.teacher.in_progress == stage.student.in_progress == 0, "both are given up")
    return "[nothing had been sent; both upstreams saw their connection close]", _recorded(stage)


def _flooded(stage: Stage) -> tuple[str, str]:
    stage.set(replace(_PLAIN, hold=replace(HOLD, tokens=100_000)), assurance(views=[100_000]))
    stage.port.budget.limit = _BOUND
    entry = b'{"content": [{"token": "w", "logprob": -0.1, "top_logprobs": []}]}'
    line = event_unasked("word " * 200).replace(b'"logprobs": null', b'"logprobs": ' + entry)

    async def floods(exchange: Exchange) -> None:
        await begin_chunked(exchange, replies.SSE_TYPE)
        while True:
            await chunk(exchange, line)

    stage.plays(floods)
    with ExitStack() as stack:
        for _ in range(AT_ONCE):
            stack.enter_context(stage.port.connect()).send(request("POST", CHAT, STREAM))
        until(lambda: len(stage.port.records) == AT_ONCE, "each has its answer")
    reasons = [str(record.fallback) for record in stage.port.settled(AT_ONCE)]
    counted = {reason: reasons.count(reason) for reason in sorted(set(reasons))}
    return f"[fell back, by why: {counted}]", f"held at once, at most: {stage.port.budget.most} bytes"


def _say(title: str, *texts: str) -> None:
    rule = "=" * 100
    sys.stdout.write(f"{rule}\n{title}\n{rule}\n" + "\n".join(texts) + "\n\n")


if __name__ == "__main__":
    main()
