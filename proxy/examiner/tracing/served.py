"""The spans of a caller's request, from its record: one of ours as a server, and one for each call of an upstream.

A record has the moments at which calls began; the last of them ends with the request. Which requests are kept is for
``traces`` to say; the counterpart for the work nobody waits for is ``shadow``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proxy.config.settings import Route, Upstream
from proxy.examiner.tracing.span import Attributes, Kind, Span, Value, error_of_call, nanoseconds, server
from proxy.handover import Called, Record
from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Inbound, Place, Role, inbound, served
from proxy.wire.content import decompress
from proxy.wire.telling import Settings, reply_of, settings_of
from proxy.wire.usage import usage_of
from routing.observation import Arm
from routing.traits import Endpoint

_BROKEN = frozenset(("upstream_error", "truncated", "rejected"))
_STUDENTS = frozenset(("within_weight", "student_ill"))  # why a request was the student's
ROLES = {Arm.STUDENT: Role.STUDENT, Arm.TEACHER: Role.TEACHER}


def served_spans(record: Record, route: Route, kept: str, said: Attributes | None = None) -> tuple[Span, ...]:
    """All spans of one request; ``kept`` is why. ``said`` is content for the span of the call that answered."""
    caller = inbound(record.traceparent)
    whole = _server_span(record, caller, kept)
    return whole, *_calls(record, route, whole, caller, said or {})


def _server_span(record: Record, caller: Inbound | None, kept: str) -> Span:
    endpoint = Endpoint(record.endpoint)
    path, method = name.HTTP_ROUTES[endpoint], None if endpoint is Endpoint.OTHER else "POST"
    broken = record.outcome in _BROKEN
    attributes: Attributes = {
        name.HTTP_REQUEST_METHOD: method,
        name.HTTP_ROUTE: path,
        name.HTTP_RESPONSE_STATUS_CODE: record.status if record.first_token is not None else None,
        **_of_pair(record),
        name.OUTCOME: record.outcome,
        name.ARM: record.arm,
        name.REASON: record.reason,
        name.FALLBACK: record.fallback or None,
        name.CONFIDENCE: record.confidence,
        name.HELD: record.held or None,
        name.OVERHEAD: record.overhead,
        name.KEPT: kept,
    }
    return Span(
        name=f"{method} {path}" if method else path,
        place=served(record.pair, Role.SERVER, caller),
        kind=Kind.SERVER,
        start=nanoseconds(record.started),
        end=nanoseconds(record.started, record.total),
        attributes=attributes,
        parent=caller.place if caller else None,
        remote=True,
        error=(record.failure or str(record.status)) if broken else "",
    )


@dataclass(frozen=True, slots=True)
class _Request:
    """What all calls of one request share. ``made`` are all of them; the one that answered, if any, is the last."""

    record: Record
    route: Route
    asked: Settings
    made: tuple[Called, ...]
    caller: Inbound | None
    parent: Place


def _calls(record: Record, route: Route, whole: Span, caller: Inbound | None, said: Attributes) -> Iterator[Span]:
    made = _made(record)
    request = _Request(record, route, settings_of(record.request), made, caller, whole.place)
    before: dict[str, int] = {}
    for place, call in enumerate(made):
        answers = record.asked is not None and place == len(made) - 1
        told = {**_answered(request), **said} if answers else _declined(record, call)
        nth = before.get(call.arm, 0)
        before[call.arm] = nth + 1
        yield _call_span(request, call, nth, told)


def _made(record: Record) -> tuple[Called, ...]:
    if record.asked is None:
        return record.calls
    outcome = record.failure or ("client_gone" if record.outcome == "client_gone" else "ok")
    last = Called(arm=record.arm, started=record.asked, ended=record.total, status=record.status, outcome=outcome)
    return *record.calls, last


def _answered(request: _Request) -> Attributes:
    record = request.record
    told = told_by(record.reply, record.encoding, request.route.mirror.max_reply)
    if record.first_token is not None and record.asked is not None and request.asked.stream:
        told[name.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK] = max(0.0, record.first_token - record.asked)
    return told


def _call_span(request: _Request, call: Called, nth: int, told: Attributes) -> Span:
    record, route, arm = request.record, request.route, Arm(call.arm)
    upstream = route.student if arm is Arm.STUDENT else route.teacher
    endpoint = Endpoint(record.endpoint)
    return Span(
        name=call_name(endpoint, upstream, route),
        place=served(record.pair, ROLES[arm], request.caller, nth),
        kind=Kind.CLIENT,
        start=nanoseconds(record.started, call.started),
        end=nanoseconds(record.started, call.ended),
        attributes={
            **request_attributes(endpoint, upstream, request.asked),
            name.HTTP_RESPONSE_STATUS_CODE: call.status or None,
            **told,
            **_of_pair(record),
            name.ARM: arm.value,
            name.PURPOSE: _purpose(request, call),
            name.OUTCOME: call.outcome,
        },
        parent=request.parent,
        error=error_of_call(call.outcome, call.status),
    )


def request_attributes(endpoint: Endpoint, upstream: Upstream, asked: Settings) -> dict[str, Value | None]:
    """What the conventions want said of a call before its reply comes."""
    return {
        name.GEN_AI_OPERATION_NAME: name.OPERATIONS.get(endpoint),
        name.GEN_AI_PROVIDER_NAME: name.provider(endpoint) if endpoint in name.OPERATIONS else None,
        name.GEN_AI_REQUEST_MODEL: upstream.model or asked.model or None,
        name.GEN_AI_REQUEST_TEMPERATURE: asked.temperature,
        name.GEN_AI_REQUEST_TOP_P: asked.top_p,
        name.GEN_AI_REQUEST_MAX_TOKENS: asked.most_tokens,
        name.GEN_AI_REQUEST_STREAM: asked.stream or None,
        **server(upstream.base_url),
    }


def told_by(body: bytes, encoding: str, most: int) -> dict[str, Value | None]:
    """What a reply says of itself."""
    read = decompress(body, encoding, most).body if encoding else body
    reply, usage = reply_of(read), usage_of(read)
    return {
        name.GEN_AI_RESPONSE_MODEL: reply.model or None,
        name.GEN_AI_RESPONSE_ID: reply.id or None,
        name.GEN_AI_RESPONSE_FINISH_REASONS: reply.finish_reasons or None,
        name.GEN_AI_USAGE_INPUT_TOKENS: usage.prompt if usage else None,
        name.GEN_AI_USAGE_OUTPUT_TOKENS: usage.completion if usage else None,
    }


def call_name(endpoint: Endpoint, upstream: Upstream, route: Route) -> str:
    """A call's name: of a closed set, so a model that only a client has named is not in it."""
    model = upstream.model or (route.models[0] if route.models != ("*",) and len(route.models) == 1 else "")
    return " ".join(word for word in (name.OPERATIONS.get(endpoint, "call"), model) if word)


def _declined(record: Record, call: Called) -> Attributes:
    reply = record.declined
    if call.arm != Arm.STUDENT or reply is None:
        return {}
    return told_by(reply.reply, reply.encoding, len(reply.reply) * 100)


def _purpose(request: _Request, call: Called) -> str:
    """A teacher that was asked while the student was being asked is a hedge, whoever answered in the end."""
    if call.arm == Arm.STUDENT or request.record.reason not in _STUDENTS:
        return "serve"
    beside = any(one.arm == Arm.STUDENT and one.started < call.started < one.ended for one in request.made)
    return "hedge" if beside else "fallback"


def _of_pair(record: Record) -> Attributes:
    return {name.PAIR: record.pair, name.ROUTE: record.route, name.SLICE: record.slice or None}
