"""Tools: the right one is called with the caller's places, and a second plan differs from the first."""

from __future__ import annotations

import json

import pytest

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import Situation

KINDS = (Situation.TOOL_CALL, Situation.TOOL_ANSWER, Situation.TOOL_FAILURE)


@pytest.mark.parametrize("kind", KINDS)
def test_every_called_tool_is_offered(kind: Situation) -> None:
    """The first time and the second."""
    for example in of_kind(1, 100, kind, held_out=True):
        offered = {json.loads(json.dumps(tool))["function"]["name"] for tool in example.tools}
        called = {call.name for message in (*example.messages, example.reply) for call in message.calls}
        assert len(offered) == 2
        assert called <= offered


def test_a_first_call_has_the_places_of_the_question() -> None:
    """In their direction."""
    for example in of_kind(1, 100, Situation.TOOL_CALL, held_out=False):
        arguments = json.loads(example.reply.calls[0].arguments)
        assert f"from {arguments['from']} to {arguments['to']}" in example.messages[-1].content


def test_an_answer_tells_what_the_tool_told() -> None:
    """Its number or time."""
    for example in of_kind(1, 100, Situation.TOOL_ANSWER, held_out=False):
        told = [word.strip(".") for word in example.messages[-1].content.split() if any(map(str.isdigit, word))]
        assert told
        assert all(word in example.reply.content for word in told)


def test_second_plans_are_other_tools_or_other_arguments() -> None:
    """Both occur; the same call again never does."""
    changed = set()
    for example in of_kind(1, 200, Situation.TOOL_FAILURE, held_out=False):
        (before,), (after,) = example.messages[-2].calls, example.reply.calls
        assert (before.name, before.arguments) != (after.name, after.arguments)
        changed.add((before.name != after.name, before.arguments != after.arguments))
    assert changed == {(True, False), (False, True)}
