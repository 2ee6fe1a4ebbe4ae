"""Calls held against the teacher's."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.tool_call import detect
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Json, Tool, Traits, Turn

BOOK: Json = {"properties": {"seats": {"type": "integer"}, "cabin": {"enum": ["economy", "business"]}}}
TOOLS = (Tool("f", "integer a"), Tool("g"), Tool("free", free_form=True), Tool("book", BOOK))
SPOKEN = "Please take Anna Schmidt to Basel."


def check(schema: Json, value: Json) -> str | None:
    """Arguments of ``f`` fit if their ``a`` is an integer; those of other tools always do."""
    fits = schema != "integer a" or (isinstance(value, dict) and value.get("a") in range(1000))
    return "" if fits else "/a: not an integer"


def judged(teacher: list[ToolCall], student: list[ToolCall], tools: tuple[Tool, ...] = TOOLS) -> Label:
    """The label of the student's calls beside the teacher's."""
    reply, reference = (Observation(Arm.STUDENT, tool_calls=tuple(calls)) for calls in (student, teacher))
    return detect(Case(Traits(Endpoint.CHAT, (Turn("user", SPOKEN),), tools), reply, reference, check))


def book(arguments: str) -> list[ToolCall]:
    """One call of ``book``."""
    return [ToolCall("book", arguments)]


F, F2, G = ToolCall("f", '{"a": 1}'), ToolCall("f", '{"a": 2}'), ToolCall("g", "{}")
NAME = {name: json.dumps({"name": name}) for name in ("Anna Schmidt", "Hanna Schmidt", "anna  schmidt")}


@pytest.mark.parametrize(
    ("teacher", "student", "score"),
    [
        ([F], [ToolCall("f", '{"a": 1.0}')], 1.0),
        ([F, G], [G, F], 1.0),
        ([F, F2, G], [F2, G, F], 1.0),
        ([F, F], [F, F], 1.0),
        ([ToolCall("g", "")], [G], 1.0),
        ([ToolCall("g", ' {"x": "\u00e9", "y": 2}')], [ToolCall("g", '{"y":2,"x":"\\u00e9"}')], 1.0),
        ([ToolCall("free", "x")], [ToolCall("free", "x")], 1.0),
        ([ToolCall("free", "x")], [ToolCall("free", "{y")], 0.5),
        (book('{"cabin": "economy"}'), book('{"cabin": "ECONOMY"}'), 1.0),
        (book(NAME["Anna Schmidt"]), book(NAME["anna  schmidt"]), 0.5),
        (book('{"query": "trains to Basel"}'), book('{"query": "Basel train connections"}'), 0.5),
        (book('{"seats": 2, "thought": "He wants two."}'), book('{"thought": "Two seats.", "seats": 2}'), 0.75),
    ],
)
def test_the_same_calls(teacher: list[ToolCall], student: list[ToolCall], score: float) -> None:
    """In any order; what is worded otherwise lowers the score and nothing else."""
    label = judged(teacher, student)
    assert (label.presence, label.score) == (Presence.PRESENT, score)
    assert label.rule == ("same_calls" if score == 1.0 else "same_calls reworded")


@pytest.mark.parametrize(
    ("teacher", "student", "presence", "rule", "score"),
    [
        ([F], [F2], Presence.ABSENT, "other arguments /a", 0.0),
        ([F, F2], [F2, F2], Presence.ABSENT, "other arguments /a", 0.5),
        (
            book('{"seats": 2, "cabin": "economy"}'),
            book('{"seats": 2}'),
            Presence.ABSENT,
            "other arguments /cabin",
            0.25,
        ),
        (book('{"seats": 2}'), book('{"seats": 2, "pets": 1}'), Presence.ABSENT, "other arguments /pets", 0.25),
        (book(NAME["Anna Schmidt"]), book(NAME["Hanna Schmidt"]), Presence.ABSENT, "other arguments /name", 0.0),
        ([F], [], Presence.ABSENT, "no_call", 0.0),
        ([F], [G], Presence.ABSENT, "missing f; superfluous g", 0.0),
        ([F, G], [F], Presence.ABSENT, "missing g", 0.5),
        ([F], [F, F], Presence.ABSENT, "superfluous f", 0.5),
        ([F], [ToolCall("h", "{}")], Presence.ABSENT, "unknown_tool h", 0.0),
        ([F], [ToolCall("f", '{"a":')], Presence.ABSENT, "arguments_not_json", 0.25),
        ([F], [ToolCall("f", '{"a": 1,}')], Presence.ABSENT, "arguments_not_json", 0.25),
        ([F], [ToolCall("f", "{'a': 1}")], Presence.ABSENT, "arguments_not_json", 0.25),
        ([G], [ToolCall("g", "[1]")], Presence.ABSENT, "arguments_not_an_object", 0.25),
        ([G], [ToolCall("g", '"{}"')], Presence.ABSENT, "arguments_not_an_object", 0.25),
        ([F], [ToolCall("f", '{"a": "x"}')], Presence.ABSENT, "arguments /a: not an integer", 0.25),
        ([], [], Presence.ABSENT, "", 0.0),
        ([], [F], Presence.PRESENT, "uncalled_for", 1.0),
        ([ToolCall("f", "{")], [F], Presence.NOT_APPLICABLE, "reference_malformed", 0.0),
        ([ToolCall("invented", "{}")], [F], Presence.NOT_APPLICABLE, "reference_malformed", 0.0),
    ],
)
def test_other_calls(
    teacher: list[ToolCall], student: list[ToolCall], presence: Presence, rule: str, score: float
) -> None:
    """Each with a rule that says what is wrong, and a score that says how far it went."""
    label = judged(teacher, student)
    assert (label.presence, label.rule, label.score) == (presence, rule, score)


def test_many_calls_of_one_tool_are_compared_in_their_order() -> None:
    """Comparing all with all would cost the square of what a model can write."""
    many = [ToolCall("f", f'{{"a": {number}}}') for number in range(200)]
    assert judged(many, many).rule == "same_calls"
    assert judged(many, many[::-1]).rule == "other arguments /a"


def test_without_tools_there_is_no_occasion() -> None:
    """A reply to a plain question neither calls nor fails to."""
    assert judged([], [], ()).presence is Presence.NOT_APPLICABLE


def test_calls_compare_also_where_the_request_lists_no_tools() -> None:
    """An upstream may have tools of its own; then there is no schema to hold their arguments to."""
    assert judged([F], [F], ()).rule == "same_calls"
    assert judged([F], [F2], ()).rule == "other arguments /a"
    assert judged([F], [ToolCall("f", "{")], ()).rule == "arguments_not_json"


CALLS = st.lists(
    st.builds(ToolCall, st.sampled_from(["f", "g", "free", "h"]), st.sampled_from(["", "{", "[]", '{"a": 1}', '"x"'])),
    max_size=4,
)


@given(CALLS, CALLS, st.sampled_from([TOOLS, ()]))
def test_any_calls_have_a_label(teacher: list[ToolCall], student: list[ToolCall], tools: tuple[Tool, ...]) -> None:
    """Detectors never raise; the teacher's calls are the same as themselves in any order."""
    assert 0.0 <= judged(teacher, student, tools).score <= 1.0
    assert judged(teacher, teacher[::-1], tools).presence is not Presence.ABSENT or not teacher
