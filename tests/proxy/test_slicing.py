"""Slices that people set: a caller by a header, an operator by a rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.slice_rules import SliceRule, When
from proxy.slicing import UnknownSliceError, conditions_met, rules_of, told
from proxy.upstream import Headers
from routing.slices import slice_of
from routing.traits import Endpoint, Slice, Tool, Traits, Turn

TEAM: Headers = [(b"x-team", b"ide-7"), (b"authorization", b"Bearer secret")]


@pytest.mark.parametrize(("value", "slice_"), [(b"math", Slice.MATH), (b" Tool_Use ", Slice.TOOL_USE)])
def test_a_caller_can_name_a_slice(value: bytes, slice_: Slice) -> None:
    """Case and blanks around it are no slips."""
    assert told([(b"x-practicum-slice", value)]) is slice_
    assert told([(b"x-other", value)]) is None


@pytest.mark.parametrize("value", [b"maths", b"", b"\xff\xfe", b"x" * 9000])
def test_a_name_that_is_no_slice_is_refused_with_the_nearest(value: bytes) -> None:
    """Ignored, the slip would never be seen; taken, it would be a label without bound."""
    with pytest.raises(UnknownSliceError, match="names no slice") as refused:
        told([(b"x-practicum-slice", value)])
    assert len(str(refused.value)) < 400
    if value == b"maths":
        assert '"math"' in str(refused.value)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("x-team", True),
        ("X-Team", True),
        ("x-team=ide-7", True),
        ("x-team=ide", False),
        ("x-team=ide-*", True),
        ("x-team=*7", True),
        ("x-team=*de*7", True),
        ("x-team=*dd*7", False),
        ("x-team=ide-7*7", False),
        ("x-team=[i]de-7", False),
        ("x-user", False),
    ],
)
def test_a_condition_on_a_header_holds_or_not(condition: str, holds: bool) -> None:
    """Only ``*`` is special: a bracket in a rule is a bracket."""
    declared = [SliceRule("code", When(header=condition))]
    assert conditions_met(declared, TEAM) == ([condition] if holds else [])


def test_values_of_headers_are_not_handed_on() -> None:
    """A rule may look at credentials; the record must not carry them to the examiner."""
    declared = [SliceRule("code", When(header="authorization=Bearer *")), SliceRule("math", When(tool="a"))]
    assert conditions_met(declared, TEAM) == ["authorization=Bearer *"]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        (When(header="x-team=ide-*"), True),
        (When(header="x-team=web"), False),
        (When(system_matches=r"(?i)\bTUTOR\b"), True),
        (When(system_matches="seven"), False),
        (When(prompt_matches="^seven$"), True),
        (When(prompt_matches="tutor"), False),
        (When(tool="run_*"), True),
        (When(tool="run"), False),
        (When(tool="run_*", prompt_matches="eight"), False),
    ],
)
def test_a_rule_puts_a_request_into_its_slice(when: When, holds: bool) -> None:
    """Every condition must hold; else the request is classified."""
    turns = (Turn("system", "You are a tutor."), Turn("user", "seven"))
    traits = Traits(Endpoint.CHAT, turns, tools=(Tool("run_tests"),))
    declared = (SliceRule("reasoning", when),)
    found = slice_of(traits, rules_of(declared), conditions_met(declared, TEAM))
    assert found is (Slice.REASONING if holds else Slice.TOOL_USE)


@given(st.text(st.characters()))
def test_any_prompt_can_be_searched(prompt: str) -> None:
    """Halves of characters included."""
    declared = (SliceRule("math", When(prompt_matches=r"\d+ apples")),)
    slice_of(Traits(Endpoint.CHAT, (Turn("user", prompt),)), rules_of(declared))
