"""Two observations of one request, compared: which behaviors the student lost or gained.

A divergence is directed. For ``lost`` the trials are the requests on which the teacher showed the behavior; for
``gained`` those on which the student did. A request on which neither did is no trial: it says nothing about either.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.behaviors.label import Label


class Direction(StrEnum):
    """Which arm showed the behavior that the other did not."""

    LOST = "lost"  # the teacher did, the student did not
    GAINED = "gained"  # the student did, the teacher did not


@dataclass(frozen=True, slots=True)
class Trial:
    """One request that could have shown a divergence of a behavior in a direction, and whether it did.

    ``severity`` in [0, 1] says how much was lost where ``diverged``; it is 0 where not.
    """

    behavior: str
    direction: Direction
    diverged: bool
    severity: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing two arms found: each arm's labels, and the trials in both directions."""

    teacher: tuple[Label, ...]
    student: tuple[Label, ...]
    trials: tuple[Trial, ...]

    @property
    def divergences(self) -> tuple[Trial, ...]:
        """The trials that diverged."""
        return tuple(t for t in self.trials if t.diverged)
