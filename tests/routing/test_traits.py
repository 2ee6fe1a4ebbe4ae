"""Traits."""

from __future__ import annotations

from routing.traits import Endpoint, FormatKind, Traits


def test_a_request_that_says_nothing_asks_nothing() -> None:
    """What could not be read is left out, and decisions go on."""
    traits = Traits(Endpoint.CHAT)
    assert (traits.turns, traits.tools, traits.required_tool, traits.format) == ((), (), "", FormatKind.TEXT)
