"""An operator's rules."""

from __future__ import annotations

import pytest

from routing.slices.rules import Rule, first_that_holds
from routing.traits import Endpoint, Slice, Tool, Traits, Turn

TRAITS = Traits(
    Endpoint.CHAT,
    (Turn("system", "You help coders."), Turn("user", "hi"), Turn("assistant", "yes?"), Turn("user", "run it")),
    tools=(Tool("run_tests"), Tool("read_file")),
)


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Rule(Slice.CODE, header="x-team=ide-*"), True),
        (Rule(Slice.CODE, header="x-team=web"), False),
        (Rule(Slice.CODE, tool=lambda name: name.startswith("run_")), True),
        (Rule(Slice.CODE, tool=lambda name: name == "run"), False),
        (Rule(Slice.CODE, system=lambda text: "coders" in text), True),
        (Rule(Slice.CODE, system=lambda text: "run it" in text), False),
        (Rule(Slice.CODE, prompt=lambda text: text == "run it"), True),
        (Rule(Slice.CODE, header="x-team=ide-*", prompt=lambda text: "stop" in text), False),
    ],
)
def test_a_rule_holds_where_all_of_its_conditions_do(rule: Rule, holds: bool) -> None:
    """Each condition looks at its own part of the request."""
    assert rule.holds(TRAITS, ("x-team=ide-*",)) is holds


def test_the_first_rule_that_holds_decides() -> None:
    """Operators put the special case before the general one."""
    rules = (Rule(Slice.MATH, header="x-math"), Rule(Slice.CODE, tool=bool), Rule(Slice.GENERAL))
    assert first_that_holds(rules, TRAITS, ()) is Slice.CODE
    assert first_that_holds(rules[:1], TRAITS, ()) is None
