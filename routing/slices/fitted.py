"""What a prompt asks for, as far as its words tell: a logistic regression over hashed features.

A prompt sets one task (code, math, reasoning, or none of these: general), so those probabilities add up to one; beside
any task it may be in another language than English, and may demand a form. A bucket's weights stand side by side, so
that scoring is one gather and one sum. It refuses to choose a slice; ``choice`` does. ``routing.stored_weights`` keeps
the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from routing import stored_weights
from routing.slices.ngrams import BUCKETS, Features
from routing.stored_weights import Table
from routing.traits import Slice

TASKS: Final = (Slice.CODE, Slice.MATH, Slice.REASONING, Slice.GENERAL)
BESIDE: Final = (Slice.MULTILINGUAL, Slice.STEERABILITY)
COLUMNS: Final = (*TASKS, *BESIDE)
_ODDS = 30.0  # log odds beyond which nothing changes


@dataclass(frozen=True, slots=True)
class Weights:
    """A column for each of ``COLUMNS``: ``table`` is float32, ``BUCKETS`` rows; it and ``bias`` are in log odds."""

    table: NDArray[np.float32]
    bias: NDArray[np.float32]
    note: str = ""

    def scores(self, found: Features) -> Mapping[Slice, float]:
        """For each of ``COLUMNS`` the probability in [0, 1] that the prompt is in it."""
        sums = np.add.reduce(self.table.take(found.ids, axis=0)) / max(1, len(found.ids)) ** 0.5
        odds = np.minimum(np.maximum(sums + self.bias, -_ODDS), _ODDS)  # in a third of the time that clip takes
        odds[: len(TASKS)] -= odds[: len(TASKS)].max()
        powers = np.exp(odds)
        tasks, beside = powers[: len(TASKS)], powers[len(TASKS) :]
        shares = [*(tasks / tasks.sum()).tolist(), *(beside / (1 + beside)).tolist()]
        return dict(zip(COLUMNS, shares, strict=True))

    def span(self, found: Features, of: Slice) -> tuple[int, int]:
        """Where in the prompt the feature stands that speaks most for one of ``COLUMNS``."""
        return found.span(int(self.table[found.ids, COLUMNS.index(of)].argmax()))

    def save(self, file: BinaryIO) -> None:
        """Write them, each weight in a byte. What is read back differs by that rounding."""
        Table(COLUMNS, self.table.T, self.bias, self.note).save(file)


@cache
def load(name: str = "weights.npz", package: str = "routing.slices") -> Weights:
    """The weights of a file in a package.

    Raises ``FileNotFoundError``, or ``ValueError`` for a table made for other features or other columns.
    """
    stored = stored_weights.load(name, package, BUCKETS)
    if stored.names != COLUMNS:
        raise ValueError(
            f"{name} holds weights of {', '.join(stored.names)}, not of {', '.join(COLUMNS)}: fit it again"
        )
    return Weights(np.ascontiguousarray(stored.rows.T), stored.biases, stored.note)
