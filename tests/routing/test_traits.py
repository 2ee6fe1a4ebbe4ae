"""Traits."""

from __future__ import annotations

from routing.traits import Endpoint, FormatKind, Traits, Turn


def test_a_request_that_says_nothing_asks_nothing() -> None:
    """What could not be read is left out, and decisions go on."""
    traits = Traits(Endpoint.CHAT)
    assert (traits.turns, traits.tools, traits.required_tool, traits.format) == ((), (), "", FormatKind.TEXT)


def test_what_the_user_said_last() -> None:
    """What a reply answers: not what was asked before, the model's own turns, nor a tool's result."""
    turns = (Turn("user", "hello"), Turn("user", "run it"), Turn("assistant", "running"), Turn("tool", "done"))
    assert Traits(Endpoint.CHAT, turns).last_said == "run it"
    assert Traits(Endpoint.CHAT).last_said == ""
