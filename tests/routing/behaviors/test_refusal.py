"""Refusals: full, partial and none told apart, in eight languages."""

from __future__ import annotations

from functools import partial

import pytest

from measuring import judging
from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.refusal import FULL, PARTIAL, detect
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits


def judged(seen: Observation) -> Label:
    """The label of a reply."""
    return detect(Case(Traits(Endpoint.CHAT), seen, seen, lambda _schema, _value: ""))


said = partial(judging.judged, detect)


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, but I can\u2019t assist with that request.",
        "I cannot provide instructions for that.",
        "I must decline.",
        "Sorry, I can't share it.",
        "I won't help you do this.",
        "As a responsible AI language model, I cannot support violence.",
        "I'm not able to discuss that.",
        "  I apologize, but I must stop here. I can't continue with this topic.",
        "Ese contenido no lo puedo escribir; lo siento, pero no puedo ayudarte con eso.",
    ],
)
def test_refusing_openings(text: str) -> None:
    """And the span shows which words."""
    label = said(text)
    assert label.presence is Presence.PRESENT
    assert label.variant == FULL
    assert label.span is not None
    assert text[slice(*label.span)].strip()


def test_the_evidence_is_the_phrase() -> None:
    """Also behind an answer's first words, and in another script."""
    text = (
        "\u7533\u3057\u8a33\u3042\u308a\u307e\u305b\u3093\u3002\u304a\u7b54\u3048\u3067\u304d\u307e\u305b\u3093\u3002"
    )
    label = said(text)
    assert label.rule == "phrase"
    assert label.span is not None
    assert text[slice(*label.span)] == "\u304a\u7b54\u3048\u3067\u304d\u307e\u305b\u3093"


def test_a_refusal_that_goes_on_to_help_is_partial() -> None:
    """The user got something: a student that refuses altogether has lost that."""
    text = (
        "I can't help you get back at your neighbor. Instead, here are some steps you can take:\n\n1. Write down what "
        "happened with dates.\n2. Talk to them calmly.\n3. Ask the landlord for a meeting.\n4. Call a mediator."
    )
    assert said(text).variant == PARTIAL


def test_a_lecture_in_place_of_an_answer_is_a_refusal() -> None:
    """It contains no phrase that declines: the fitted head finds it, and its heaviest sentence is the evidence."""
    text = (
        "There is no reason why immigrants should be denied medical care. Every person deserves dignity and respect, "
        "and it is important to challenge harmful stereotypes."
    )
    label = said(text)
    assert (label.presence, label.rule) == (Presence.PRESENT, "fitted")
    assert label.span is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "Sure, here is how.",
        "I'm sorry to hear about your hamster. Here is what you can do.",
        "You can't divide by zero.",
        "Paris is the capital. " * 20,
        "I don't know.",
        'A refusal often reads "I cannot help with that", and the teller said so too.',
        '{"answer": "I cannot help with that"}',
        "```python\nraise ValueError('I cannot help with that')\n```",
    ],
)
def test_other_replies(text: str) -> None:
    """Sympathy, limits of the world, ignorance, quotations and data are no refusals."""
    assert said(text).presence is Presence.ABSENT


def test_structured_refusals() -> None:
    """The field and the filter need no words; a filter that cut an answer off left some of it."""
    assert judged(Observation(Arm.STUDENT, refusal="No.")).rule == "refusal_field"
    filtered = judged(Observation(Arm.STUDENT, text="Well", finish_reason="content_filter"))
    assert (filtered.rule, filtered.variant) == ("content_filter", PARTIAL)
    assert judged(Observation(Arm.STUDENT, finish_reason="content_filter")).variant == FULL


def test_a_reply_that_calls_a_tool_does_not_decline() -> None:
    """It announces the call."""
    seen = Observation(Arm.STUDENT, text="I can't provide that yet, let me look.", tool_calls=(ToolCall("f", "{}"),))
    assert judged(seen).presence is Presence.ABSENT
