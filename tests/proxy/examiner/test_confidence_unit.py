"""What a pair tells of the student's confidence: the same numbers as a worker hears, under the request's own facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from proxy.config.settings import Audit, Fallback, Hold
from proxy.examiner.confidence_unit import unit_of
from proxy.examiner.sampling import sample
from proxy.handover import Record
from proxy.store.confidences import ConfidenceUnit
from routing.confidence import prompt, signal
from routing.confidence.views import WHOLE
from routing.divergence import Comparison, Direction, Trial
from routing.observation import Arm, Observation, TokenLogprob
from tests.proxy.examiner.records import chat, declined, fell_back, record, route

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
