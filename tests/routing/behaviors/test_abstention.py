"""Abstentions: a reply says that it does not know, in eight languages."""

from __future__ import annotations

from functools import partial

import pytest

from measuring import judging
from routing.behaviors.abstention import detect
from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits


def judged(seen: Observation) -> Label:
    """The label of a reply."""
    return detect(Case(Traits(Endpoint.CHAT), seen, seen, lambda _schema, _value: ""))


said = partial(judging.judged, detect)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("I don't know.", "I don't know"),
        ("Well, I have no idea who won that.", "I have no idea"),
        ("Das weiß ich leider nicht.", "weiß ich leider nicht"),
        ("\u6211\u4e0d\u77e5\u9053\u3002", "\u6211\u4e0d\u77e5\u9053"),
    ],
)
def test_the_evidence_is_the_phrase(text: str, evidence: str) -> None:
    """A person sees at once why."""
    label = said(text)
    assert label.presence is Presence.PRESENT
    assert label.span is not None
    assert evidence in text[slice(*label.span)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Paris.",
        "I'm not sure, but I think it's Turkey.",
        "Could you clarify which river you mean?",
        'The witness said "I don\'t know" three times, and the judge noted it.',
        "I'm sorry, but I can't help with that.",
        "Many people don't know that honey never spoils.",
        '{"known": false, "note": "I do not know"}',
        "If you don't know the password, click on Forgot.",
    ],
)
def test_other_replies(text: str) -> None:
    """A guess with a doubt is hedging, a question is clarification, a refusal knows very well."""
    assert said(text).presence is Presence.ABSENT


@pytest.mark.parametrize(
    ("text", "only"),
    [
        ("I don't know when the Heron leaves. It is not in the timetable.", True),
        ("I don't know who drives it. Ask the staff.", True),
        ("I don't know, but I think it leaves at nine.", False),
        ("No, I have no idea of yours was refused: all five were taken.", False),
    ],
)
def test_a_short_reply_with_nothing_else_to_say_abstains(text: str, only: bool) -> None:
    """Whatever the fitted head makes of words it has never read; where something else follows, the head decides."""
    label = said(text)
    assert (label.presence is Presence.PRESENT and label.rule == "phrase") == only


def test_a_reply_that_calls_a_tool_goes_to_find_out() -> None:
    """That it does not know yet is the reason for the call."""
    seen = Observation(Arm.STUDENT, text="I don't know yet.", tool_calls=(ToolCall("f", "{}"),))
    assert judged(seen).presence is Presence.ABSENT
