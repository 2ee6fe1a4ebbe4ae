"""What a student's own certainty is worth: from the numbers of a reply to the chance that it is acceptable.

A *unit* is one answer of one conversation: its vector (``signal``), and whether it was acceptable. A ridge logistic
regression gives every vector one score; a centered isotonic regression says what chance a score has had. Confidence
only ranks and describes: that a threshold on it keeps a promise is shown on other conversations (``threshold``), so a
bad fit costs coverage, never the promise. It refuses to judge whether a reply may be served: that is ``acceptance``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted function from a vector to a confidence; plain numbers, so that it travels between processes.

    Every number of a vector is first brought into the range in which the fit has seen it: what it never saw must not
    make a reply surer than any that it saw.

    Attributes:
        intercept: The score of a vector of zeros.
        weights: What the score grows by with each number of a vector.
        lows: The least that was seen of each.
        highs: The most that was seen of each.
        scores: Where the chance is known, ascending strictly; at least one.
        chances: The chance at each of ``scores``, ascending; between them it is interpolated, beyond them it is flat.
        units: How many it was fitted to.
        function: The function whose vectors it was fitted to; others it must not be asked about.
    """

    intercept: float = 0.0
    weights: tuple[float, ...] = ()
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    scores: tuple[float, ...] = (0.0,)
    chances: tuple[float, ...] = (0.5,)
    units: int = 0
    function: str = ""

    def confidence(self, vector: Sequence[float]) -> float:
        """The chance, between 0 and 1, that a reply is acceptable; 0 where one of its numbers is not a number.

        Raises:
            ValueError: where the vector has another length than those it was fitted to.
        """
        score = self.intercept
        for weight, low, high, value in zip(self.weights, self.lows, self.highs, vector, strict=True):
            score += weight * (low if value < low else high if value > high else value)  # noqa: FURB136 -- calls cost double
        return self._chance(score) if score == score else 0.0  # noqa: PLR0124 -- only NaN differs from itself

    def _chance(self, score: float) -> float:
        after = bisect_right(self.scores, score)
        if after == 0:
            return self.chances[0]
        if after == len(self.scores):
            return self.chances[-1]
        low, high = self.chances[after - 1], self.chances[after]
        left, right = self.scores[after - 1], self.scores[after]
        return min(high, low + (score - left) * ((high - low) / (right - left)))
