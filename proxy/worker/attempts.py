"""Asking the student on a caller's behalf: what it is sent, and what the caller gets of its reply's head.

The student gets the caller's body with its own model's name, and its own key or none. Of the caller's headers it gets
those that say how to read the body and what reply is taken, and the trace; of the URL the path alone: never a
credential, wherever a caller keeps one. This module refuses to decide who serves (``routing.decision`` did) and whether
a reply is good enough (``hold`` does).
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.upstream import Headers, Request
from proxy.wire.errors import WireError
from proxy.wire.mirror_request import for_judging, for_serving
from proxy.wire.surplus import Surplus
from proxy.worker.exchange import Ask, Exchange
from proxy.worker.headers import forwarded, returned
from routing.fallback import FallbackReason
from routing.traits import Endpoint

_PASSED = frozenset(
    b"accept accept-language anthropic-beta anthropic-version content-type openai-beta traceparent "
    b"tracestate user-agent x-request-id".split()
)
_IDENTITY = (b"accept-encoding", b"identity")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the student is sent, and what it is asked for beyond what its caller asked."""

    request: Request
    surplus: Surplus


def students_request(ask: Ask, api_key: str | None, *, logprobs: bool) -> Asked | None:
    """The request as the student is to get it, with its own key; None where it means something to the teacher only.

    With ``logprobs`` it is asked for those, whatever the caller asked for. Its reply has to be read in any case, so it
    is to come as it is: not compressed.
    """
    student = ask.route.student
    model = student.model if student.model != ask.model else None
    try:
        if logprobs:
            asked = for_judging(ask.endpoint, ask.body, model)
            body, surplus = asked.body, asked.surplus
        else:
            body, surplus = for_serving(ask.endpoint, ask.body, model), Surplus.NOTHING
    except WireError:
        return None
    passed = forwarded(ask.headers, api_key=None, keep_credentials=False)
    headers = [header for header in passed if header[0] in _PASSED]
    path = ask.target.partition("?")[0]
    return Asked(Request(ask.method, path, [*headers, _IDENTITY, *_credentials(ask.endpoint, api_key)], body), surplus)


def students_headers(exchange: Exchange, status: int, headers: Headers, size: int | None) -> Headers:
    """A student's reply's headers as the client gets them. ``size`` is its body's, None while that is not known."""
    passed = returned(headers, status, pair=exchange.ask.pair, arm=exchange.arm)
    length = () if size is None else ((b"content-length", b"%d" % size),)
    sized = [one for header in passed for one in (length if header[0] == b"content-length" else (header,))]
    return (*sized, *fallback_header(exchange.fallback))


def fallback_header(reason: FallbackReason | None) -> Headers:
    """What tells the caller that the teacher answered in the student's place, and why."""
    return () if reason is None else ((b"x-practicum-fallback", reason.encode()),)


def _credentials(endpoint: Endpoint, api_key: str | None) -> Headers:
    if api_key is None:
        return ()
    bearer = (b"authorization", b"Bearer " + api_key.encode())
    return (bearer, (b"x-api-key", api_key.encode())) if endpoint is Endpoint.MESSAGES else (bearer,)
