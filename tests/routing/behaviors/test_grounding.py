"""Replies that cite or quote their context."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.grounding import detect
from routing.behaviors.label import Label, Presence
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits, Turn

RULES = Turn("system", 'You work for the railway. Rule 1: Dogs ride free. Rule 2: "Doors open by hand." Be brief.')
PLAIN_SYSTEM = Turn("system", "You are a helpful assistant.")
QUESTION = Turn("user", "How do the doors open?")
PASSAGES = Turn(
    "user",
    "Context:\n[1] The old bridge was built in 1226 by the bishop.\n[2] It burned twice.\n\nQuestion: How old is it?",
)
FOUND = Turn(
    "tool", '[{"id": 1017, "url": "https://example.org/bridge", "text": "The bridge carries two tracks since 1951."}]'
)

GUIDE = Turn("tool", "Guide to Basel: The M\u00fcnster is red.")
BRIDGE = Turn("tool", "\u6a4b\u306f1951\u5e74\u304b\u3089\u4e8c\u3064\u306e\u7dda\u8def\u304c\u3042\u308b\u3002")


def judged(text: str, *turns: Turn, calls: tuple[ToolCall, ...] = ()) -> Label:
    """The label of a reply to these turns."""
    reply = Observation(Arm.STUDENT, text=text, tool_calls=calls)
    return detect(Case(Traits(Endpoint.CHAT, turns), reply, reply, lambda _schema, _value: ""))


@pytest.mark.parametrize(
    ("turns", "text", "rule"),
    [
        ((RULES, QUESTION), 'Rule 2 says: "Doors open by hand."', "quotation"),
        ((RULES, QUESTION), "By hand, as in rule 2.", "named part"),
        ((PASSAGES,), "It was built in 1226 [1].", "mark"),
        ((PASSAGES,), "It was built in 1226 [source 1].", "mark"),
        ((PASSAGES,), "It is old: \u201cThe old bridge was built in 1226\u201d.", "quotation"),
        ((PASSAGES,), "> The old bridge was built in 1226 by the bishop.\n\nSo it is old.", "quotation"),
        ((PASSAGES,), 'It says "the old bridge \u2026 was built".', ""),
        ((PASSAGES,), "According to the context, it is from 1226.", "attribution"),
        ((QUESTION, FOUND), "Two tracks, see https://example.org/bridge.", "address"),
        ((QUESTION, FOUND), "Two tracks ([the page](https://example.org/bridge)).", "address"),
        ((QUESTION, FOUND), "It has two tracks since 1951 [1].", "mark of an unseen source"),
        ((QUESTION,), "They open by hand [1].", "mark of an unseen source"),
        ((QUESTION, GUIDE), "It is red (Source: Guide to Basel).", "mark"),
        ((QUESTION, BRIDGE), "\u300c\u4e8c\u3064\u306e\u7dda\u8def\u304c\u3042\u308b\u3002\u300d", "quotation"),
    ],
)
def test_grounded(turns: tuple[Turn, ...], text: str, rule: str) -> None:
    """Each with its rule, and with the characters that show it."""
    label = judged(text, *turns)
    assert label.rule == rule
    assert label.presence is (Presence.PRESENT if rule else Presence.ABSENT)
    assert label.span is not None or not rule
    assert label.score > 0 or not rule


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        ((RULES, QUESTION), "Doors open by hand."),
        ((RULES, QUESTION), 'Rule 7 says: "Doors are red."'),
        ((PASSAGES,), "It was built in 1226."),
        ((PASSAGES,), "It was built in 1226 [7]."),
        ((PASSAGES,), 'It says: "The bridge was built in 1300 by a king."'),
        ((PASSAGES,), "According to my grandmother it is old."),
        ((QUESTION, FOUND), "Two tracks, see https://example.org/tunnel."),
        ((QUESTION, FOUND), "It has two tracks (Source: Wikipedia)."),
        ((QUESTION,), 'You ask "How do the doors open?" and I do not know.'),
        ((PLAIN_SYSTEM, QUESTION), "According to the report, they open by hand."),
        ((QUESTION,), "Use doorList[1], door_list[1] or the list [1, 2]."),
        ((QUESTION,), "They open by hand (Source: my memory)."),
        ((QUESTION, Turn("assistant", "I once said that doors do open by hand.")), '"doors do open by hand" is right.'),
    ],
)
def test_not_grounded(turns: tuple[Turn, ...], text: str) -> None:
    """What is invented, repeats the question, or rests on nothing that was given."""
    assert judged(text, *turns).presence is Presence.ABSENT


def test_a_mark_that_names_nothing_given_is_pointed_at() -> None:
    """Whoever looks at the pair wants to see what was made up."""
    text = "Doors open by hand [7]."
    label = judged(text, RULES, QUESTION)
    assert (label.presence, label.rule) == (Presence.ABSENT, "mark names nothing given: 7")
    assert text[slice(*(label.span or (0, 0)))] == "[7]"


def test_the_span_is_what_was_quoted() -> None:
    """In the reply's own characters."""
    text = 'Well. Rule 2 says: "Doors open by hand."'
    span = judged(text, RULES, QUESTION).span
    assert span is not None
    assert text[slice(*span)] == "Doors open by hand"


def test_the_score_is_the_share_of_marks_that_name_something() -> None:
    """A reply that invents some of its sources is worse than one that invents none."""
    assert judged("It is old [1]. It burned [2].", PASSAGES).score == 1.0
    assert judged("It is old [1]. It fell [9].", PASSAGES).score == 0.5


def test_a_reply_that_only_calls_has_nothing_to_ground() -> None:
    """What it cites comes later."""
    assert judged("", PASSAGES, calls=(ToolCall("f", "{}"),)).presence is Presence.NOT_APPLICABLE


PIECES = st.sampled_from(
    ['"', "[1]", "Rule 2", " says: ", "Doors open by hand.", ">", "\n", "https://", "[", "`", "\u300c"]
)
TEXTS = st.text() | st.lists(PIECES, max_size=20).map("".join)


@given(TEXTS, TEXTS, st.sampled_from(["system", "user", "tool"]))
def test_any_reply_to_anything_has_a_label(text: str, context: str, role: str) -> None:
    """And any span lies within the reply."""
    label = judged(text, Turn(role, context), QUESTION)
    assert 0.0 <= label.score <= 1.0
    assert label.span is None or 0 <= label.span[0] < label.span[1] <= len(text)


@pytest.mark.parametrize(
    "unit", ["a", '"', '"a b c d e" ', "[1]", "> ", "rule 2 ", "https://a", "source 1", "\u300c", "'a "]
)
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    """Of a reply the first part is read, and only so many quotations are looked up."""
    text = unit * (1_000_000 // len(unit))
    judged(text, Turn("tool", text), PASSAGES)
