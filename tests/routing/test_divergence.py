"""Two observations compared."""

from __future__ import annotations

from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.label import Behavior, Label, Presence
from routing.behaviors.table import TABLE, Row
from routing.divergence import Direction, Trial, compare
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, FormatKind, Json, Tool, Traits, Turn


def anything_fits(_schema: Json, _value: Json) -> str | None:
    """A schema check that never complains."""
    return ""


def scripted(case: Case) -> Label:
    """A detector that reads presence and score off the reply's text."""
    presence, _, score = case.reply.text.partition(" ")
    return Label(Behavior.HEDGING, Presence(presence), float(score or 0))


LOST, GAINED = Direction.LOST, Direction.GAINED


@pytest.mark.parametrize(
    ("teacher", "student", "trials"),
    [
        ("present 1", "present 1", [(LOST, False, 0.0), (GAINED, False, 0.0)]),
        ("present 1", "absent", [(LOST, True, 1.0)]),
        ("present 1", "absent 0.25", [(LOST, True, 0.75)]),
        ("absent 0.5", "present 1", [(GAINED, True, 0.5)]),
        ("present 0.5", "absent 0.75", [(LOST, True, 0.05)]),
        ("present 0.5", "present 1", [(LOST, False, 0.0), (GAINED, False, 0.0)]),
        ("absent", "absent", []),
        ("not_applicable", "present 1", []),
        ("present 1", "not_applicable", []),
    ],
)
def test_what_counts_as_a_trial(teacher: str, student: str, trials: list[tuple[Direction, bool, float]]) -> None:
    """Neither did: no trial. The gates' rates are meaningless with another denominator."""
    arms = Observation(Arm.TEACHER, text=teacher), Observation(Arm.STUDENT, text=student)
    found = compare(Traits(Endpoint.CHAT), *arms, anything_fits, (Row(Behavior.HEDGING, scripted),))
    assert found.trials == tuple(Trial("hedging", *trial) for trial in trials)
    assert found.divergences == tuple(trial for trial in found.trials if trial.diverged)


def test_the_whole_table_on_a_pair() -> None:
    """Labels of both arms in the same order, and the divergences by name."""
    traits = Traits(Endpoint.CHAT, (Turn("user", "What is 3 * 12?"),), tools=(Tool("f"),))
    teacher = Observation(Arm.TEACHER, text="3 * 12 = 36. The answer is 36.", finish_reason="stop")
    student = Observation(Arm.STUDENT, text="I'm sorry, but I can't help with that.", finish_reason="stop")
    found = compare(traits, teacher, student, anything_fits)
    assert [label.behavior for label in found.teacher] == [label.behavior for label in found.student]
    assert {(t.behavior, t.direction) for t in found.divergences} == {("answer", LOST), ("refusal", GAINED)}


class Reply(TypedDict, total=False):
    """What an arm says and calls."""

    text: str
    calls: tuple[ToolCall, ...]


def observed(reply: Reply) -> Observation:
    """An arm's observation of it."""
    return Observation(Arm.STUDENT, text=reply.get("text", ""), tool_calls=reply.get("calls", ()), finish_reason="stop")


SCHEMA: Json = {"properties": {"cabin": {"enum": ["economy", "business"]}, "seats": {"type": "integer"}}}
BOOK = ToolCall("book", '{"cabin": "economy", "seats": 2}')
BUSINESS = ToolCall("book", '{"cabin": "business", "seats": 2}')
BROKEN = ToolCall("book", '{"cabin": "economy", "seats": 2')
FAILED = (Turn("user", "Book it."), Turn("assistant", "", (BOOK,)), Turn("tool", "Error: timed out"))
PASSAGES = (Turn("user", "Context:\n[1] The bridge was built in 1226.\n\nHow old is it?"),)


@pytest.mark.parametrize(
    ("turns", "teacher", "behavior", "worse_and_worse"),
    [
        (
            (),
            {"calls": (BOOK,)},
            "tool_call",
            [{"calls": (BOOK, BOOK)}, {"calls": (BUSINESS,)}, {"calls": (BROKEN,)}, {}],
        ),
        (
            FAILED,
            {"text": "Shall I try the next one?"},
            "plan_repair",
            [{"calls": (BOOK,)}, {"text": "It failed."}, {}],
        ),
        (PASSAGES, {"text": "From 1226 [1]."}, "grounding", [{"text": "From 1226."}]),
        ((), {"text": '{"a": 1, "b": 2}'}, "answer", [{"text": '{"a": 1, "b": 3}'}, {"text": '{"a": 0, "b": 0}'}]),
        ((), {"text": "The answer is 36.2"}, "answer", [{"text": "The answer is 36"}, {"text": "The answer is 63"}]),
    ],
)
def test_severities_are_in_the_order_in_which_people_would_put_them(
    turns: tuple[Turn, ...], teacher: Reply, behavior: str, worse_and_worse: list[Reply]
) -> None:
    """The worst is to be seen first; that is all they are for."""
    traits = Traits(Endpoint.CHAT, turns or (Turn("user", "Book two seats."),), (Tool("book", SCHEMA),))
    rows = tuple(row for row in TABLE if row.behavior == behavior)
    found = [
        trial.severity
        for reply in worse_and_worse
        for trial in compare(traits, observed(teacher), observed(reply), anything_fits, rows).divergences
    ]
    assert len(found) == len(worse_and_worse)
    assert found == sorted(found)
    assert found[0] > 0
    assert found[-1] <= 1


TEXTS = st.text() | st.sampled_from(
    ["36", "The answer is 36", "I'm sorry, but I can't help with that", "{}", "a b " * 60]
)
CALLS = st.lists(st.builds(ToolCall, st.sampled_from("fgh"), st.sampled_from(["{}", "{", ""])), max_size=3).map(tuple)
REPLIES = st.builds(
    Observation,
    st.just(Arm.TEACHER),
    text=TEXTS,
    refusal=st.sampled_from(["", "No."]),
    tool_calls=CALLS,
    finish_reason=st.sampled_from(["stop", "length", "tool_calls", "content_filter", ""]),
)
REQUESTS = st.builds(
    Traits,
    st.just(Endpoint.CHAT),
    turns=TEXTS.map(lambda text: (Turn("user", text),)),
    tools=st.sampled_from([(), (Tool("f"), Tool("g", {"type": "object"}))]),
    format=st.sampled_from(FormatKind),
    schema=st.just({"type": "object"}),
)
CHECKS = st.sampled_from(["", "/: complaint", None]).map(lambda said: lambda _schema, _value: said)


@given(REQUESTS, REPLIES, CHECKS)
def test_the_teacher_against_itself_never_diverges(traits: Traits, reply: Observation, check: object) -> None:
    """Whatever it did: this is the part of the noise floor that is our own fault."""
    assert callable(check)
    assert compare(traits, reply, reply, check).divergences == ()


@given(REQUESTS, REPLIES, REPLIES)
def test_any_two_replies_compare(traits: Traits, teacher: Observation, student: Observation) -> None:
    """Detectors never raise, and severities are bounded."""
    for trial in compare(traits, teacher, student, anything_fits).trials:
        assert 0.0 <= trial.severity <= 1.0
        assert trial.diverged or trial.severity == 0.0
