"""A student that says what a test wrote down for it, step by step, and a data port that judges it.

Of its tokens a test says how likely they were; they are sent as vLLM sends them, with log-probabilities where these
were asked for. The teacher beside it answers well unless the header ``x-behave`` says otherwise, which the student
never gets to see. ``served`` has the port, ``tests.end_to_end.upstream`` the server underneath.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest

from proxy.config.settings import Config, Fallback, Hold, Mirror, Upstream
from routing.assignment import BUCKETS
from routing.confidence.assurance import Assurance, Bar
from routing.confidence.calibration import Calibration
from routing.confidence.signal import FEATURES, FUNCTION
from routing.confidence.views import WHOLE, View, rungs
from routing.decision import Standing
from routing.traits import Slice
from tests.end_to_end import replies
from tests.end_to_end.asks import CHAT, ask
from tests.end_to_end.behaviors import BEHAVIORS, begin_chunked, chunk, sized
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Exchange
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.worker.served import Port, config

SURE, UNSURE = -0.01, -3.0  # log-probabilities of a token
THRESHOLD = 0.9
TOKENS = 4
"""How many tokens of a stream are held here."""

UNARY, STREAM = ask(CHAT, "support", "m"), ask(CHAT, "support", "m", stream=True)
TEACHERS = {UNARY: replies.CHAT, STREAM: b"".join(replies.CHAT_STREAM)}
BODIES = pytest.mark.parametrize("body", [UNARY, STREAM], ids=["unary", "stream"])
HOLD = Hold(tokens=TOKENS, time=30.0)  # a test that is about time says so
HEDGING = Fallback(hold=HOLD, hedge_after=0.05)

Step = Callable[[Exchange], Awaitable[None]]


def behaving(behavior: str) -> tuple[tuple[str, str], ...]:
    """The header that tells the teacher how to behave."""
    return (("x-behave", behavior),)


class Student(Server):
    """Says its ``steps`` to each request; those that ``pause`` wait for ``go``."""

    def __init__(self) -> None:
        self.steps: Sequence[Step] = ()
        self.go = threading.Event()
        self.said = 0
        super().__init__({**BEHAVIORS, "scripted": self._say})

    def pause(self) -> Step:
        """Wait until ``go`` is set."""

        async def wait(_exchange: Exchange) -> None:
            await asyncio.to_thread(self.go.wait)

        return wait

    async def _say(self, exchange: Exchange) -> None:
        for step in self.steps:
            await step(exchange)
            self.said += 1


def event(exchange: Exchange, text: str, logprob: float = SURE, finish: str = "") -> bytes:
    """One event of Chat's: a token's, or the last one."""
    choice: dict[str, object] = {"index": 0, "delta": {"content": text} if text else {}, "logprobs": None}
    if text and b'"logprobs":true' in exchange.request.body:
        top = [{"token": text, "logprob": logprob, "bytes": None}]
        choice["logprobs"] = {"content": [{"token": text, "logprob": logprob, "bytes": None, "top_logprobs": top}]}
    choice["finish_reason"] = finish or None
    body = {"id": "chatcmpl-7", "object": "chat.completion.chunk", "created": 1, "model": "s", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def begin(content_type: bytes = replies.SSE_TYPE) -> Step:
    """The head of a stream."""

    async def send(exchange: Exchange) -> None:
        await begin_chunked(exchange, content_type)

    return send


def tokens(*logprobs: float, start: int = 0) -> Step:
    """A token an event, each in a write of its own: ``w0``, ``w1``, and so on from ``start``."""

    async def send(exchange: Exchange) -> None:
        for number, logprob in enumerate(logprobs, start):
            await chunk(exchange, event(exchange, f"w{number} ", logprob))

    return send


def says(*texts: str, size: int = 0, finish: str = "") -> Step:
    """These tokens, all of them certain: an event a write, or cut into writes of so many bytes wherever that is."""

    async def send(exchange: Exchange) -> None:
        events = [event(exchange, text) for text in texts] + ([event(exchange, "", finish=finish)] if finish else [])
        stream = b"".join(events)
        cut = [stream[at : at + size] for at in range(0, len(stream), size)] if size else events
        for piece in cut:
            await chunk(exchange, piece)

    return send


def raw(data: bytes) -> Step:
    """These bytes of a stream."""

    async def send(exchange: Exchange) -> None:
        await chunk(exchange, data)

    return send


def finish(reason: str = "stop") -> Step:
    """The end of a stream, as it should be."""

    async def send(exchange: Exchange) -> None:
        await chunk(exchange, event(exchange, "", finish=reason) + replies.DONE)
        await chunk(exchange, b"")

    return send


def end() -> Step:
    """The end of the body, whatever came before."""
    return raw(b"")


async def stall(exchange: Exchange) -> None:
    """Silence."""
    await exchange.forever()


async def cut(exchange: Exchange) -> None:
    """The connection's end."""
    await asyncio.sleep(0.05)
    exchange.close()


def unary(text: str, *logprobs: float, reason: str = "stop") -> Step:
    """A whole reply of Chat's."""

    async def send(exchange: Exchange) -> None:
        choice: dict[str, object] = {"index": 0, "message": {"role": "assistant", "content": text}, "logprobs": None}
        if b'"logprobs":true' in exchange.request.body:
            top: list[object] = []
            said = [{"token": "x", "logprob": one, "bytes": None, "top_logprobs": top} for one in logprobs]
            choice["logprobs"] = {"content": said}
        choice["finish_reason"] = reason
        body = {"id": "chatcmpl-7", "object": "chat.completion", "created": 1, "model": "s", "choices": [choice]}
        await sized(exchange, b"200 OK", json.dumps(body).encode(), ((b"Content-Type", b"application/json"),))

    return send


def unasked(*texts: str, reason: str = "stop") -> bytes:
    """A stream of these texts as the student would have sent it had nobody asked for log-probabilities."""
    return b"".join(map(event_unasked, texts)) + event_unasked("", reason) + replies.DONE


def begun(count: int) -> bytes:
    """So many ``tokens`` of such a stream."""
    return b"".join(map(event_unasked, words(count)))


def event_unasked(text: str, reason: str = "") -> bytes:
    """One event of such a stream."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "logprobs": None, "finish_reason": reason or None}
    body = {"id": "chatcmpl-7", "object": "chat.completion.chunk", "created": 1, "model": "s", "choices": [choice]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def words(count: int) -> list[str]:
    """The texts of so many ``tokens``."""
    return [f"w{number} " for number in range(count)]


def assurance(
    threshold: float | None = THRESHOLD,
    views: Collection[View] = (WHOLE, *rungs(TOKENS)),
    silent: Collection[str] = (),
    unproven: Collection[str] = (),
) -> Assurance:
    """Confidence is 1 where all tokens are certain and falls by a fifth with each nat of their mean; in every slice."""
    weights = tuple(float(name == "mean") for name in FEATURES)
    bounds = (-20.0,) * len(FEATURES), (20.0,) * len(FEATURES)
    bar = Bar(Calibration(0.0, weights, *bounds, (-5.0, 0.0), (0.0, 1.0), function=FUNCTION), threshold)
    bars: dict[str, dict[View, Bar]] = {name: dict.fromkeys(views, bar) for name in Slice}
    return Assurance(1, bars, frozenset(silent), dict.fromkeys(Slice, tuple(unproven)))


class Stage:
    """A teacher, a student and a port that gives the student all it can; use ``staged``."""

    def __init__(self, teacher: Server, student: Student, port: Port) -> None:
        self.teacher = teacher
        self.student = student
        self.port = port

    def set(self, fallback: Fallback, judged_by: Assurance | None = None, **upstreams: Upstream) -> None:
        """The route's settings, what the student is judged by, and another teacher or student."""
        known = self.port.config
        route = replace(known.routes["support"], fallback=fallback, **upstreams)  # type: ignore[arg-type] # as named
        self.port.config = replace(known, routes={"support": route})
        weights: dict[str, dict[str, int]] = {"support": dict.fromkeys(Slice, BUCKETS)}
        self.port.standing = Standing(weights, 1.0, assurances={"support": judged_by} if judged_by else {})

    def plays(self, *steps: Step) -> None:
        """What the student does with each request from now on."""
        self.student.steps = steps


def configured(teacher: Server, student: Student) -> Config:
    """One route, with short limits."""
    trusted = Upstream(teacher.url(), None, None, 0.5, 0.6, 0.6, 5.0)
    known = config(trusted, mirror=Mirror(percentage=0))
    candidate = replace(trusted, base_url=student.url("scripted"), model="small")
    return replace(known, routes={"support": replace(known.routes["support"], student=candidate)})


@contextmanager
def staged() -> Iterator[Stage]:
    """All three of them, running."""
    with Server(BEHAVIORS) as teacher, Student() as student, Port(configured(teacher, student)) as port:
        yield Stage(teacher, student, port)


@contextmanager
def fresh(stage: Stage) -> Iterator[Stage]:
    """A stage without memory of other tests; nothing may be left in flight, nor held."""
    stage.port.records.clear()
    stage.port.tally.counters.clear()
    stage.port.tally.histograms.clear()
    stage.teacher.received.clear()
    stage.student.received.clear()
    stage.student.go.clear()
    stage.student.said = stage.port.budget.most = 0
    known = configured(stage.teacher, stage.student).routes["support"]
    stage.set(Fallback(hold=HOLD), assurance(), teacher=known.teacher, student=known.student)
    limit = stage.port.budget.limit
    yield stage
    stage.port.budget.limit = limit
    stage.student.go.set()
    until(lambda: stage.teacher.in_progress == stage.student.in_progress == 0, "no upstream works for nobody")
    assert stage.port.budget.held == 0
