"""The table of behaviors."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.table import TABLE
from routing.observation import Arm, Observation
from routing.traits import Endpoint, Traits, Turn


def labels(prompt: str, text: str) -> list[Label]:
    """Every row's label of a reply, which is its own reference."""
    seen = Observation(Arm.TEACHER, text=text, finish_reason="stop")
    case = Case(Traits(Endpoint.CHAT, (Turn("user", prompt),)), seen, seen, lambda _schema, _value: "")
    return [row.detect(case) for row in TABLE]


def test_every_behavior_has_one_row() -> None:
    """Two rows would count every divergence twice."""
    assert len({row.behavior for row in TABLE}) == len(TABLE)


@given(st.text(), st.text())
def test_rows_label_their_own_behavior_within_bounds(prompt: str, text: str) -> None:
    """A label under another name would be counted in another cell."""
    for row, label in zip(TABLE, labels(prompt, text), strict=True):
        assert label.behavior == row.behavior
        assert 0.0 <= label.score <= 1.0
        assert label.presence is not Presence.ABSENT or label.score < 1.0
