"""The spans of a caller's request: what is asked of it at night is there, and closed sets stay closed."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from proxy.config.settings import Upstream
from proxy.examiner.tracing.served import call_name, served_spans
from proxy.examiner.tracing.span import Kind, Span
from proxy.handover import Called, Record
from routing.traits import Endpoint
from tests.proxy.examiner import records

PAIR = "019a0b0c0d0e" + "00112233445566f0"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
ROUTE = records.route(teacher=Upstream("https://t.example/v1"), models=("support-bot",))
STARTED = 1_790_000_000_000_000_000


def record(**changed: Any) -> Record:
    """A record of one call, begun a millisecond after its request."""
    return records.record(**({"pair": PAIR, "asked": 0.001} | changed))


def spans(**changed: Any) -> tuple[Span, ...]:
    """Of such a request."""
    return served_spans(record(**changed), ROUTE, "sampled")


def said(span: Span) -> dict[str, object]:
    """Its attributes, as they are sent."""
    return {key: value for key, value in span.attributes.items() if value is not None}


def test_a_request_is_a_server_span() -> None:
    """Whole: name, place, times, attributes."""
    whole, _ = spans()
    assert (whole.name, whole.kind, whole.error, whole.parent) == ("POST /v1/chat/completions", Kind.SERVER, "", None)
    assert (whole.place.trace, whole.place.span) == ("7063" + PAIR, "00112233445566f0")
    assert (whole.start, whole.end) == (STARTED, STARTED + 300_000_000)
    assert said(whole) == {
        "http.request.method": "POST",
        "http.route": "/v1/chat/completions",
        "http.response.status_code": 200,
        "practicum.pair_id": PAIR,
        "practicum.route": "support",
        "practicum.outcome": "ok",
        "practicum.arm": "teacher",
        "practicum.decision.reason": "weight_zero",
        "practicum.overhead_seconds": 0.0002,
        "practicum.kept": "sampled",
    }


def test_its_call_of_an_upstream_is_a_client_span_below_it() -> None:
    """The same, and what the request asked and the reply said of itself."""
    request = json.dumps({"model": "support-bot", "temperature": 0.5, "max_tokens": 9, "messages": []}).encode()
    whole, call = spans(request=request)
    assert (call.name, call.kind, call.error, call.parent) == ("chat support-bot", Kind.CLIENT, "", whole.place)
    assert (call.place.trace, call.place.span) == ("7063" + PAIR, "00112233445566f2")
    assert (call.start, call.end) == (STARTED + 1_000_000, STARTED + 300_000_000)
    assert said(call) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "support-bot",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 9,
        "server.address": "t.example",
        "server.port": 443,
        "http.response.status_code": 200,
        "gen_ai.response.model": "m",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 5,
        "gen_ai.usage.output_tokens": 2,
        "practicum.pair_id": PAIR,
        "practicum.route": "support",
        "practicum.arm": "teacher",
        "practicum.purpose": "serve",
        "practicum.outcome": "ok",
    }


def test_a_callers_trace_goes_on() -> None:
    """Below its span, in another process."""
    whole, call = spans(traceparent=f"00-{TRACE}-{SPAN}-01")
    assert whole.parent is not None
    assert (whole.place.trace, whole.parent.span, whole.remote) == (TRACE, SPAN, True)
    assert (call.place.trace, call.remote) == (TRACE, False)


def test_a_stream_has_a_first_chunk() -> None:
    """Counted from the call, as the conventions say, and not from the request."""
    _, call = spans(request=b'{"model":"m","stream":true}')
    assert said(call)["gen_ai.response.time_to_first_chunk"] == pytest.approx(0.199)
    assert said(call)["gen_ai.request.stream"] is True


@pytest.mark.parametrize(
    ("changed", "whole_error", "call_error"),
    [
        ({"outcome": "upstream_error", "failure": "connect", "status": 0, "first_token": None}, "connect", "connect"),
        ({"outcome": "upstream_error", "status": 503}, "503", "503"),
        ({"outcome": "truncated", "failure": "stall_timeout"}, "stall_timeout", "stall_timeout"),
        ({"outcome": "client_error", "status": 404}, "", "404"),
        ({"outcome": "client_gone"}, "", ""),
    ],
)
def test_errors_are_whose_they_are(changed: dict[str, Any], whole_error: str, call_error: str) -> None:
    """A caller's mistake is an error of the call to the teacher, and none of ours."""
    whole, call = spans(**changed)
    assert (whole.error, call.error) == (whole_error, call_error)


def test_a_status_that_no_client_got_is_not_shown() -> None:
    """A teacher that sent headers and then nothing is a 504 of ours, which the record does not have."""
    whole, _ = spans(outcome="upstream_error", failure="first_token_timeout", first_token=None)
    assert "http.response.status_code" not in said(whole)


def test_a_request_that_fell_back_shows_both_calls() -> None:
    """The student's, with what it said of itself, and the teacher's in its place."""
    call = Called(arm="student", started=0.001, ended=0.1, status=200, outcome="ok")
    fell = records.fell_back(pair=PAIR, asked=0.12, calls=(call,), declined=records.declined(), held=0.02, slice="math")
    whole, student, teacher = served_spans(fell, ROUTE, "fell_back")
    assert said(whole).items() >= {
        "practicum.fallback.reason": "unsure", "practicum.confidence": 0.4, "practicum.held_seconds": 0.02,
        "practicum.slice": "math", "practicum.kept": "fell_back",
    }.items()  # fmt: skip
    assert [said(span)["practicum.purpose"] for span in (student, teacher)] == ["serve", "fallback"]
    assert [said(span)["gen_ai.usage.output_tokens"] for span in (student, teacher)] == [2, 2]
    assert (student.name, student.start, student.end) == ("chat small", STARTED + 1_000_000, STARTED + 100_000_000)
    assert student.place.span == "00112233445566f1"


HEDGE = Called(arm="teacher", started=0.05, ended=0.1, status=503, outcome="http_error")


def students(ended: float) -> Called:
    """The student's call, begun before the hedge."""
    return Called(arm="student", started=0.001, ended=ended, status=200, outcome="ok")


@pytest.mark.parametrize(("ended", "purpose"), [(0.08, "hedge"), (0.04, "fallback")])
def test_a_teacher_asked_beside_the_student_is_a_hedge(ended: float, purpose: str) -> None:
    """Also where the student failed while it was under way, and that is why the teacher answered."""
    _, student, teacher = served_spans(
        records.fell_back("connect", pair=PAIR, asked=0.05, calls=(students(ended),)), ROUTE, "fell_back"
    )
    assert [said(span)["practicum.purpose"] for span in (student, teacher)] == ["serve", purpose]


def test_a_hedge_that_lost_is_none_of_the_students() -> None:
    """The student answered: the last call is its."""
    overtaken = Called(arm="teacher", started=0.05, ended=0.1, status=0, outcome="cancelled")
    _, teacher, student = spans(arm="student", reason="within_weight", calls=(overtaken,))
    assert [said(span)["practicum.purpose"] for span in (teacher, student)] == ["hedge", "serve"]
    assert teacher.error == ""


def test_a_hedge_that_failed_and_the_call_after_it_are_two_spans() -> None:
    """Of one arm: under one id, a collector would keep one of them, or draw nonsense."""
    told = records.fell_back("empty", pair=PAIR, asked=0.2, calls=(students(0.19), HEDGE))
    _, student, hedge, teacher = served_spans(told, ROUTE, "fell_back")
    assert [said(span)["practicum.purpose"] for span in (student, hedge, teacher)] == ["serve", "hedge", "fallback"]
    assert [span.place.span[-2:] for span in (student, hedge, teacher)] == ["f1", "f2", "e2"]
    assert (hedge.error, teacher.error) == ("503", "")


def test_a_request_without_a_call_has_none() -> None:
    """Nobody was asked."""
    assert len(spans(outcome="rejected", status=503, asked=None, first_token=None)) == 1


def test_other_paths_are_one_name() -> None:
    """What a client puts into a path is not ours to make names of; nor is a query to be seen."""
    whole, call = spans(endpoint="other", path="/files/secret?key=sk-1", request=b"", reply=b"")
    assert (whole.name, call.name) == ("/v1/*", "call support-bot")
    assert not any("secret" in str(value) for span in (whole, call) for value in span.attributes.values())


@pytest.mark.parametrize(
    ("models", "model", "expected"),
    [(("a",), None, "chat a"), (("*",), None, "chat"), (("a", "b"), None, "chat"), (("*",), "large", "chat large")],
)
def test_a_calls_name_has_configured_models_only(models: tuple[str, ...], model: str | None, expected: str) -> None:
    """A client that invents models makes no new names."""
    assert call_name(Endpoint.CHAT, Upstream("http://t/v1", model), records.route(models=models)) == expected


def test_a_compressed_reply_is_read() -> None:
    """As the teacher's server sent it."""
    _, call = spans(reply=gzip.compress(records.answered()), encoding="gzip")
    assert said(call)["gen_ai.usage.input_tokens"] == 5
