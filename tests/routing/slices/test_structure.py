"""What structure shows."""

from __future__ import annotations

import pytest

from routing.observation import ToolCall
from routing.slices.marks import Reason
from routing.slices.structure import LONG_CONTEXT, structural
from routing.traits import Endpoint, FormatKind, Slice, Tool, Traits, Turn

HI = Turn("user", "hi")


def shown(traits: Traits) -> list[tuple[Slice, Reason]]:
    """The slices and why."""
    return [(mark.slice, mark.reason) for mark in structural(traits)]


@pytest.mark.parametrize(
    "traits",
    [
        Traits(Endpoint.CHAT, (HI,), tools=(Tool("f"),)),
        Traits(Endpoint.CHAT, (HI, Turn("tool", "42"))),
        Traits(Endpoint.CHAT, (HI, Turn("assistant", "", (ToolCall("f", "{}"),)))),
    ],
)
def test_tools_and_tool_turns_are_tool_use(traits: Traits) -> None:
    """The request's structure is the surest sign."""
    assert shown(traits) == [(Slice.TOOL_USE, Reason.TOOLS)]


def test_tools_described_in_words_are_tool_use() -> None:
    """Agents without a tools field write them into the system prompt; one who only talks of tools does not."""
    described = Turn("system", "You have access to the following tools:\nsearch: looks things up")
    assert shown(Traits(Endpoint.CHAT, (described, HI))) == [(Slice.TOOL_USE, Reason.TOOLS_DESCRIBED)]
    assert not shown(Traits(Endpoint.CHAT, (Turn("user", "Which tools does a carpenter need?"),)))


def test_long_prompts_are_long_context_wherever_the_text_is() -> None:
    """The document often stands in the system prompt or an earlier turn."""
    turns = (Turn("system", "x" * LONG_CONTEXT), Turn("user", "What is 1 + 1?"))
    assert shown(Traits(Endpoint.CHAT, turns)) == [(Slice.LONG_CONTEXT, Reason.LENGTH)]
    assert not shown(Traits(Endpoint.CHAT, turns[:1]))


def test_a_demanded_format_is_steerability() -> None:
    """``response_format`` says so without words."""
    traits = Traits(Endpoint.CHAT, (HI,), format=FormatKind.JSON_OBJECT)
    assert shown(traits) == [(Slice.STEERABILITY, Reason.RESPONSE_FORMAT)]


def test_a_request_without_turns_shows_nothing() -> None:
    """Other endpoints' requests have none."""
    assert not shown(Traits(Endpoint.CHAT))
