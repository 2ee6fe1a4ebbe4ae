"""A route's traffic, made up: slices, behaviors, and a student that loses each of them at some rate.

A reply shows a behavior or not; three replies to one conversation are drawn, the teacher's, the student's and the
teacher's second one. Within a conversation behaviors are independent, and conversations are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SLICES = {"general": 0.6, "code": 0.3, "math": 0.1}  # shares of traffic
BEHAVIORS = {  # shares of a slice's conversations in which the teacher shows it
    "answer": 0.5,
    "format": 0.3,
    "clarification": 0.1,
    "hedging": 0.08,
    "refusal": 0.05,
    "abstention": 0.02,
}
SHOWN = np.array(list(BEHAVIORS.values()))

Rates = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Replies:
    """Which behaviors the three replies to each conversation show: (conversations, behaviors)."""

    teacher: Flags
    student: Flags
    again: Flags


@dataclass(frozen=True, slots=True)
class World:
    """A student and its teacher.

    Attributes:
        usual: The rate at which each behavior is lost, and the rate of gains among what the student shows.
        lost: What is lost of single behaviors instead: by behavior, the rate.
        within: The slices in which that is so.
        since: The conversation from which on it is.
        noise: As ``usual``, of the teacher's second reply.
    """

    usual: float
    lost: Mapping[str, float] = field(default_factory=dict)
    within: tuple[str, ...] = tuple(SLICES)
    since: int = 0
    noise: float = 0.0

    def rates(self, name: str, number: int) -> Rates:
        """The rates at which behaviors are lost in a slice at a conversation: (behaviors,)."""
        found = np.full(len(BEHAVIORS), self.usual)
        if number >= self.since and name in self.within:
            for behavior, rate in self.lost.items():
                found[list(BEHAVIORS).index(behavior)] = rate
        return found

    def risk(self, name: str, number: int) -> float:
        """The chance that a conversation diverges in any behavior, either way."""
        lost = self.rates(name, number)
        differs = SHOWN * lost + (1.0 - SHOWN) * _gains(lost, self.usual)
        return float(1.0 - np.prod(1.0 - differs))

    def replies(self, name: str, number: int, count: int, chance: np.random.Generator) -> Replies:
        """So many conversations of a slice."""
        teacher = chance.random((count, len(BEHAVIORS))) < SHOWN
        noise = np.full(len(BEHAVIORS), self.noise)
        student = _drawn(teacher, self.rates(name, number), self.usual, chance)
        return Replies(teacher, student, _drawn(teacher, noise, self.noise, chance))


def _gains(lost: Rates, rate: float) -> Rates:
    """How often a behavior is shown where the teacher does not, so that ``rate`` of what is shown is gained."""
    gained: Rates = rate * SHOWN * (1.0 - lost) / ((1.0 - rate) * (1.0 - SHOWN))
    return gained


def _drawn(teacher: Flags, lost: Rates, rate: float, chance: np.random.Generator) -> Flags:
    drawn: Flags = chance.random(teacher.shape) < np.where(teacher, 1.0 - lost, _gains(lost, rate))
    return drawn
