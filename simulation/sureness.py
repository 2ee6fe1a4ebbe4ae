"""Worlds of confidence: traffic in which a student's certainty is worth much, nothing, or less than that.

A world is a pool of answers, each with the numbers that a calibration sees and its chance to diverge. Units are drawn
from it with replacement, so what a threshold does to all traffic is known, not estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
import numpy.typing as npt

from routing.confidence.calibration import Calibration
from routing.confidence.threshold import Promise, Target

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NUMBERS = 6
TURNS = 6
_CONVERSATIONS = 1000
_SEED = 7


@dataclass(frozen=True, slots=True)
class World:
    """How an answer's chance to diverge goes with its sureness, a standard normal number.

    Attributes:
        odds: Log-odds of the answer of middling sureness.
        gain: What they fall by with each unit of sureness.
        overconfident: The chance of the surest tenth instead, where there is such a flaw.
    """

    odds: float
    gain: float
    overconfident: float | None = None


def log_odds(chance: float) -> float:
    """Of a chance between 0 and 1."""
    return log(chance / (1.0 - chance))


WORLDS = {
    "the surer the better": World(-3.2, 1.3),
    "the same, but 10 % of the surest tenth diverge": World(-4.2, 1.8, 0.10),
    "sureness says nothing, 5.1 % diverge": World(log_odds(0.051), 0.0),
    "sureness says nothing, 2 % diverge": World(log_odds(0.02), 0.0),
}


@dataclass(frozen=True, slots=True)
class Pool:
    """All of a world's traffic: conversations of equally many turns.

    Attributes:
        vectors: What a calibration sees: (conversations, turns, numbers).
        chances: That each diverges: (conversations, turns).
    """

    vectors: Floats
    chances: Floats

    def drawn(self, count: int, chance: np.random.Generator, alike: float = 0.0) -> tuple[Floats, Flags]:
        """Conversations as they come: vectors (count, turns, numbers), and which of their turns diverged.

        With the probability ``alike`` a turn shares the luck of its conversation, so that it tends to diverge with the
        others; its own chance stays what it is.
        """
        which = chance.integers(len(self.vectors), size=count)
        own, common = chance.random((count, TURNS)), chance.random((count, 1))
        luck = np.where(chance.random((count, TURNS)) < alike, common, own)
        return self.vectors[which], luck < self.chances[which]

    def units(self, count: int, chance: np.random.Generator) -> tuple[Floats, Flags]:
        """One answer of each conversation, chosen by chance: vectors (count, numbers), and whether each diverged."""
        vectors, diverged = self.drawn(count, chance)
        turn = chance.integers(TURNS, size=count)
        every = np.arange(count)
        return vectors[every, turn], diverged[every, turn]


@lru_cache(maxsize=16)
def pool(world: World) -> Pool:
    """A world's, always the same. Turns of one conversation are about equally sure."""
    chance = np.random.default_rng(_SEED)
    shape = (_CONVERSATIONS, TURNS)
    sure = np.sqrt(0.5) * (chance.normal(size=(_CONVERSATIONS, 1)) + chance.normal(size=shape))
    vectors = chance.normal(size=(*shape, NUMBERS))
    vectors[..., 0] = sure + 0.5 * vectors[..., 0]
    vectors[..., 1] = -sure + vectors[..., 1]
    chances = 1.0 / (1.0 + np.exp(world.gain * sure - world.odds))
    if world.overconfident is not None:
        chances[sure > np.quantile(sure, 0.9)] = world.overconfident
    return Pool(vectors, chances)


@dataclass(frozen=True, slots=True)
class Truth:
    """What thresholds on one calibration do to all traffic of a world.

    Attributes:
        confidences: Of the pool's answers, ascending.
        diverging: For each, the mean number of divergent answers among those at least so sure; one more, 0, at the end.
    """

    confidences: Floats
    diverging: Floats

    @classmethod
    def of(cls, traffic: Pool, calibration: Calibration) -> Truth:
        """By asking it of every answer."""
        confidences = calibration.confidences(traffic.vectors.reshape(-1, NUMBERS))
        order = np.argsort(confidences, kind="stable")
        upwards = np.cumsum(traffic.chances.ravel()[order][::-1])[::-1]
        return cls(confidences[order], np.append(upwards, 0.0))

    def coverage(self, thresholds: Floats) -> Floats:
        """The share of all answers that the student serves at each."""
        return 1.0 - self._below(thresholds) / len(self.confidences)

    def risk(self, thresholds: Floats, promise: Promise) -> Floats:
        """The share that diverges, of those served or of all; 0 where nothing is served."""
        below = self._below(thresholds)
        of = len(self.confidences) - below if promise is Promise.SELECTIVE else len(self.confidences)
        found: Floats = self.diverging[below] / np.maximum(of, 1)
        return found

    def best(self, target: Target) -> float:
        """The most coverage that any threshold has which keeps the promise: what one would choose who knew it all."""
        kept = self.risk(self.confidences, target.promise) <= target.limit
        return float(self.coverage(self.confidences[kept]).max(initial=0.0))

    def _below(self, thresholds: Floats) -> npt.NDArray[np.intp]:
        return np.searchsorted(self.confidences, thresholds, side="left")
