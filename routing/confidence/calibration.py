"""What a student's own certainty is worth: from the numbers of a reply to the chance that it is acceptable.

A *unit* is one answer of one conversation: its vector (``signal``), and whether it was acceptable. A ridge logistic
regression gives every vector one score, to which each number adds along a line that may bend at its quartiles: a nat
more of margin says much where replies are doubtful and little where they are sure, and of lengths the middle one may be
the best. A centered isotonic regression says what chance a score has had. Confidence only ranks and describes: that a
threshold on it keeps a promise is shown on other conversations (``threshold``), so a bad fit costs coverage, never the
promise. It refuses to judge whether a reply may be served: that is ``acceptance``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.confidence.logistic import Floats, Regression, logistic, standardized, surprise

Flags = npt.NDArray[np.bool_]

_HUGE = 1e9  # numbers beyond it are taken for it, so that squares stay finite
_RIDGES = (1.0, 4.0, 16.0, 64.0, 256.0)  # what holds weights near 0, in units that speak against any
_KNOTS = 100  # the most that a calibration carries
_BENDS = (0.25, 0.5, 0.75)  # the quantiles of a number at which its line may bend
_PULL = 100.0  # units that the logistic's own chance counts as: less costs at a few hundred units, more at thousands


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted function from a vector to a confidence; plain numbers, so that it travels between processes.

    Every number of a vector is first brought into the range in which the fit has seen it: what it never saw must not
    make a reply surer than any that it saw.

    Attributes:
        intercept: The score of a vector of zeros.
        weights: What the score grows by with each number of a vector, below the first of its bends.
        lows: The least that was seen of each.
        highs: The most that was seen of each.
        scores: Where the chance is known, ascending strictly; at least one.
        chances: The chance at each of ``scores``, ascending; between them it is interpolated, beyond them it is flat.
        units: How many it was fitted to.
        function: The function whose vectors it was fitted to; others it must not be asked about.
        bends: Which number's line bends (its place in a vector), from where on, and by how much more the score grows
            with it there.
    """

    intercept: float = 0.0
    weights: tuple[float, ...] = ()
    lows: tuple[float, ...] = ()
    highs: tuple[float, ...] = ()
    scores: tuple[float, ...] = (0.0,)
    chances: tuple[float, ...] = (0.5,)
    units: int = 0
    function: str = ""
    bends: tuple[tuple[int, float, float], ...] = ()

    def confidence(self, vector: Sequence[float]) -> float:
        """The chance, between 0 and 1, that a reply is acceptable; 0 where one of its numbers is not a number.

        Raises:
            ValueError: where the vector has another length than those it was fitted to.
        """
        score, seen = self.intercept, []
        for weight, low, high, value in zip(self.weights, self.lows, self.highs, vector, strict=True):
            within = low if value < low else high if value > high else value  # noqa: FURB136 -- calls cost double
            seen.append(within)
            score += weight * within
        for place, bend, more in self.bends:
            if (value := seen[place]) > bend:
                score += more * (value - bend)
        return self._chance(score) if score == score else 0.0  # noqa: PLR0124 -- only NaN differs from itself

    def confidences(self, vectors: Floats) -> Floats:
        """``confidence`` of each row of (units, numbers), to the last bit.

        Raises:
            ValueError: where rows have another length than those it was fitted to.
        """
        if vectors.shape[1] != len(self.weights):
            raise ValueError(f"vectors of {vectors.shape[1]} numbers: this calibration takes {len(self.weights)}")
        lows, highs = np.array(self.lows), np.array(self.highs)
        seen = np.where(vectors < lows, lows, np.where(vectors > highs, highs, vectors))
        scores = np.full(len(vectors), self.intercept)
        for place, weight in enumerate(self.weights):
            scores = scores + weight * seen[:, place]
        for place, bend, more in self.bends:
            scores = scores + np.where(seen[:, place] > bend, more * (seen[:, place] - bend), 0.0)
        return np.where(np.isnan(scores), 0.0, self.chances_at(scores))

    def _chance(self, score: float) -> float:
        after = bisect_right(self.scores, score)
        if after == 0:
            return self.chances[0]
        if after == len(self.scores):
            return self.chances[-1]
        low, high = self.chances[after - 1], self.chances[after]
        left, right = self.scores[after - 1], self.scores[after]
        return min(high, low + (score - left) * ((high - low) / (right - left)))

    def chances_at(self, scores: Floats) -> Floats:
        """The chance at each score."""
        known, chances = np.array(self.scores), np.array(self.chances)
        after = np.searchsorted(known, scores, side="right")
        left, right = np.maximum(after - 1, 0), np.minimum(after, len(known) - 1)
        low, high = chances[left], chances[right]
        width = np.where(right > left, known[right] - known[left], 1.0)
        between: Floats = np.minimum(high, low + (scores - known[left]) * ((high - low) / width))
        return np.where(after == 0, chances[0], np.where(after == len(known), chances[-1], between))


def fit(vectors: Floats, acceptable: Flags, *, function: str = "") -> Calibration:
    """A calibration, of units that are independent of those on which a threshold is to be certified.

    The same units in the same order give the same calibration. Any will do, whatever their numbers and however few are
    acceptable; without any, every reply has an even chance. Rows that hold something else than finite numbers are left
    out.

    Args:
        vectors: One row for each unit: (units, numbers).
        acceptable: Whether its reply was: (units,).
        function: What made the vectors.
    """
    return fit_and_hold_out(vectors, acceptable, function=function)[0]


def fit_and_hold_out(vectors: Floats, acceptable: Flags, *, function: str = "") -> tuple[Calibration, Floats]:
    """``fit``, and how sure it would have been of each unit had it not seen that one: (units,); 0 of rows left out.

    What a calibration says of the units that it was fitted to is too good; a grid of thresholds is chosen by these.
    """
    usable = np.isfinite(vectors).all(axis=1)
    rows, good = np.clip(vectors[usable], -_HUGE, _HUGE), acceptable[usable].astype(np.float64)
    bends = _bends(rows)
    columns = np.column_stack([rows, *(np.maximum(rows[:, place] - bend, 0.0) for place, bend in bends)])
    center, spread = standardized(columns)
    design = np.column_stack([np.ones(len(rows)), (columns - center) / spread])
    coefficients, scores = _foretelling(design, good, 1 + rows.shape[1])
    slopes = coefficients[1:] / spread
    weights, more = np.split(slopes, [rows.shape[1]])
    calibration = Calibration(
        float(coefficients[0] - slopes @ center),
        tuple(weights.tolist()),
        tuple(rows.min(axis=0).tolist()) if len(rows) else (0.0,) * len(weights),
        tuple(rows.max(axis=0).tolist()) if len(rows) else (0.0,) * len(weights),
        *_isotonic(scores, good),
        units=len(rows),
        function=function,
        bends=tuple((place, bend, turn) for (place, bend), turn in zip(bends, more.tolist(), strict=True) if turn),
    )
    held_out = np.zeros(len(vectors))
    held_out[usable] = calibration.chances_at(scores)
    return calibration, held_out


def _bends(rows: Floats) -> list[tuple[int, float]]:
    """Where each number's line may bend: the place of the number, and a quantile strictly between its extremes."""
    if not len(rows):
        return []
    found = np.quantile(rows, _BENDS, axis=0)
    inner = (found > rows.min(axis=0)) & (found < rows.max(axis=0))
    return [
        (place, bend) for place in range(rows.shape[1]) for bend in sorted(set(found[inner[:, place], place].tolist()))
    ]


def _foretelling(design: Floats, good: Floats, straight: int) -> tuple[Floats, Floats]:
    """Coefficients, and the scores of units left out, under what foretells such units best.

    Tried are several ridges, with all columns and with the first ``straight`` alone: where nothing bends, that many
    columns more would only add noise.
    """
    found: list[tuple[Floats, Floats]] = []
    for columns in sorted({straight, design.shape[1]}):
        for ridge in _RIDGES:
            regression = Regression(design[:, :columns], good, ridge)
            coefficients = regression.solved()
            found.append((np.pad(coefficients, (0, design.shape[1] - columns)), regression.left_out(coefficients)))
    return min(found, key=lambda one: surprise(one[1], good))


def _isotonic(scores: Floats, good: Floats) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Scores and their chances, both ascending: centered isotonic regression on at most ``_KNOTS`` groups of units.

    A plain isotonic regression is a staircase, on whose top step most replies of a good student tie; a tie is no place
    for a threshold. So each step becomes a point in its middle, and to it comes the logistic's own chance, which counts
    as ``_PULL`` units: it ranks where the steps are flat, and is what is known where units are few.

    Method: Oron and Flournoy, "Centered isotonic regression: point and interval estimation for dose-response studies"
    (Statistics in Biopharmaceutical Research 2017, arXiv:1701.05964).
    """
    if not len(scores):
        return (0.0,), (0.5,)
    sizes, centers, chances = _grouped(scores, good)
    steps = np.array(_pooled(sizes, centers, chances))
    pull = _PULL / len(scores)
    pulled = (np.interp(centers, steps[:, 1], steps[:, 2]) + pull * logistic(centers)) / (1.0 + pull)
    return tuple(centers.tolist()), tuple(np.maximum.accumulate(pulled).tolist())


def equal_groups(values: Floats, most: int) -> npt.NDArray[np.intp]:
    """The group of each value, numbered from 0 up: about equal in size, ascending, equal values always together."""
    place = np.unique(values, return_inverse=True)[1]
    upto = np.cumsum(np.bincount(place))
    found: npt.NDArray[np.intp] = np.unique((upto - 1) * most // len(values), return_inverse=True)[1][place]
    return found


def _grouped(scores: Floats, good: Floats) -> tuple[Floats, Floats, Floats]:
    """Sizes, mean scores, which ascend strictly, and acceptable shares of groups of units of about the same score."""
    group = equal_groups(scores, _KNOTS)
    sizes = np.bincount(group).astype(np.float64)
    centers = np.maximum.accumulate(np.bincount(group, scores) / sizes)
    apart = np.unique(centers, return_index=True)[1]  # rounding may have made two means one
    return sizes[apart], centers[apart], (np.bincount(group, good) / sizes)[apart]


_Step = tuple[float, float, float]  # how many units, their mean score, their mean chance


def _pooled(sizes: Floats, scores: Floats, chances: Floats) -> list[_Step]:
    """Neighbors that do not ascend become one, until all do."""
    steps: list[_Step] = []
    for step in zip(sizes.tolist(), scores.tolist(), chances.tolist(), strict=True):
        steps.append(step)
        while len(steps) > 1 and steps[-2][2] >= steps[-1][2]:
            (m, x, y), (n, u, v) = steps.pop(-2), steps.pop()
            steps.append((m + n, (m * x + n * u) / (m + n), (m * y + n * v) / (m + n)))
    return steps
