"""What detectors share."""

from __future__ import annotations

import pytest

from routing.behaviors.case import absent, not_applicable, parse_json, present
from routing.behaviors.label import Behavior, Presence


@pytest.mark.parametrize("text", ["", "nope", "NaN", "[Infinity]", "{'a': 1}", "[1,]", "[" * 100_000, "1 2"])
def test_what_is_no_json_by_the_standard_raises(text: str) -> None:
    """Also what Python's own parser would take: clients in other languages would not."""
    with pytest.raises(ValueError, match=r".+"):
        parse_json(text)


def test_json_is_parsed() -> None:
    """White space around it is JSON too."""
    assert parse_json(' {"a": [1.5, null]}\n') == {"a": [1.5, None]}


def test_labels_by_their_names() -> None:
    """One short word per presence."""
    assert present(Behavior.FORMAT, "r", 0.5, (1, 2)).presence is Presence.PRESENT
    assert absent(Behavior.FORMAT, "r").score == 0.0
    assert absent(Behavior.FORMAT, "r", span=(1, 2)).span == (1, 2)
    assert not_applicable(Behavior.FORMAT).presence is Presence.NOT_APPLICABLE
