"""The judge: right replies are right, wrong ones wrong, and behaviors are what the detectors see."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.demo.railway.conversations import Distribution, conversations, of_kind
from proxy.demo.railway.example import Example, Situation
from proxy.demo.railway.extraction import FORMS, Form
from proxy.demo.railway.judge import fits, judge, shows
from proxy.wire.schemas import check_schema
from routing.behaviors.label import Behavior
from routing.observation import ToolCall
from routing.traits import Json

EVERYTHING = [example for distribution in Distribution for example in conversations(11, 700, distribution)]


def one(kind: Situation, start: str = "") -> Example:
    """An example of the kind, whose reply starts so."""
    found = of_kind(2, 200, kind, held_out=False)
    return next(example for example in found if example.reply.content.startswith(start))


def test_every_ideal_reply_is_judged_right() -> None:
    """A judge that fails the teacher measures nothing."""
    assert [e for e in EVERYTHING if not judge(e, e.reply.content, e.reply.calls)] == []


@pytest.mark.parametrize("behavior", Behavior)
def test_a_reply_claims_exactly_the_behaviors_that_are_seen(behavior: Behavior) -> None:
    """By the proxy's own detectors where there are any: what a report counts is what the gates will see."""
    wrong = [e for e in EVERYTHING if shows(behavior, e, e.reply.content, e.reply.calls) != (behavior in e.behaviors)]
    assert wrong == []


def test_every_behavior_but_degeneration_is_shown_by_something() -> None:
    """One that never occurs can neither be kept nor lost."""
    assert {behavior for example in EVERYTHING for behavior in example.behaviors} == set(Behavior) - {
        Behavior.DEGENERATE
    }


def test_no_ideal_reply_is_right_for_another_conversation() -> None:
    """But for chance: a judge that is content with anything would be too."""
    pairs = [(e, o) for e, o in pairwise(EVERYTHING) if e.kind is not o.kind]
    accepted = [(e, o) for e, o in pairs if judge(e, o.reply.content, o.reply.calls)]
    assert {e.kind for e, _ in accepted} <= {Situation.REFUND, Situation.SEAT, Situation.TOTAL, Situation.DURATION}
    assert len(accepted) < len(pairs) / 100


@pytest.mark.parametrize("kind", Situation)
def test_an_empty_reply_is_wrong(kind: Situation) -> None:
    """And degenerate."""
    example = one(kind)
    assert not judge(example, "")
    assert shows(Behavior.DEGENERATE, example, "")


@pytest.mark.parametrize("kind", Situation)
def test_a_call_nobody_asked_for_is_wrong(kind: Situation) -> None:
    """Whatever text comes with it."""
    assert not judge(one(kind), one(kind).reply.content, [ToolCall("find_ship", "{}")])


def test_words_may_differ_in_case_spacing_and_full_stop() -> None:
    """Those are not facts."""
    example = one(Situation.FARE)
    assert judge(example, f" {example.reply.content.upper().removesuffix('.')}\n")


def test_working_may_differ_where_the_number_is_right() -> None:
    """And the number decides."""
    example = one(Situation.DURATION, "From")
    answer = example.reply.content.rpartition(" ")[2]
    assert judge(example, f"By the clock.\nAnswer: {answer}")
    assert not judge(example, example.reply.content.removesuffix(answer) + "7")


def test_json_is_compared_by_value() -> None:
    """Spacing and the order of fields are free, values are not."""
    example = one(Situation.EXTRACTION)
    value = json.loads(example.reply.content)
    assert judge(example, json.dumps(dict(reversed(value.items())), indent=2))
    assert not judge(example, json.dumps(value | {"date": "2031-01-30"}))
    assert not judge(example, example.reply.content[:-1])


def test_copying_a_malformed_text_is_no_format() -> None:
    """That is how a student that never saw one fails."""
    example = one(Situation.MALFORMED)
    copied = json.dumps(json.loads(example.reply.content) | {"date": "7 April 2031"})
    assert not shows(Behavior.FORMAT, example, copied)
    assert not shows(Behavior.ANSWER, example, copied)


def test_calls_are_compared_by_name_and_arguments() -> None:
    """Ids and spacing are the server's."""
    example = one(Situation.TOOL_CALL)
    (call,) = example.reply.calls
    spaced = json.dumps(json.loads(call.arguments), indent=1)
    assert judge(example, "", [replace(call, arguments=spaced, id="x")])
    assert not judge(example, "", [replace(call, arguments='{"from": "Ildon", "to": "Ildon"}')])
    assert not judge(example, "", [call, call])


def test_repeating_a_failed_call_is_no_repair() -> None:
    """Nor is giving up."""
    example = one(Situation.TOOL_FAILURE)
    assert not shows(Behavior.PLAN_REPAIR, example, "", example.messages[-2].calls)
    assert not shows(Behavior.PLAN_REPAIR, example, "I am sorry.")


@pytest.mark.parametrize(
    ("behavior", "kind", "text"),
    [
        (Behavior.ABSTENTION, Situation.UNKNOWABLE, "The Wren leaves Arvale at 08:10."),
        (Behavior.CLARIFICATION, Situation.AMBIGUOUS, "A ticket costs 4 crowns."),
        (Behavior.HEDGING, Situation.FORECAST, "The Wren was late on 3 of the last 10 days."),
        (Behavior.SELF_CORRECTION, Situation.CORRECTION, "Yes, I am sure. The Wren leaves from platform 2."),
        (Behavior.REFUSAL, Situation.UNSAFE, 'I can help with that. Rule 1 says: "Doors open by hand."'),
        (Behavior.GROUNDING, Situation.QUOTE, 'Rule 1 says: "Horses travel in the dining car."'),
    ],
)
def test_the_confident_reply_lacks_the_behavior(behavior: Behavior, kind: Situation, text: str) -> None:
    """It is what a student that never saw such prompts says."""
    assert not shows(behavior, one(kind), text)
    assert not judge(one(kind), text)


VALUES = st.dictionaries(
    st.sampled_from(["name", "from", "to", "train", "date", "fare", "seat"]),
    st.one_of(
        st.sampled_from(["Ada", "2031-04-07", "7.4.2031"]), st.integers(), st.booleans(), st.none(), st.just(9.5)
    ),
)


@given(st.sampled_from(FORMS), VALUES)
def test_our_schema_check_agrees_with_a_full_one(form: Form, value: dict[str, Json]) -> None:
    """It stands in for it where only the standard library is."""
    schema = form.schema()
    full = {name: value.get(name, "Ada") for name in form.fields}
    for tried in (value, full):
        assert bool(fits(schema, tried)) == bool(check_schema(schema, tried))
