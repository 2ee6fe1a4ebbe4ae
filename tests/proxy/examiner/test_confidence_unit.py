"""What a pair tells of the student's confidence: the same numbers as a worker hears, under the request's own facts."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest

from proxy.config.settings import Audit, Fallback, Hold
from proxy.examiner.confidence_unit import unit_of
from proxy.examiner.sampling import sample
from proxy.handover import Record
from proxy.store.confidences import ConfidenceUnit
from proxy.wire.replies import observe
from proxy.wire.requests import read_traits
from proxy.wire.schemas import check_schema
from proxy.wire.surplus import Surplus
from proxy.worker.hold import Budget
from proxy.worker.hold import Hold as Held
from proxy.worker.terms import Terms
from routing.behaviors.label import Behavior
from routing.confidence import hard_rules, prompt, signal
from routing.confidence.hard_rules import holds
from routing.confidence.views import WHOLE, View
from routing.divergence import Comparison, Direction, Trial, compare
from routing.fallback import FallbackReason
from routing.observation import Arm, Observation, Timing, TokenLogprob
from routing.traits import Endpoint, Slice
from tests.end_to_end.replies import DONE
from tests.proxy.examiner.records import chat, declined, fell_back, record, route
from tests.proxy.worker.students import assurance

LOST = Comparison((), (), (Trial("refusal", Direction.LOST, True, 1.0), Trial("answer", Direction.LOST, False)))
TOKENS = tuple(TokenLogprob(text, -0.125 * place) for place, text in enumerate(("{", '"a"', ":", "1", "}", "", "", "")))
STUDENT = Observation(Arm.STUDENT, text="x", finish_reason="stop", logprobs=TOKENS)
TOOL = {"type": "function", "function": {"name": "look", "parameters": {}}}
ROUTE = route(audit=Audit(100), fallback=Fallback(hold=Hold(tokens=8)))


def unit(told: Record, student: Observation = STUDENT) -> ConfidenceUnit:
    """The unit of this record's pair, in which a refusal was lost."""
    chosen = sample(ROUTE, told)
    assert chosen is not None
    found = unit_of(ROUTE, chosen, student, LOST)
    assert found is not None
    return found


def test_it_holds_what_diverged_and_how_sure_the_student_was() -> None:
    """And which functions made its numbers: those of another version are none that can be compared."""
    found = unit(record(arm="student", conversation="c-1", confidence=0.75, request=chat("Refuse!", stream=True)))
    assert (found.diverged, found.confidence, found.served, found.fallback) == (("refusal.lost",), 0.75, "student", "")
    assert (found.slice, found.endpoint, found.started) == ("general", "chat_completions", 1_790_000_000.0)
    assert (found.stream, found.tools, found.json) == (True, False, False)
    assert (found.function, found.prompt_function) == (signal.FUNCTION, prompt.FUNCTION)
    assert "c-1" not in found.conversation


def test_its_vectors_are_those_of_every_view_that_a_worker_may_judge_by() -> None:
    """The rungs of the prefix that the route holds, and the whole."""
    found = unit(record())
    assert found.vectors == signal.vectors(TOKENS, (2, 4, 8), structured=False, finish="stop")
    assert set(found.vectors) == {WHOLE, 2, 4, 8}


@pytest.mark.parametrize(
    ("asked", "facts"), [({"tools": [TOOL]}, (True, False)), ({"response_format": None}, (False, True))]
)
def test_of_a_structured_reply_only_values_count(asked: dict[str, Any], facts: tuple[bool, bool]) -> None:
    """Keys and braces are always sure; a worker passes over them as well."""
    asked = {key: value or {"type": "json_object"} for key, value in asked.items()}
    found = unit(record(request=chat("Give me JSON.", **asked)))
    assert (found.tools, found.json) == facts
    assert found.vectors == signal.vectors(TOKENS, (2, 4, 8), structured=True, finish="stop")
    assert found.vectors != signal.vectors(TOKENS, (2, 4, 8), structured=False, finish="stop")


def test_without_log_probabilities_it_says_so() -> None:
    """How many of an endpoint's pairs have none tells whether the endpoint is silent."""
    assert unit(record(), replace(STUDENT, logprobs=())).vectors == {}


def test_the_prompts_features_are_the_ones_a_worker_asks_about() -> None:
    """By the same function, of the same request."""
    chosen = sample(ROUTE, record())
    assert chosen is not None
    assert chosen.traits is not None
    assert unit(record()).prompt == prompt.features(chosen.traits)


def test_what_a_reply_was_judged_by_is_not_what_another_one_is_worth() -> None:
    """Asked once more, the student says something else; its whole reply in the record is the one that was judged."""
    assert unit(fell_back("unsure")).confidence is None
    assert unit(fell_back("unsure", declined=declined())).confidence == 0.4


def test_what_is_only_for_people_to_see_makes_no_unit() -> None:
    """Counted, it would make doubtful replies look more frequent than they are."""
    unaudited = replace(ROUTE, audit=Audit(0))
    chosen = sample(unaudited, fell_back(declined=declined()))
    assert chosen is not None
    assert unit_of(unaudited, chosen, STUDENT, LOST) is None


EVENTS = ((b"content-type", b"text/event-stream"),)
RULES = {FallbackReason.MALFORMED, FallbackReason.DEGENERATE, FallbackReason.EMPTY, FallbackReason.LOST_BEHAVIOR}
REPLIES = (
    "The train to Basel leaves at nine from platform four, as on any day.",
    "I'm sorry, but I can't help with that, for it is not mine to say.",
    "The train leaves at nine. But I don't know from which platform it does.",
    "I don't know.",
    "Which train do you mean?",
    "no no no " * 60,
    '{"at": "nine", "from": "platform four", "every": "day"}',
    '{"at": "ni',
)


def streamed(text: str) -> list[bytes]:
    """The events of a stream that says this word by word, with log-probabilities, and an end."""
    words = [f"{word} " for word in text.split(" ")]
    said = [{"token": word, "logprob": -0.01, "top_logprobs": []} for word in (*words[:-1], words[-1][:-1])]
    choices: list[dict[str, object]] = [
        {"delta": {"content": one["token"]}, "logprobs": {"content": [one]}} for one in said
    ]
    ends: list[dict[str, object]] = [{"delta": {}, "finish_reason": "stop"}]
    return [b"data: " + json.dumps({"choices": [{"index": 0, **one}]}).encode() + b"\n\n" for one in [*choices, *ends]]


def held(told: Record, events: list[bytes], view: View, unproven: Collection[str]) -> FallbackReason | None:
    """Why a worker turns the reply down by this view of it; None where it serves it."""
    traits = read_traits(Endpoint.CHAT, told.request)
    limits = replace(ROUTE.fallback.hold, tokens=view)
    by = assurance(views=(view,), unproven=unproven)
    hold = Held(
        Terms(Endpoint.CHAT, True, view == WHOLE, view, limits, traits, Slice.GENERAL, by), Surplus.LOGPROBS, Budget()
    )
    hold.begin(200, EVENTS)
    for event in (*events, DONE):
        if not hold.settled:
            hold.feed(event, last=event is DONE)
    hold.release()
    return hold.reason


@pytest.mark.parametrize("asked", [{}, {"response_format": {"type": "json_object"}}])
@pytest.mark.parametrize("text", REPLIES)
def test_what_rules_turn_down_is_what_a_worker_would(text: str, asked: dict[str, Any]) -> None:
    """By every view and whatever is unproven: else what is certified is not what is served."""
    told, events = record(request=chat("When does it leave?", stream=True, **asked)), streamed(text)
    body = b"".join((*events, DONE))
    student = observe(Endpoint.CHAT, Arm.STUDENT, 200, "text/event-stream", body, True, None, Timing(None, 0.0))
    teacher = Observation(Arm.TEACHER, text="At nine.", finish_reason="length")
    chosen = sample(ROUTE, told)
    assert chosen is not None
    assert chosen.traits is not None
    found = unit_of(ROUTE, chosen, student, compare(chosen.traits, teacher, student, check_schema))
    assert found is not None
    assert found.rules == hard_rules.RULES
    for view in (WHOLE, 2, 4, 8):
        for unproven in ((), *((one,) for one in Behavior)):
            reason = held(told, events, view, unproven)
            assert reason in {None, *RULES}, "its tokens are sure"
            assert holds(found.objections.get(view, ()), unproven) == (reason is not None), (view, unproven, reason)


def test_where_nothing_is_known_of_its_tokens_rules_need_not_be_asked() -> None:
    """No threshold serves it, and on a silent endpoint nothing is certified."""
    assert unit(record(), replace(STUDENT, text="I can't help with that.")).objections == {WHOLE: ("refusal",)}
    assert unit(record(), replace(STUDENT, text="I can't help with that.", logprobs=())).objections == {}
