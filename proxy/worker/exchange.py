"""One exchange as it unfolds: what was asked, what came, when; and the record it leaves behind.

This is bookkeeping only: ``serving`` drives it, ``counting`` counts it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Mapping
from typing import TypeVar

import msgspec

from proxy.config.settings import Route
from proxy.handover import Called, Declined, Record
from proxy.slicing import conditions_met
from proxy.telemetry.trace_ids import TRACEPARENT
from proxy.upstream import Headers
from proxy.wire.ending import Ending
from proxy.worker.headers import value
from proxy.worker.units import RequestFacts
from routing.decision import Decision
from routing.fallback import FallbackReason
from routing.observation import Arm, Failure
from routing.traits import Endpoint, Slice

T = TypeVar("T")

_CONVERSATION = b"x-practicum-conversation"
_GAPS_KEPT = 1024
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_OTHER, _STUDENT = Endpoint.OTHER, Arm.STUDENT  # up to Python 3.11, looking a member up is a call


class Ask(msgspec.Struct, frozen=True):
    """One request of a client, parsed and bounded. ``slice`` is the one the caller named.

    ``fields`` are the first value of each header, for looking one up. ``facts`` know more, on demand.

    A struct, because a frozen dataclass of as many fields takes ten times as long to make.

    ``started`` is of ``time.monotonic``, in seconds: the event loop's own clock ticks in milliseconds only.
    """

    pair: str
    route: Route
    endpoint: Endpoint
    method: str
    target: str
    headers: Headers
    fields: Mapping[bytes, bytes]
    body: bytes
    model: str
    stream: bool
    store: bool
    decision: Decision
    started: float
    slice: Slice | None = None
    facts: RequestFacts | None = None

    @property
    def mirrored(self) -> bool:
        """Whether the examiner may want the bodies: to mirror the request, or to audit the student that served it."""
        route = self.route
        if self.endpoint is _OTHER:
            return False
        return (
            route.mirror.percentage > 0
            or any(route.mirror.slices.values())
            or (self.decision.arm is _STUDENT and route.audit.percentage > 0)
            or any(step.set_mirror for step in route.rollout.steps)
        )


class Exchange:
    """What happened to one ask so far. Times are of ``time.monotonic``."""

    __slots__ = (
        "_asked", "_capture", "_ending", "_first", "_gaps", "_kept", "_last", "_size", "_tail", "_waited", "_wanted",
        "arm", "ask", "blocked", "called", "calls", "client_gone", "confidence", "content_type", "declined",
        "encoding", "failure",
        "fallback", "given_up", "held", "oversized", "rejected", "slice", "status",
    )  # fmt: skip

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.arm = ask.decision.arm  # whose reply this is
        self.fallback: FallbackReason | None = None
        self.status = 0
        self.content_type = b""
        self.encoding = b""
        self.failure: Failure | None = None
        self.client_gone = False
        self.oversized = False
        self.blocked = False  # the client does not take its bytes
        self.slice = ask.slice or ask.decision.slice or ""
        self.confidence: float | None = None  # in the student's reply
        self.held = 0.0  # seconds that it was held back
        self.declined: Declined | None = None
        self.called = True  # whether its last call of an upstream is still to be counted
        self.given_up = False  # whether that was given up, because its reply was not wanted any more
        self.rejected = False  # whether nobody was asked, and the client told to come again
        self.calls: tuple[Called, ...] = ()  # those that have ended, where another one followed
        self._asked: float | None = None  # when the present call began
        self._wanted = ask.mirrored
        self._kept = self._wanted or self.arm is _STUDENT  # what falls back is wanted in any case
        self._waited = 0.0
        self._tail = b""
        self._capture: list[bytes] = []
        self._size = 0
        self._ending: Ending | None = None
        self._first: float | None = None
        self._last = 0.0
        self._gaps: list[float] = []

    async def wait(self, upstream: Awaitable[T]) -> T:
        """Await an upstream, and keep the time apart from our own."""
        before = time.monotonic()
        if self._asked is None:
            self._asked = before
        try:
            return await upstream
        finally:
            self._waited += time.monotonic() - before

    def worked(self, since: float) -> None:
        """What was done since then, while an upstream was awaited, was our own."""
        self._waited -= time.monotonic() - since

    def head(self, status: int, headers: Headers) -> None:
        """The reply's head came."""
        self.status = status
        self.content_type = value(headers, b"content-type")
        self.encoding = value(headers, b"content-encoding")
        if self.is_events and not self.encoding:
            self._ending = Ending(self.ask.endpoint)

    @property
    def is_events(self) -> bool:
        """Whether the reply is a stream of server-sent events."""
        return self.content_type.startswith(b"text/event-stream")

    @property
    def answered(self) -> bool:
        """Whether any byte of a reply came."""
        return self._first is not None

    @property
    def at_event_border(self) -> bool:
        """Whether an event of our own can follow: the stream is readable, and stands between two events."""
        return self._ending is not None and self._tail.endswith((b"\n\n", b"\r\n\r\n", b"\r\r"))

    def body(self, chunk: bytes, now: float, raw: bytes | None = None) -> None:
        """Bytes of the reply came, and are passed on. ``raw`` is what came, where that is not the same."""
        if self._first is None:
            self._first = now
        elif len(self._gaps) < _GAPS_KEPT:
            self._gaps.append(now - self._last)
        self._last = now
        if self._ending is not None:
            self._ending.feed(chunk)
            self._tail = chunk[-4:] if len(chunk) >= 4 else (self._tail + chunk)[-4:]  # noqa: PLR2004 -- CRLF twice
        if self._kept and not self.oversized:
            self._keep(chunk if raw is None else raw)

    def _keep(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > self.ask.route.mirror.max_reply:
            self.oversized = True
            self._capture.clear()
        else:
            self._capture.append(chunk)

    def finish(self) -> None:
        """The upstream ended its reply in good order, as far as HTTP knows."""
        if self._ending is not None and not self._ending.seen and self.status < _CLIENT_ERROR:
            self.failure = Failure.TRUNCATED

    @property
    def outcome(self) -> str:
        """How the request ended, as ``requests_total`` counts it."""
        if self.rejected:
            return "rejected"
        if self.client_gone:
            return "client_gone"
        if self.failure is not None:
            return "truncated" if self.answered or self.failure is Failure.TRUNCATED else "upstream_error"
        if self.status >= _SERVER_ERROR:
            return "upstream_error"
        return "client_error" if self.status >= _CLIENT_ERROR else "ok"

    def record(self, now: float) -> Record:
        """What the examiner gets."""
        ask, fields = self.ask, self.ask.fields
        wanted = self._wanted or self.declined is not None
        total = now - ask.started
        return Record(
            pair=ask.pair,
            route=ask.route.name,
            endpoint=ask.endpoint,
            path=ask.target,
            started=time.time() - total,
            request=ask.body if wanted else b"",
            arm=self.arm,
            reason=ask.decision.reason,
            status=self.status,
            content_type=self.content_type.decode("latin-1"),
            encoding=self.encoding.decode("latin-1"),
            reply=b"".join(self._capture) if wanted else b"",
            failure=self.failure or "",
            outcome=self.outcome,
            first_token=None if self._first is None else self._first - ask.started,
            total=total,
            overhead=max(0.0, total - self._waited),
            gaps=self._gaps if ask.stream else [],
            oversized=self.oversized,
            mirror=fields.get(b"x-practicum-mirror") != b"off",
            store=ask.store,
            conversation=fields[_CONVERSATION].decode("latin-1") if _CONVERSATION in fields else "",
            traceparent=fields[TRACEPARENT].decode("latin-1") if TRACEPARENT in fields else "",
            slice=self.slice,
            met=conditions_met(ask.route.slices, ask.headers) if ask.route.slices else [],
            fallback=self.fallback or "",
            confidence=self.confidence,
            held=self.held,
            declined=self.declined,
            asked=self._asked - ask.started if self.called and self._asked is not None else None,
            calls=self.calls,
        )

    @property
    def attempt(self) -> str:
        """How the call of an upstream ended, as ``upstream_attempts_total`` counts it; "" where there was none."""
        if not self.called:
            return ""
        if self.failure is not None:
            return self.failure
        if self.client_gone:
            return "client_gone"
        if self.status >= _CLIENT_ERROR:
            return Failure.HTTP_ERROR
        return "cancelled" if self.given_up else "ok"

    def called_in_vain(self, now: float) -> None:
        """The present call has ended, and another one follows, or has taken its place."""
        if self._asked is not None:
            started, ended = self._asked - self.ask.started, now - self.ask.started
            call = Called(arm=self.arm, started=started, ended=ended, status=self.status, outcome=self.attempt)
            self.calls += (call,)
            self._asked = None

    def decline(self, reply: bytes, first: float, now: float) -> None:
        """The student's reply came whole, and is not passed on. ``first`` is when its first byte came."""
        if not self._kept or len(reply) > self.ask.route.mirror.max_reply:
            return
        self.declined = Declined(
            status=self.status,
            content_type=self.content_type.decode("latin-1"),
            encoding=self.encoding.decode("latin-1"),
            reply=reply,
            first_token=first - self.ask.started,
            total=now - self.ask.started,
        )

    def fall_back(self, reason: FallbackReason) -> None:
        """Begin again with the teacher: nothing of the student's was passed on."""
        self.arm, self.fallback = Arm.TEACHER, reason
        self.status, self.failure = 0, None
        self.content_type = self.encoding = b""
        self.called, self.given_up = True, False
        self._ending = None

    def hedge(self, now: float) -> None:
        """Begin with the teacher beside another exchange of the same request: what went before was waiting."""
        self.fall_back(FallbackReason.HEDGED)
        self._waited = now - self.ask.started

    def stand_for(self, other: Exchange) -> None:
        """This is the one that answers; what is known of the student's reply is in the other."""
        self.slice, self.confidence, self.held = other.slice, other.confidence, other.held
        self.declined = other.declined
        self.calls += other.calls

    def take_back(self, status: int, headers: Headers) -> None:
        """The student answers after all; the teacher's call has failed, and is counted, or was never made."""
        self.arm, self.failure, self.declined, self.called = _STUDENT, None, None, False
        self.head(status, headers)
