"""What replies can be ranked by: the calibrated confidence, the mean and the least log-probability, and chance.

Confidence is always that of a calibration that did not see the conversation: conversations are cut into folds at
random, and those of a fold are judged by what was fitted to the others of the same slice. Whatever of it is a tie stays
one. Counterparts: ``risk_coverage``, which says what a ranking is worth, and ``promises``, which has thresholds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.labeled import Sample
from benchmarks.risk_coverage import Floats
from routing.confidence.calibration import fit

FOLDS = 10
CONFIDENCE, MEAN, LEAST, RANDOM = "calibrated confidence", "mean log-probability", "least log-probability", "random"


def rankings(sample: Sample, seed: int) -> dict[str, Floats]:
    """How sure each ranking is of each unit. By chance they are all alike: its area is the expected one, exactly."""
    return {
        CONFIDENCE: held_out(sample, seed),
        MEAN: sample.mean,
        LEAST: sample.least,
        RANDOM: np.zeros(len(sample)),
    }


def held_out(sample: Sample, seed: int, columns: Sequence[int] | None = None, folds: int = FOLDS) -> Floats:
    """Each unit's confidence by calibrations of its slice that did not see it; of these columns only, if given."""
    chosen = sample.vectors if columns is None else sample.vectors[:, list(columns)]
    fold = np.random.default_rng(seed).permutation(len(sample)) % folds
    sureness = np.zeros(len(sample))
    for slice_ in np.unique(sample.slices):
        mine = sample.slices == slice_
        for number in range(folds):
            asked, seen = mine & (fold == number), mine & (fold != number)
            if asked.any():
                sureness[asked] = fit(chosen[seen], sample.diverged[seen] == 0.0).confidences(chosen[asked])
    return sureness
