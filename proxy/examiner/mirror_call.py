"""Calls of the shadow lane: the same request to the student, or to the teacher once more.

The request keeps its shape, a stream is read as a stream, and a reply larger than the route compares is cut off. A
failure is what was heard, not an exception. Nothing of the client's credentials is here: an upstream is called with
its own key or none.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from proxy.config import settings
from proxy.telemetry.catalog import ATTEMPTS, TOKENS
from proxy.telemetry.tally import Tally
from proxy.telemetry.trace_ids import TRACEPARENT
from proxy.upstream import Deadlines, Reply, Request, UpstreamError
from proxy.upstreams import Upstreams
from routing.observation import Failure, Timing, Usage
from routing.traits import Endpoint

_ERROR_STATUS = 400
_ANTHROPIC_VERSION = b"2023-06-01"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came from an upstream: bytes as they came over the wire, and how it ended. ``began`` is Unix time."""

    status: int
    content_type: str
    encoding: str
    body: bytes
    failure: Failure | None
    timing: Timing
    began: float = 0.0


@dataclass(frozen=True, slots=True)
class Call:
    """One call to make. ``arm`` is whom it asks: an arm, or ``judge``; ``parent`` its ``traceparent``, if any."""

    target: settings.Upstream
    route: str
    arm: str
    purpose: str
    endpoint: Endpoint
    path: str
    body: bytes
    stream: bool
    pair: str
    most: int
    priority: int | None = None
    parent: bytes = b""


class Caller:
    """Makes calls and counts them."""

    def __init__(self, upstreams: Upstreams, key: Callable[[str | None], str | None], tally: Tally) -> None:
        self._upstreams = upstreams
        self._key = key
        self._tally = tally

    async def call(self, call: Call) -> Heard:
        """Make a call; whatever goes wrong is in what is returned."""
        listening = _Listening(call)
        try:
            with self._upstreams.lease(call.target) as upstream, listening.deadlines:
                reply = await upstream.open(Request("POST", call.path, self._headers(call), call.body))
                await listening.read(reply)
        except UpstreamError as error:
            listening.failure = error.failure
        except TimeoutError:
            listening.failure = listening.deadlines.limit
        heard = listening.heard()
        failed = Failure.HTTP_ERROR if heard.status >= _ERROR_STATUS else None
        self._tally.count(ATTEMPTS, call.route, call.arm, call.purpose, heard.failure or failed or "ok")
        return heard

    def _headers(self, call: Call) -> list[tuple[bytes, bytes]]:
        headers = [(b"content-type", b"application/json"), (b"x-request-id", call.pair.encode())]
        if call.parent:
            headers.append((TRACEPARENT, call.parent))
        if call.purpose == "judge":
            headers.append((b"x-practicum-mirror", b"off"))  # a judge behind a Practicum must not be judged in turn
        if call.priority is not None:
            headers.append((b"x-vllm-priority", b"%d" % call.priority))  # the one way on all its endpoints
        key = self._key(call.target.api_key_env)
        if call.endpoint is Endpoint.MESSAGES:
            headers.append((b"anthropic-version", _ANTHROPIC_VERSION))
            headers += [(b"x-api-key", key.encode())] if key else []
        headers += [(b"authorization", b"Bearer " + key.encode())] if key else []
        return headers


class _Listening:
    """A reply as it comes in."""

    def __init__(self, call: Call) -> None:
        self._began = time.time()
        self._started = time.monotonic()
        self._first: float | None = None
        self._pieces: list[bytes] = []
        self._most = call.most
        self._reply: Reply | None = None
        self.failure: Failure | None = None
        self.deadlines = Deadlines(call.target, stream=call.stream)

    async def read(self, reply: Reply) -> None:
        self._reply = reply
        size = 0
        try:
            while piece := await reply.read():
                self._first = self._first or time.monotonic()
                self.deadlines.progress()
                self._pieces.append(piece)
                size += len(piece)
                if size > self._most:
                    self.failure = Failure.TOO_LARGE
                    return
        finally:
            if not reply.ended:
                reply.abort()

    def heard(self) -> Heard:
        headers = {} if self._reply is None else dict(self._reply.headers)
        first = None if self._first is None else self._first - self._started
        return Heard(
            0 if self._reply is None else self._reply.status,
            headers.get(b"content-type", b"").decode("latin-1"),
            headers.get(b"content-encoding", b"").decode("latin-1"),
            b"".join(self._pieces),
            self.failure,
            Timing(first, time.monotonic() - self._started),
            self._began,
        )


def count_tokens(tally: Tally, route: str, arm: str, purpose: str, usage: Usage | None) -> None:
    """Count what an upstream said it used, if it said so."""
    if usage is not None:
        tally.count(TOKENS, route, arm, purpose, "prompt", by=usage.prompt)
        tally.count(TOKENS, route, arm, purpose, "completion", by=usage.completion)
