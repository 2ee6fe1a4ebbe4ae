"""The vocabulary of behaviors."""

from __future__ import annotations

from routing.behaviors.label import Behavior, Label, Presence


def test_a_label_is_weightless_unless_said() -> None:
    """Detectors that find nothing say only that."""
    assert Label(Behavior.HEDGING, Presence.ABSENT) == Label("hedging", Presence.ABSENT, 0.0, "", None)
