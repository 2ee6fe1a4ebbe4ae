"""The terms of a request: by what of its reply it is judged, and who is not asked at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from proxy.config.settings import Fallback, Hold, Upstream
from proxy.worker.exchange import Ask
from proxy.worker.terms import Terms, terms_of
from proxy.worker.units import RequestFacts
from routing.confidence.assurance import Assurance
from routing.confidence.prompt import FEATURES, FUNCTION, PromptHead
from routing.confidence.views import WHOLE
from routing.decision import Decision, Reason
from routing.fallback import FallbackReason
from routing.observation import Arm
from routing.traits import Endpoint, Slice
from tests.proxy.worker.served import config
from tests.proxy.worker.students import HOLD, TOKENS, assurance

JSON = {"response_format": {"type": "json_object"}}
TOOLS = {"tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]}


def asked(
    fallback: Fallback, fields: Mapping[str, object] | None = None, *, stream: bool = True, body: bytes = b""
) -> Ask:
    """A request of Chat with these fields."""
    route = replace(config(Upstream("http://teacher/v1")).routes["support"], fallback=fallback)
    messages = [{"role": "user", "content": "Name a city."}]
    sent = body or json.dumps({"model": "support", "stream": stream, "messages": messages, **(fields or {})}).encode()
    facts = RequestFacts(route, Endpoint.CHAT, (), sent, None)
    decision = Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, 0)
    return Ask(
        "p", route, Endpoint.CHAT, "POST", "/x", (), {}, sent, "support", stream, True, decision, 0.0, None, facts
    )


@pytest.mark.parametrize(
    ("fallback", "fields", "stream", "whole", "view"),
    [
        (Fallback(hold=HOLD), {}, False, True, WHOLE),
        (Fallback(hold=HOLD), {}, True, False, TOKENS),
        (Fallback(hold=HOLD), JSON, True, True, WHOLE),
        (Fallback(hold=HOLD), TOOLS, True, True, WHOLE),
        (Fallback(hold=HOLD), {**TOOLS, "tool_choice": "none"}, True, False, TOKENS),
        (Fallback(hold=HOLD, whole_turn=("json",)), TOOLS, True, False, TOKENS),
        (Fallback(hold=HOLD, whole_turn=("tools",)), JSON, True, False, TOKENS),
        (Fallback(hold=HOLD, whole_turn=()), {**JSON, **TOOLS}, True, False, TOKENS),
        (Fallback(hold=Hold(tokens=0)), {}, True, False, None),
        (Fallback(hold=Hold(tokens=0)), JSON, True, True, WHOLE),
        (Fallback(hold=Hold(tokens=0)), {}, False, True, WHOLE),
        (Fallback(promise="none", hold=HOLD), {}, True, False, None),
        (Fallback(promise="none", hold=HOLD), {}, False, True, None),
    ],
)
def test_what_is_held_and_by_what_it_is_judged(
    fallback: Fallback, fields: dict[str, object], stream: bool, whole: bool, view: int | None
) -> None:
    """Whole where nothing has to be sent before the end, and by no confidence where none is asked for."""
    terms = terms_of(asked(fallback, fields, stream=stream), assurance())
    assert isinstance(terms, Terms)
    assert (terms.whole, terms.view, terms.stream) == (whole, view, stream)
    assert (terms.limits, terms.endpoint) == (fallback.hold, Endpoint.CHAT)


@pytest.mark.parametrize("stream", [False, True])
def test_what_is_not_certified_is_not_asked(stream: bool) -> None:
    """Nothing known of the route, no bar, no threshold: doubt means teacher."""
    for judged_by in (None, Assurance(1), assurance(threshold=None), assurance(views=[WHOLE + 99])):
        assert terms_of(asked(Fallback(hold=HOLD), stream=stream), judged_by) is FallbackReason.UNCERTIFIED


def test_one_rung_that_is_certified_is_enough_to_ask() -> None:
    """It may be the one that is reached."""
    terms = terms_of(asked(Fallback(hold=HOLD)), assurance(views=[TOKENS // 2]))
    assert isinstance(terms, Terms)


def test_where_nothing_is_promised_nothing_need_be_certified() -> None:
    """The hard rules hold without numbers."""
    terms = terms_of(asked(Fallback(promise="none", hold=HOLD)), None)
    assert isinstance(terms, Terms)
    assert (terms.assurance, terms.unproven) == (None, ())


def test_on_a_silent_endpoint_no_confidence_is_asked_for() -> None:
    """Its student has none to give; what is not proven is looked for all the same."""
    judged_by = assurance(views=[], silent=["chat_completions"], unproven=["refusal"])
    terms = terms_of(asked(Fallback(hold=HOLD)), judged_by)
    assert isinstance(terms, Terms)
    assert (terms.view, terms.unproven) == (None, ("refusal",))


@pytest.mark.parametrize(("intercept", "reason"), [(-5.0, FallbackReason.UNPROMISING), (5.0, None)])
def test_a_hopeless_prompt_goes_straight_to_the_teacher(intercept: float, reason: FallbackReason | None) -> None:
    """Its caller does not wait for a reply that would be thrown away."""
    zeros = (0.0,) * len(FEATURES)
    head = PromptHead(intercept, zeros, zeros, zeros, FUNCTION)
    judged_by = replace(assurance(), prompt=dict.fromkeys(Slice, head))
    terms = terms_of(asked(Fallback(hold=HOLD)), judged_by)
    assert terms is reason or (reason is None and isinstance(terms, Terms))


@pytest.mark.parametrize("fields", [{"n": 2}, {"prompt": ["a", "b"]}, {"prompt": [[1, 2], [3]]}])
def test_several_choices_are_certified_by_no_pair(fields: dict[str, object]) -> None:
    """The first is compared; the others would be served without anybody having looked at their like."""
    assert terms_of(asked(Fallback(hold=HOLD), fields), assurance()) is FallbackReason.UNCERTIFIED
    assert isinstance(terms_of(asked(Fallback(promise="none", hold=HOLD), fields), None), Terms)


@pytest.mark.parametrize("fields", [{"n": 1}, {"n": None}, {"prompt": ["a"]}, {"prompt": [1, 2, 3]}, {"prompt": []}])
def test_one_choice_is_asked_for_in_many_ways(fields: dict[str, object]) -> None:
    """Tokens instead of a text are one prompt."""
    assert isinstance(terms_of(asked(Fallback(hold=HOLD), fields), assurance()), Terms)


def test_what_cannot_be_read_is_not_asked_of_the_student() -> None:
    """Nobody could say what its reply is to be held against."""
    assert terms_of(asked(Fallback(promise="none"), body=b"[]"), None) is FallbackReason.INEXPRESSIBLE
