"""Whether confidence is what it says: of the replies that were given 90 %, nine in ten should be acceptable.

For people who look: a threshold's promise does not rest on it (``threshold``, the counterpart, holds for any ranking).
It is honest only on units that the calibration was not fitted to.

Method: Brier 1950; Nguyen and O'Connor, "Posterior calibration and exploratory analysis for natural language
processing models" (EMNLP 2015), for bins of equal counts: bins of equal width leave nearly all of a good student's
replies in one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from routing.confidence.calibration import Flags, equal_groups
from routing.confidence.logistic import Floats

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Units of about the same confidence: its mean, the share of them that was acceptable, and how many they are."""

    confidence: float
    acceptable: float
    units: int


def brier(confidences: Floats, acceptable: Flags) -> float | None:
    """The mean squared error, between 0 and 1, the lower the better; None without units."""
    return float(np.mean((confidences - acceptable) ** 2)) if len(confidences) else None


def diagram(confidences: Floats, acceptable: Flags, bins: int = BINS) -> tuple[Bin, ...]:
    """At most so many bins of about equal counts, the least sure first; equal confidences are never parted."""
    if not len(confidences):
        return ()
    group = equal_groups(confidences, bins)
    units = np.bincount(group)
    said, was = np.bincount(group, confidences) / units, np.bincount(group, acceptable) / units
    return tuple(map(Bin, said.tolist(), was.tolist(), units.tolist()))


def expected_error(confidences: Floats, acceptable: Flags, bins: int = BINS) -> float | None:
    """The expected calibration error: how far the bins are off, in the mean over units; None without units."""
    found = diagram(confidences, acceptable, bins)
    off = sum(one.units * abs(one.confidence - one.acceptable) for one in found)
    return off / len(confidences) if found else None
