"""Rows of an operator's own behaviors: judged like the built-in ones, and beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.config.own import Judge, OwnBehavior
from proxy.examiner.own_behaviors import table_of
from proxy.wire.schemas import check_schema
from routing.behaviors.case import absent
from routing.behaviors.label import Label, Presence
from routing.behaviors.table import TABLE, Row
from routing.divergence import Direction, Trial, compare
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Traits, Turn

POLICY = OwnBehavior("cites_policy", pattern=r"(?i)\bpolicy\s+\d+")
ORDER = OwnBehavior("order", schema={"type": "object", "required": ("id",), "properties": {"id": {"type": "integer"}}})
KIND = OwnBehavior("kind", judge=Judge("http://127.0.0.1:1/v1", "big", "It is kind."))
ASKED = Traits(Endpoint.CHAT, (Turn("user", "Where is my order?"),))


def label(own: OwnBehavior, text: str, *calls: ToolCall) -> Label:
    """What is found in a reply."""
    reply = Observation(Arm.STUDENT, text=text, tool_calls=calls)
    return compare(ASKED, reply, reply, check_schema, table_of([own])).student[-1]


@pytest.mark.parametrize(
    ("own", "text", "expected"),
    [
        (POLICY, "See policy 12.", Label("cites_policy", Presence.PRESENT, 1.0, "pattern", (4, 13))),
        (POLICY, "See the policy.", Label("cites_policy", Presence.ABSENT)),
        (POLICY, "", Label("cites_policy", Presence.ABSENT)),
        (ORDER, '{"id": 7}', Label("order", Presence.PRESENT, 1.0, "schema")),
        (ORDER, '{"id": "7"}', Label("order", Presence.ABSENT, 0.5, 'schema /id: "7" is not of type "integer"')),
        (ORDER, "Your order is 7.", Label("order", Presence.ABSENT, 0.0, "not_json", (0, 1))),
        (ORDER, '{"id": 7,}', Label("order", Presence.ABSENT, 0.0, "trailing_comma", (8, 10))),
        (ORDER, '```json\n{"id": 7}\n```', Label("order", Presence.ABSENT, 0.0, "fenced")),
        (ORDER, "", Label("order", Presence.ABSENT, 0.0, "empty")),
    ],
)
def test_what_is_found_in_a_reply(own: OwnBehavior, text: str, expected: Label) -> None:
    """And where, or why not."""
    assert label(own, text) == expected


def test_a_reply_that_only_calls_tools_owes_no_json() -> None:
    """The next one does."""
    call = ToolCall("track", "{}")
    assert label(ORDER, "", call).presence is Presence.NOT_APPLICABLE
    assert label(ORDER, '{"id": 7}', call).presence is Presence.PRESENT


def test_divergence_means_the_same_as_for_the_built_in_ones() -> None:
    """Directed, no trial where neither did, and its severity is how far the other fell short."""
    teacher = Observation(Arm.TEACHER, text='{"id": 7}')
    student = Observation(Arm.STUDENT, text='{"policy": "policy 3"}')
    found = compare(ASKED, teacher, student, check_schema, table_of([POLICY, ORDER]))
    assert [t for t in found.trials if t.behavior in {"cites_policy", "order"}] == [
        Trial("cites_policy", Direction.GAINED, diverged=True, severity=1.0),
        Trial("order", Direction.LOST, diverged=True, severity=0.5),
    ]
    silent = compare(ASKED, teacher, teacher, check_schema, table_of([POLICY]))
    assert not [t for t in silent.trials if t.behavior == "cites_policy"]


def test_the_table_keeps_the_operators_order_after_the_built_in_rows() -> None:
    """So that two pairs can be read side by side."""
    judged = Row("kind", lambda _: absent("kind"))
    assert table_of([]) == TABLE
    assert [row.behavior for row in table_of([ORDER, KIND, POLICY], {"kind": judged})][len(TABLE) :] == [
        "order",
        "kind",
        "cites_policy",
    ]


def test_what_nobody_judged_has_no_row() -> None:
    """Pairs that are judged again later keep what the judge said then."""
    assert table_of([KIND]) == TABLE


def test_a_schema_that_gives_up_on_a_reply_judges_nothing() -> None:
    """Its patterns are bounded, as they are for the built-in ``format``."""
    hard = OwnBehavior("hard", schema={"type": "string", "pattern": r"^(?:(a|aa)+)+\1$"})
    assert label(hard, '"' + "a" * 60 + '!"') == Label("hard", Presence.NOT_APPLICABLE, rule="schema_gave_up")


@given(st.text(st.characters()), st.sampled_from([POLICY, ORDER]))
def test_no_reply_raises(text: str, own: OwnBehavior) -> None:
    """A detector that raises would cost the pair."""
    assert label(own, text).behavior == own.name
