"""A decision: what the database gives back is what the admin port tells."""

from __future__ import annotations

import msgspec

from proxy.store.decided import Decided


def test_a_decision_travels_whole() -> None:
    """The command line reads the admin port's JSON into the same type; nothing of a decision may be lost on the way."""
    one = Decided(1764.25, "ana@desk", "math", "raise", "1 %", "5 %", "refusal passes", '{"math": {}}')
    assert msgspec.json.decode(msgspec.json.encode(one), type=Decided) == one
