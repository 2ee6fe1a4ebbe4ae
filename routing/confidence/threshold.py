"""From which confidence on the student may serve: thresholds that keep a promise, by evidence of their own.

Conversations are split by a hash. On one half, the *fit* half, a calibration is fitted and a *grid* of thresholds
declared; on the other, the *certify* half, each threshold is held against the promise, in the order of the grid, and
the last of those that were certified without a gap is the one in force. Nothing here trusts the calibration: confidence
may be miscalibrated, useless or upside down, and the promise still holds; what suffers is how many replies are served,
down to none.

Why testing many thresholds costs nothing: they are tested in an order fixed beforehand, and the first that is not
certified ends it. To certify any threshold wrongly, the first wrong one of that order has to be certified wrongly, and
that one test has its level. Why the grid may be quantiles, and may start where it looks best: both are chosen on the
fit half, which is independent of the certify half, so to the latter they are constants. For the same reason a grid has
to be kept as it was declared, beside its calibration: declared anew while the certify half is looked at, it would be
another sequence at the same level. A later version, and another target is one too, is judged at
``levels.share(level, version)``, which adds up to the level over all versions.

The promise is about one answer of a conversation, chosen by chance, because that is what a unit is.

Method: "Learn then test" (Angelopoulos, Bates, Candes, Jordan and Lei, arXiv:2110.01052) with fixed-sequence testing;
``live`` has an e-process in the place of each p-value (``evidence.rates``), as adaptive learn-then-test does (Zecchin,
Park and Simeone, arXiv:2409.15844).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, exp, log, log1p

import numpy as np

from routing.confidence.calibration import Flags
from routing.confidence.logistic import Floats
from routing.evidence.beta import log_betainc
from routing.evidence.rates import Trials, clean_needed, log_e_below

POINTS = 50  # of a grid: a threshold for every fiftieth of the replies


class Promise(StrEnum):
    """Of what at most a share of ``limit`` diverges."""

    SELECTIVE = "selective"  # of the answers that the student serves
    MARGINAL = "marginal"  # of all answers: those that the teacher serves count as kept


@dataclass(frozen=True, slots=True)
class Target:
    """What is promised, and the chance, ``level``, that a threshold is ever certified that does not keep it.

    Raises:
        ValueError: where limit or level are not between 0 and 1.
    """

    limit: float
    level: float
    promise: Promise = Promise.SELECTIVE

    def __post_init__(self) -> None:
        if not (0.0 < self.limit < 1.0 and 0.0 < self.level < 1.0):
            raise ValueError(f"limit {self.limit} at level {self.level}: give shares above 0 and below 1")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the units of one half did at each threshold of a grid.

    Attributes:
        thresholds: The grid, in its order.
        answers: For each, how many units are at least so sure.
        diverged: For each, how many of those were not acceptable.
        of: All units.
    """

    thresholds: tuple[float, ...]
    answers: tuple[int, ...]
    diverged: tuple[int, ...]
    of: int

    def trials(self, position: int, promise: Promise) -> Trials:
        """What bears on a promise at one threshold."""
        count = self.answers[position] if promise is Promise.SELECTIVE else self.of
        return Trials(count, self.diverged[position])


@dataclass(frozen=True, slots=True)
class Certificate:
    """A threshold that may be served by: replies at least so sure.

    Attributes:
        threshold: The least confidence that is served.
        answers: How many units of the certify half are at least so sure.
        diverged: How many of those were not acceptable.
        of: All units of the certify half.
        target: What it keeps.
    """

    threshold: float
    answers: int
    diverged: int
    of: int
    target: Target

    @property
    def coverage(self) -> float:
        """The share of answers that the student serves."""
        return self.answers / self.of


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is missing for a first certificate.

    Attributes:
        threshold: The first of the grid.
        needed: How many more units that bear on it, none of them diverging, certify it, 0 where it is certified; None
            beyond ten million. Under a selective promise only units at least so sure bear on it.
        coverage: The share of units that are at least so sure, 0 without units.
    """

    threshold: float
    needed: int | None
    coverage: float


def grid(confidences: Floats, acceptable: Flags, target: Target) -> tuple[float, ...]:
    """Thresholds to be certified, in this order, from the fit half: () without units of any confidence.

    They are quantiles, from the one with most evidence for the promise downwards; those above it would serve less, and
    where the surest replies are not the best ones they would never be certified. With fewer units than a first
    certificate takes, the start is where the least is missing.

    Args:
        confidences: Of the fit half's units, held out (``calibration.fit_and_hold_out``): (units,).
        acceptable: Whether they were: (units,).
        target: What will be promised.
    """
    ordered = np.sort(confidences[confidences > 0.0])[::-1]  # a threshold of 0 would serve replies without confidence
    places = [ceil(len(ordered) * point / POINTS) - 1 for point in range(1, POINTS + 1)] if len(ordered) else []
    thresholds = tuple(sorted({float(ordered[place]) for place in places}, reverse=True))
    counts = counted(thresholds, confidences, acceptable)
    evidence = [log_e_below(counts.trials(at, target.promise), target.limit) for at in range(len(thresholds))]
    return thresholds[int(np.argmax(evidence)) :] if evidence else ()


def counted(thresholds: Sequence[float], confidences: Floats, acceptable: Flags) -> Counts:
    """What units, (units,) of each, did at these thresholds."""
    return Counts(
        tuple(thresholds),
        tuple(_at_least(thresholds, confidences)),
        tuple(_at_least(thresholds, confidences[~acceptable])),
        len(confidences),
    )


def _at_least(thresholds: Sequence[float], confidences: Floats) -> list[int]:
    below = np.searchsorted(np.sort(confidences), np.asarray(thresholds, np.float64), side="left")
    return [len(confidences) - int(found) for found in below]


def live(counts: Counts, target: Target) -> Certificate | None:
    """What the certify half certifies, however often it is asked while units come; None: nothing may be served.

    The chance that it *ever* gives a threshold that does not keep the promise is at most the target's level. It judges
    by the evidence as it stands: a certificate whose evidence is used up lapses.
    """
    enough = -log(target.level)
    return _walked(counts, target, lambda trials: log_e_below(trials, target.limit) >= enough)


def batch(counts: Counts, target: Target) -> Certificate | None:
    """What a certify half of a size fixed beforehand certifies, looked at once; it needs fewer units than ``live``."""
    return _walked(counts, target, lambda trials: binomial_p(trials, target.limit) <= target.level)


def outlook(counts: Counts, target: Target) -> Outlook | None:
    """What the first threshold of a grid lacks; None without a grid."""
    if not counts.thresholds:
        return None
    needed = clean_needed(counts.trials(0, target.promise), target.limit, target.level)
    return Outlook(counts.thresholds[0], needed, counts.answers[0] / counts.of if counts.of else 0.0)


def _walked(counts: Counts, target: Target, certifies: Callable[[Trials], bool]) -> Certificate | None:
    found = None
    for position, threshold in enumerate(counts.thresholds):
        if not certifies(counts.trials(position, target.promise)):
            break
        answers, diverged = counts.answers[position], counts.diverged[position]
        found = Certificate(threshold, answers, diverged, counts.of, target)
    return found


def binomial_p(trials: Trials, limit: float) -> float:
    """The chance of no more divergences than these, were the rate ``limit``: exact."""
    if trials.diverged == trials.count:
        return 1.0
    return exp(log_betainc(trials.count - trials.diverged, trials.diverged + 1, 1.0 - limit))


def hoeffding_bentkus_p(count: int, mean: float, limit: float) -> float:
    """As ``binomial_p``, for losses between 0 and 1: a bound on the chance of so low a mean, were it ``limit``.

    Method: Bates, Angelopoulos, Lei, Malik and Jordan, "Distribution-free, risk-controlling prediction sets"
    (J. ACM 2021, arXiv:2101.02703), section 3.1.
    """
    if mean >= limit or not count:
        return 1.0
    divergence = (mean * log(mean / limit) if mean else 0.0) + (1.0 - mean) * (log1p(-mean) - log1p(-limit))
    bentkus = exp(1.0) * binomial_p(Trials(count, min(count, ceil(count * mean))), limit)
    return min(1.0, exp(-count * divergence), bentkus)
