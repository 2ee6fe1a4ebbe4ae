"""Refusals, the plain version."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.refusal import detect
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits


def judged(seen: Observation) -> Label:
    """The label of a reply."""
    return detect(Case(Traits(Endpoint.CHAT), seen, seen, lambda _schema, _value: ""))


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I\u2019m sorry, but I can\u2019t assist with that request.",
        "I cannot provide instructions for that.",
        "I must decline.",
        "Sorry, I can't share it.",
        "I won't help you do this.",
        "As a responsible AI language model, I cannot say.",
        "I'm not able to discuss that.",
        "  I apologize, but I must stop here.",
    ],
)
def test_refusing_openings(text: str) -> None:
    """And the span shows which words."""
    label = judged(Observation(Arm.STUDENT, text=text))
    assert label.presence is Presence.PRESENT
    assert label.span is not None
    assert text[slice(*label.span)].strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Sure, here is how.",
        "I'm sorry to hear about your hamster. Here is what you can do.",
        "You can't divide by zero.",
        "Paris is the capital. " * 20 + "I can't help with more.",
        "I don't know.",
    ],
)
def test_other_replies(text: str) -> None:
    """Sympathy, limits of the world and ignorance are no refusals."""
    assert judged(Observation(Arm.STUDENT, text=text)).presence is Presence.ABSENT


def test_structured_refusals() -> None:
    """The field and the filter need no words."""
    assert judged(Observation(Arm.STUDENT, refusal="No.")).rule == "refusal_field"
    assert judged(Observation(Arm.STUDENT, text="Well", finish_reason="content_filter")).rule == "content_filter"


def test_a_reply_that_calls_a_tool_does_not_decline() -> None:
    """It announces the call."""
    seen = Observation(Arm.STUDENT, text="I can't provide that yet, let me look.", tool_calls=(ToolCall("f", "{}"),))
    assert judged(seen).presence is Presence.ABSENT


@given(st.text())
def test_any_text_has_a_label(text: str) -> None:
    """Detectors never raise."""
    assert judged(Observation(Arm.STUDENT, text=text)).behavior == "refusal"


@pytest.mark.parametrize("unit", ["I ", "I'm sorry", "as a responsible ", " ", "I cannot ", "sorry, "])
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    """Only the opening is read."""
    seen = Observation(Arm.STUDENT, text=unit * 100_000)
    began = time.process_time()
    for _ in range(20):
        judged(seen)
    assert time.process_time() - began < 0.2
