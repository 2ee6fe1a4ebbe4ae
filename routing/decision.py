"""Which arm serves a request, and why.

Any doubt means teacher: an override by the client, no snapshot, one past its time to live. In this version no
snapshot carries a weight above zero, so the student serves nobody; what a weight buys is decided here once it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.observation import Arm


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker knows of the rollouts: each route's weight in buckets of 100 000, valid until ``expires``.

    ``expires`` is on the same monotonic clock, in seconds, as the ``now`` that ``decide`` is given.
    """

    weights: Mapping[str, int]
    expires: float


@dataclass(frozen=True, slots=True)
class Decision:
    """The arm that serves, and a reason from a closed set."""

    arm: Arm
    reason: str


_OVERRIDE = Decision(Arm.TEACHER, "override")
_NO_SNAPSHOT = Decision(Arm.TEACHER, "no_snapshot")
_EXPIRED = Decision(Arm.TEACHER, "snapshot_expired")
_WEIGHT_ZERO = Decision(Arm.TEACHER, "weight_zero")


def decide(standing: Standing | None, now: float, *, override: bool) -> Decision:
    """Decide one request. ``override`` is True when the client asked for the teacher."""
    if override:
        return _OVERRIDE
    if standing is None:
        return _NO_SNAPSHOT
    if now >= standing.expires:
        return _EXPIRED
    return _WEIGHT_ZERO
