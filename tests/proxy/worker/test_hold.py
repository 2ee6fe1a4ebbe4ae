"""What is judged of a reply, whatever pieces it comes in; and that no more is held than may be."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.settings import Hold as Limits
from proxy.wire.replies import observe
from proxy.wire.surplus import Surplus
from proxy.worker.hold import Budget, Hold, failure_of
from proxy.worker.terms import Terms
from routing.confidence.signal import vectors
from routing.confidence.views import WHOLE, rungs
from routing.fallback import FallbackReason
from routing.observation import Arm, Failure, Timing
from routing.traits import Endpoint, FormatKind, Slice, Traits
from tests.proxy.worker.students import HOLD, SURE, TOKENS, UNSURE, assurance, begun, event_unasked, unasked, words

EVENTS, DOCUMENT = ((b"content-type", b"text/event-stream"),), ((b"content-type", b"application/json"),)
ASKED = Traits(Endpoint.CHAT, stream=True)
TERMS = Terms(Endpoint.CHAT, True, False, TOKENS, HOLD, ASKED, Slice.GENERAL, assurance())


def stream(*logprobs: float, end: bytes = b"") -> bytes:
    """Tokens so likely, as a student sends them that was asked for log-probabilities."""
    lines = []
    for text, logprob in zip(words(len(logprobs)), logprobs, strict=True):
        entry = json.dumps({"token": text, "logprob": logprob, "top_logprobs": []}).encode()
        lines.append(event_unasked(text).replace(b'"logprobs": null', b'"logprobs": {"content": [' + entry + b"]}"))
    return b"".join(lines) + (end or event_unasked("", "stop") + b"data: [DONE]\n\n")


def held(terms: Terms, body: bytes, cuts: list[int] | None = None, budget: Budget | None = None) -> Hold:
    """What a hold makes of a body that comes in these pieces, as far as it takes them in."""
    hold = Hold(terms, Surplus.LOGPROBS, budget or Budget())
    hold.begin(200, EVENTS if terms.stream else DOCUMENT)
    places = [0, *sorted(cuts or []), len(body)]
    for start, stop in pairwise(places):
        hold.feed(body[start:stop], last=stop == len(body))
        if hold.settled:
            break
    return hold


@pytest.mark.parametrize(
    ("logprobs", "reason"),
    [
        ((SURE,) * 9, None),
        ((SURE, SURE, UNSURE, SURE, SURE), FallbackReason.UNSURE),
        ((*(SURE,) * TOKENS, *(UNSURE,) * 50), None),  # what comes later was not looked at
        ((SURE,), None),
        ((UNSURE,), FallbackReason.UNSURE),
    ],
)
@given(cuts=st.lists(st.integers(0, 400)))
def test_the_verdict_does_not_depend_on_the_pieces(
    logprobs: tuple[float, ...], reason: FallbackReason | None, cuts: list[int]
) -> None:
    """Nor does the confidence: it is that of the same view of the pair, to the last bit."""
    body = stream(*logprobs)
    hold = held(TERMS, body, cuts)
    assert (hold.settled, hold.reason) == (True, reason)
    pair = observe(Endpoint.CHAT, Arm.STUDENT, 200, "text/event-stream", body, True, None, Timing(None, 0.0))
    found = vectors(pair.logprobs, rungs(TOKENS), structured=False, finish=pair.finish_reason)
    assert TERMS.assurance is not None
    bar = TERMS.assurance.bar(Slice.GENERAL, TOKENS)
    assert bar is not None
    assert hold.confidence == bar.calibration.confidence(found[TOKENS])


@given(st.lists(st.integers(0, 2000)))
def test_what_is_passed_is_what_nobody_asked_for_taken_out(cuts: list[int]) -> None:
    """Of a turn that is held whole, in whatever pieces it came."""
    terms = replace(TERMS, whole=True, view=WHOLE)
    hold = held(terms, stream(*[SURE] * 6), cuts)
    assert hold.whole
    assert hold.passed() == unasked(*words(6))
    assert hold.raw() == stream(*[SURE] * 6)


def test_a_prefix_is_let_go_as_far_as_it_came() -> None:
    """Whole events of it: what stands in the middle of one waits for its end."""
    body = stream(*[SURE] * 6)
    cut = len(stream(*[SURE] * TOKENS, end=b" ")) + 20
    hold = held(TERMS, body, [cut])
    assert (hold.settled, hold.whole) == (True, False)
    assert hold.passed() == begun(TOKENS)
    assert hold.raw() == body[:cut]


def test_one_token_that_says_nothing_of_its_chance_is_one_too_many() -> None:
    """It may be the one that the student was not sure of, whatever the others say."""
    body = stream(SURE, end=b": \n\n") + event_unasked("perhaps ") + stream(*[SURE] * 9)
    hold = held(TERMS, body, list(range(0, len(body), 200)))
    assert (hold.reason, hold.confidence) == (FallbackReason.NO_LOGPROBS, None)


def test_of_two_faults_the_one_that_is_certain_is_named() -> None:
    """An unsure reply that is broken is broken: it must not be served for want of a teacher."""
    body = json.dumps(
        {"choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop"}]}
    )
    terms = replace(TERMS, stream=False, whole=True, view=WHOLE)
    assert held(terms, body.encode()).reason is FallbackReason.EMPTY
    no_json = body.replace('"content": ""', '"content": "no JSON"').encode()
    asks_json = replace(terms, traits=replace(ASKED, format=FormatKind.JSON_OBJECT))
    assert held(asks_json, no_json).reason is FallbackReason.MALFORMED
    assert held(terms, no_json).reason is FallbackReason.NO_LOGPROBS


@pytest.mark.parametrize(
    ("status", "headers", "reason"),
    [
        (200, EVENTS, None),
        (500, EVENTS, FallbackReason.HTTP_ERROR),
        (429, EVENTS, FallbackReason.OVERLOADED),
        (200, (*EVENTS, (b"content-encoding", b"br")), FallbackReason.INVALID),
        (200, (*EVENTS, (b"content-encoding", b"identity")), None),
    ],
)
def test_a_head_may_settle_it(
    status: int, headers: tuple[tuple[bytes, bytes], ...], reason: FallbackReason | None
) -> None:
    """Nothing of the body is read then."""
    hold = Hold(TERMS, Surplus.LOGPROBS, Budget())
    hold.begin(status, headers)
    assert (hold.settled, hold.reason) == (reason is not None, reason)


@pytest.mark.parametrize(
    ("tokens", "view", "reason"),
    [(0, TOKENS, FallbackReason.UNCERTIFIED), (1, TOKENS, None), (3, TOKENS, None), (0, None, None), (3, None, None)],
)
def test_when_its_time_is_over_what_came_has_to_do(
    tokens: int, view: int | None, reason: FallbackReason | None
) -> None:
    """The longest rung that is complete: one token of four is one. Without a view the opening is looked at."""
    hold = Hold(replace(TERMS, view=view), Surplus.LOGPROBS, Budget())
    hold.begin(200, EVENTS)
    hold.feed(stream(*[SURE] * tokens, end=b": so far\n\n"), last=False)
    assert not hold.settled
    hold.late()
    assert (hold.settled, hold.reason) == (True, reason)


def test_what_one_reply_may_hold_is_bounded() -> None:
    """And what is not taken in is not kept."""
    budget = Budget()
    hold = held(replace(TERMS, limits=Limits(tokens=99, bytes=500)), stream(*[SURE] * 9), [200, 400, 600], budget)
    assert hold.reason is FallbackReason.HOLD_FULL
    assert len(hold.raw()) == budget.held == 400
    hold.release()
    hold.release()
    assert (budget.held, hold.raw(), hold.passed()) == (0, b"", b"")


def test_what_all_of_them_may_hold_is_bounded() -> None:
    """Whoever comes last goes to the teacher; what is given back is there for the next."""
    budget, terms = Budget(1000), replace(TERMS, limits=Limits(tokens=99))
    first = held(terms, stream(*[SURE] * 9), [300, 600], budget)
    assert first.reason is FallbackReason.HOLD_FULL
    assert budget.held == 600
    assert held(terms, stream(*[SURE] * 9), [450], budget).reason is FallbackReason.HOLD_FULL
    first.release()
    assert held(terms, stream(SURE), budget=budget).reason is None


@pytest.mark.parametrize("reason", list(FallbackReason))
def test_what_a_call_failed_with_is_told_from_what_was_not_wanted(reason: FallbackReason) -> None:
    """A student that is unsure has answered."""
    failures = {"empty", "error_event", "truncated", "invalid"}
    assert failure_of(reason) == (Failure(reason) if reason in failures else None)
