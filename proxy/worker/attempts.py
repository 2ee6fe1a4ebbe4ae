"""Asking the student on a caller's behalf: what it is sent, and when its reply is not passed on.

The student gets the caller's body with its own model's name, and its own key or none. Of the caller's headers it gets
those that say how to read the body and what reply is taken, and the trace; of the URL the path alone: never a
credential, wherever a caller keeps one. A reply is declined by its head or its first bytes, before any of it went out;
``serving`` then asks the teacher. This module refuses to decide who serves; ``routing.decision`` did, and
``routing.fallback`` says what counts.
"""

from __future__ import annotations

from proxy.upstream import Headers, Reply, Request
from proxy.wire.errors import WireError
from proxy.wire.mirror_request import for_serving
from proxy.wire.opening import opens_with_error
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.headers import forwarded
from routing.fallback import FallbackReason, disqualified
from routing.observation import Failure
from routing.traits import Endpoint

_PASSED = frozenset(
    b"accept accept-encoding accept-language anthropic-beta anthropic-version content-type openai-beta traceparent "
    b"tracestate user-agent x-request-id".split()
)


def students_request(ask: Ask, api_key: str | None) -> Request | None:
    """The request as the student is to get it, with its own key; None where it means something to the teacher only."""
    student = ask.route.student
    try:
        body = for_serving(ask.endpoint, ask.body, student.model if student.model != ask.model else None)
    except WireError:
        return None
    passed = forwarded(ask.headers, api_key=None, keep_credentials=False)
    headers = [header for header in passed if header[0] in _PASSED]
    path = ask.target.partition("?")[0]
    return Request(ask.method, path, [*headers, *_credentials(ask.endpoint, api_key)], body)


async def first_piece(exchange: Exchange, reply: Reply) -> bytes | None:
    """The first bytes of a student's reply whose head is there; None where it is not to be passed on."""
    if disqualified(None, reply.status):
        return None
    piece = await exchange.wait(reply.read())
    if piece and not opens_with_error(piece):
        return piece
    exchange.failure = Failure.ERROR_EVENT if piece else Failure.EMPTY
    return None


def fallback_header(reason: FallbackReason | None) -> Headers:
    """What tells the caller that the teacher answered in the student's place, and why."""
    return () if reason is None else ((b"x-practicum-fallback", reason.encode()),)


def _credentials(endpoint: Endpoint, api_key: str | None) -> Headers:
    if api_key is None:
        return ()
    bearer = (b"authorization", b"Bearer " + api_key.encode())
    return (bearer, (b"x-api-key", api_key.encode())) if endpoint is Endpoint.MESSAGES else (bearer,)
