"""The student's divergence over the teacher's own, from requests on which the teacher was asked twice.

On such a pair the student may diverge from the served reply, and so may the teacher's second one; the difference of
the two is 1, 0 or -1, and its mean is the *excess*. What the two have in common, hard requests and a strict
comparison, cancels out, so a noisy behavior can be gated at a point or two.

``log_e_below`` is evidence that the excess is below a margin, ``log_e_above`` that it is above, both at any moment:
where the margin is on the wrong side, each factor 1 + s (margin - difference) has a conditional mean of at most 1 for
any stake s that keeps it positive, and so has the average of their products over many stakes. With stakes fixed in
advance the products depend on three counts alone. A stake that follows the past (approximate Kelly, as in
Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B 2024, arXiv:2010.09686)
needs as many pairs, but its state depends on the order and on the margin: it neither merges nor survives an
operator's change of mind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, inf, log, log1p

STAKES = tuple(0.9 * 0.5**j for j in range(6))
"""Shares of the largest allowed stake.

The least is for a teacher that diverges from itself on every fifth request, and a margin of a point: where all stakes
are above 0.06 of the largest, evidence of that only falls, however many pairs there are.
"""
_REMEMBERED = 65_536
_NARROW = 1e-6  # what a bound is exact to


@dataclass(frozen=True, slots=True)
class Differences:
    """Pairs on which only the student diverged, only the teacher's second reply did, or both or neither.

    Raises:
        ValueError: where a count is negative.
    """

    student_only: int = 0
    teacher_only: int = 0
    alike: int = 0

    def __post_init__(self) -> None:
        if min(self.student_only, self.teacher_only, self.alike) < 0:
            raise ValueError(f"{self} has a negative count: give numbers of pairs")

    @property
    def count(self) -> int:
        """How many pairs."""
        return self.student_only + self.teacher_only + self.alike

    @property
    def mean(self) -> float:
        """The excess seen, between -1 and 1; 0 without pairs."""
        return (self.student_only - self.teacher_only) / self.count if self.count else 0.0

    def merge(self, other: Differences) -> Differences:
        """Both together, whichever came first."""
        return Differences(
            self.student_only + other.student_only, self.teacher_only + other.teacher_only, self.alike + other.alike
        )


def seen(student: bool, teacher: bool) -> Differences:
    """One pair: whether the student diverged from the served reply, and whether the teacher's second reply did."""
    return Differences(student and not teacher, teacher and not student, student == teacher)


@lru_cache(maxsize=_REMEMBERED)
def log_e_below(pairs: Differences, margin: float) -> float:
    """Evidence that the excess is below ``margin`` (between -1 and 1): ln E of the hypothesis that it is not."""
    most = 1.0 / (1.0 - margin)
    return _mixed([_log_product(pairs, -share * most, margin) for share in STAKES])


@lru_cache(maxsize=_REMEMBERED)
def log_e_above(pairs: Differences, margin: float) -> float:
    """Evidence that the excess is above ``margin`` (between -1 and 1): ln E of the hypothesis that it is not."""
    most = 1.0 / (1.0 + margin)
    return _mixed([_log_product(pairs, share * most, margin) for share in STAKES])


@lru_cache(maxsize=_REMEMBERED)
def upper(pairs: Differences, alpha: float) -> float:
    """A bound that the excess never exceeds, at any moment, but with probability ``alpha``; 1 without pairs."""
    inside, outside = min(pairs.mean, 1.0 - _NARROW), 1.0
    while outside - inside > _NARROW:
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if log_e_below(pairs, middle) >= -log(alpha) else (middle, outside)
    return outside


def clean_needed(pairs: Differences, margin: float, alpha: float) -> int | None:
    """How many more pairs, all alike, show that the excess is below ``margin``; None where no number would."""
    if margin <= 0.0:
        return None if log_e_below(pairs, margin) < -log(alpha) else 0
    low, high = -1, 0
    while log_e_below(pairs.merge(Differences(alike=high)), margin) < -log(alpha):
        low, high = high, 2 * high + 1
    while high - low > 1:
        middle = (low + high) // 2
        enough = log_e_below(pairs.merge(Differences(alike=middle)), margin) >= -log(alpha)
        low, high = (low, middle) if enough else (middle, high)
    return high


def _log_product(pairs: Differences, stake: float, margin: float) -> float:
    """Ln of the product of 1 + stake * (difference - margin) over all pairs."""
    return (
        pairs.student_only * log1p(stake * (1.0 - margin))
        + pairs.teacher_only * log1p(stake * (-1.0 - margin))
        + pairs.alike * log1p(-stake * margin)
    )


def _mixed(logs: list[float]) -> float:
    """Ln of the average of numbers given as logarithms."""
    most = max(logs)
    return most + log(sum(exp(one - most) for one in logs) / len(logs)) if most > -inf else most
