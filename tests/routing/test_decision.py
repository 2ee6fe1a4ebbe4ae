"""Who serves: every doubt means teacher."""

from __future__ import annotations

import pytest

from routing.decision import Standing, decide
from routing.observation import Arm

FRESH = Standing({"support": 0}, expires=100.0)


@pytest.mark.parametrize(
    ("standing", "now", "override", "reason"),
    [
        (None, 0.0, False, "no_snapshot"),
        (FRESH, 100.0, False, "snapshot_expired"),
        (FRESH, 1e9, False, "snapshot_expired"),
        (FRESH, 99.9, False, "weight_zero"),
        (FRESH, 99.9, True, "override"),
        (None, 0.0, True, "override"),
        (Standing({"support": 100_000}, expires=100.0), 1.0, False, "weight_zero"),
    ],
)
def test_the_teacher_serves_and_the_reason_says_why(
    standing: Standing | None, now: float, override: bool, reason: str
) -> None:
    """The last row: even a snapshot with a weight moves nobody in a version that cannot fall back."""
    decision = decide(standing, now, override=override)
    assert (decision.arm, decision.reason) == (Arm.TEACHER, reason)
