"""Reasons: each one that can be given is given by something."""

from __future__ import annotations

import pytest

from routing.slices import classify
from routing.slices.marks import Reason
from routing.slices.rules import Rule
from routing.slices.structure import LONG_CONTEXT
from routing.traits import Endpoint, FormatKind, Slice, Tool, Traits, Turn

HI = (Turn("user", "hi"),)
EVERY = Rule(Slice.CODE, prompt=lambda _: True)
REQUESTS = {
    Reason.TOOLS: Traits(Endpoint.CHAT, HI, tools=(Tool("f"),)),
    Reason.TOOLS_DESCRIBED: Traits(Endpoint.CHAT, (Turn("system", "<tools>[]</tools>"), *HI)),
    Reason.LENGTH: Traits(Endpoint.CHAT, (Turn("user", "word " * LONG_CONTEXT),)),
    Reason.RESPONSE_FORMAT: Traits(Endpoint.CHAT, HI, format=FormatKind.JSON_SCHEMA),
    Reason.SCRIPT: Traits(Endpoint.CHAT, (Turn("user", "Где находится библиотека?"),)),
    Reason.PHRASING: Traits(Endpoint.CHAT, HI),
}


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_given_by_something(reason: Reason) -> None:
    """A reason that nothing gives would be a word in the documentation and nowhere else."""
    traits = REQUESTS.get(reason, Traits(Endpoint.CHAT, HI))
    told = Slice.MATH if reason is Reason.HEADER else None
    rules = (EVERY,) if reason is Reason.RULE else ()
    assert reason in {mark.reason for mark in classify(traits, rules, told=told).marks}
