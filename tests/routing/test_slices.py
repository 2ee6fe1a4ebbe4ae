"""Slices by structure."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.observation import ToolCall
from routing.slices import LONG_CONTEXT, slice_of
from routing.traits import Endpoint, FormatKind, Slice, Tool, Traits, Turn


def asked(prompt: str) -> Traits:
    """A chat of one user turn."""
    return Traits(Endpoint.CHAT, (Turn("system", "You are helpful."), Turn("user", prompt)))


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("What is the capital of France?", Slice.GENERAL),
        ("", Slice.GENERAL),
        ("Write a poem about a river.", Slice.GENERAL),
        ("Tom has 3 boxes of 12 pencils. How many pencils does he have?", Slice.MATH),
        ("What is 17 * 23?", Slice.MATH),
        ("Fix this:\n```\nx = 1\n```", Slice.CODE),
        ("Write a function that reverses a list", Slice.CODE),
        ("Explain tides in exactly three sentences.", Slice.STEERABILITY),
        ("List the planets as JSON", Slice.STEERABILITY),
        ("東京の天気について教えてください", Slice.MULTILINGUAL),
        ("Какая столица Франции?", Slice.MULTILINGUAL),
        ("Où est la bibliothèque ?", Slice.GENERAL),
    ],
)
def test_prompts_and_their_slices(prompt: str, expected: Slice) -> None:
    """One line per rule, and one for what the rules cannot see."""
    assert slice_of(asked(prompt)) is expected


def test_tools_and_tool_turns_are_tool_use() -> None:
    """The request's structure is the surest sign."""
    call = ToolCall("f", "{}")
    assert slice_of(Traits(Endpoint.CHAT, asked("hi").turns, tools=(Tool("f"),))) is Slice.TOOL_USE
    assert slice_of(Traits(Endpoint.CHAT, (Turn("tool", "42"),))) is Slice.TOOL_USE
    assert slice_of(Traits(Endpoint.CHAT, (Turn("assistant", "", (call,)),))) is Slice.TOOL_USE


def test_long_prompts_are_long_context_wherever_the_text_is() -> None:
    """The document often stands in the system prompt or an earlier turn."""
    turns = (Turn("system", "x" * LONG_CONTEXT), Turn("user", "What is 1 + 1?"))
    assert slice_of(Traits(Endpoint.CHAT, turns)) is Slice.LONG_CONTEXT


def test_a_demanded_format_is_steerability() -> None:
    """``response_format`` says so without words."""
    traits = Traits(Endpoint.CHAT, asked("hi").turns, format=FormatKind.JSON_OBJECT)
    assert slice_of(traits) is Slice.STEERABILITY


@given(st.text())
def test_any_prompt_has_a_slice(prompt: str) -> None:
    """Classifying must never fail a request."""
    assert slice_of(asked(prompt)) in Slice


@pytest.mark.parametrize("unit", ["in ", "all a", " ", "1 ", "write a ", "`", "9999", "\n", "\n \n", "1    "])
def test_hostile_prompts_take_bounded_time(unit: str) -> None:
    """Once weights rise this runs on the serving path: 20 ms of CPU is a hundred times what it needs."""
    traits = asked(unit * (LONG_CONTEXT // len(unit) - 100))
    began = time.process_time()
    for _ in range(5):
        slice_of(traits)
    assert time.process_time() - began < 0.1
