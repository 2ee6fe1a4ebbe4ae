"""How a conversation is drawn: phrasings of which some are never taught, and the chance that picks among them.

It refuses ambient chance: all comes from the ``Random`` in a ``Draw``. What is phrased stands in ``wording``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

T = TypeVar("T")

_OPENERS = ("", "", "", "", "Hello. ", "Hi. ", "Good morning. ", "A question. ")
_CLOSERS = ("", "", "", "", " Thanks.", " Thank you.")


@dataclass(frozen=True, slots=True)
class Phrasing:
    """Ways to say one thing, as formats with named slots: those that models are trained on, and those held out.

    Held-out ways use only words that are taught somewhere: they ask for understanding, not for a dictionary.
    """

    taught: tuple[str, ...]
    held_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Draw:
    """One conversation's chance. ``held_out`` picks from each phrasing's held-out ways, and from no others."""

    rng: Random
    held_out: bool = False

    @classmethod
    def seeded(cls, seed: str, *, held_out: bool = False) -> Draw:
        """The chance that this seed names, on every machine."""
        return cls(Random(seed), held_out)  # noqa: S311 -- drawn to be repeated, not to be secret

    def say(self, phrasing: Phrasing, slots: Mapping[str, str]) -> str:
        """One way to say it, its slots filled."""
        return self.pick(phrasing.held_out if self.held_out else phrasing.taught).format_map(slots)

    def ask(self, phrasing: Phrasing, slots: Mapping[str, str]) -> str:
        """What a caller says first: a way to say it, sometimes with a greeting or with thanks."""
        return self.pick(_OPENERS) + self.say(phrasing, slots) + self.pick(_CLOSERS)

    def pick(self, choices: Sequence[T]) -> T:
        """One of them, each as likely as another."""
        return choices[self.rng.randrange(len(choices))]

    def weighed(self, choices: Sequence[T], bounds: Sequence[int]) -> T:
        """One of them, by the running sums of their weights."""
        return self.rng.choices(choices, cum_weights=bounds)[0]

    def several(self, choices: Sequence[T], count: int) -> tuple[T, ...]:
        """So many of them, all different, in any order."""
        return tuple(self.rng.sample(choices, count))

    def number(self, low: int, high: int, step: int = 1) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return self.rng.randrange(low, high + 1, step)
