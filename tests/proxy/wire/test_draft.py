"""Observations under construction."""

from __future__ import annotations

from proxy.wire.draft import Draft
from routing.observation import Arm, Timing, ToolCall, Usage


def test_pieces_are_joined_and_halves_of_characters_too() -> None:
    """A draft is sealed once, when all pieces are there."""
    draft = Draft(text=["a\ud83d", "\ude00"], finish_reason="stop")
    call = draft.begin(3)
    call.name = "f"
    call.arguments += ["{", "}"]
    seen = draft.sealed(Arm.TEACHER, 200, None, Timing(None, 1.0))
    assert (seen.text, seen.tool_calls, seen.usage) == ("a\N{GRINNING FACE}", (ToolCall("f", "{}"),), None)


def test_a_place_is_taken_by_the_latest_call() -> None:
    """And the earlier one is kept."""
    draft = Draft()
    first, second = draft.begin(0), draft.begin(0)
    assert draft.call_at(0) is second
    assert draft.calls == [first, second]
    assert draft.call_at(1) is None


def test_counts_add_up_the_prompt_and_keep_what_is_not_repeated() -> None:
    """A stream's later counts repeat only what changed."""
    draft = Draft()
    draft.count({"input": 5, "cached": 2, "output": 1}, ("input", "cached"), "output")
    draft.count({"input": None, "output": 9}, ("input", "cached"), "output")
    assert draft.sealed(Arm.TEACHER, 200, None, Timing(None, 1.0)).usage == Usage(7, 9)


def test_the_vocabulary_of_finish_reasons_is_closed() -> None:
    """What upstreams invent is none of the known."""
    assert Draft(finish_reason="abort").sealed(Arm.TEACHER, 200, None, Timing(None, 1.0)).finish_reason == ""
