"""Calls held against the teacher's."""

from __future__ import annotations

import pytest

from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.tool_call import detect
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Json, Tool, Traits

TOOLS = (Tool("f", "integer a"), Tool("g"), Tool("free", free_form=True))


def check(_schema: Json, value: Json) -> str | None:
    """Arguments fit if their ``a`` is an integer."""
    return "" if isinstance(value, dict) and isinstance(value.get("a"), int) else "/a: not an integer"


def judged(teacher: list[ToolCall], student: list[ToolCall], tools: tuple[Tool, ...] = TOOLS) -> Label:
    """The label of the student's calls beside the teacher's."""
    reply, reference = (Observation(Arm.STUDENT, tool_calls=tuple(calls)) for calls in (student, teacher))
    return detect(Case(Traits(Endpoint.CHAT, tools=tools), reply, reference, check))


F, G = ToolCall("f", '{"a": 1}'), ToolCall("g", "{}")


@pytest.mark.parametrize(
    ("teacher", "student", "presence", "rule", "score"),
    [
        ([F], [ToolCall("f", '{"a": 2}')], Presence.PRESENT, "same_tools", 1.0),
        ([F, G], [G, F], Presence.PRESENT, "same_tools", 1.0),
        ([ToolCall("g", "")], [G], Presence.PRESENT, "same_tools", 1.0),
        ([ToolCall("free", "x")], [ToolCall("free", "{y")], Presence.PRESENT, "same_tools", 1.0),
        ([F], [], Presence.ABSENT, "no_call", 0.0),
        ([F], [G], Presence.ABSENT, "other_tools", 0.0),
        ([F, G], [F], Presence.ABSENT, "other_tools", 0.25),
        ([F], [F, F], Presence.ABSENT, "other_tools", 0.25),
        ([F], [ToolCall("f", '{"a":')], Presence.ABSENT, "arguments_not_json", 0.5),
        ([F], [ToolCall("f", '{"a": "x"}')], Presence.ABSENT, "arguments /a: not an integer", 0.5),
        ([], [], Presence.ABSENT, "", 0.0),
        ([], [F], Presence.PRESENT, "uncalled_for", 1.0),
        ([ToolCall("f", "{")], [F], Presence.NOT_APPLICABLE, "reference_malformed", 0.0),
        ([ToolCall("invented", "{}")], [F], Presence.NOT_APPLICABLE, "reference_malformed", 0.0),
    ],
)
def test_calls(teacher: list[ToolCall], student: list[ToolCall], presence: Presence, rule: str, score: float) -> None:
    """The same tools as often, well-formed; not the same values, for two good calls often differ."""
    label = judged(teacher, student)
    assert (label.presence, label.rule, label.score) == (presence, rule, score)


def test_without_tools_there_is_no_occasion() -> None:
    """A reply to a plain question neither calls nor fails to."""
    assert judged([], [], ()).presence is Presence.NOT_APPLICABLE
