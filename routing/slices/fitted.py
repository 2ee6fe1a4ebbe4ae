"""What a prompt asks for, as far as its words tell: a logistic regression over hashed features.

A prompt sets one task (code, math, reasoning, or none of these: general), so those probabilities add up to one; beside
any task it may be in another language than English, and may demand a form. The weights are constants of the code that
happen to be numbers: a file of the package, read once and written by ``python -m measuring fit``. A bucket's weights
stand side by side, so that scoring is one gather and one sum. It refuses to choose a slice; ``choice`` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from routing.slices.ngrams import BUCKETS, Features
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
        odds = (sums + self.bias).clip(-_ODDS, _ODDS)
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
        scale = np.maximum(np.abs(self.table).max(axis=0), 1e-9) / 127
        np.savez_compressed(
            file,
            table=np.rint(self.table / scale).astype(np.int8),
            scale=scale.astype(np.float32),
            bias=self.bias.astype(np.float32),
            note=np.array(self.note),
        )


@cache
def load(name: str = "weights.npz", package: str = "routing.slices") -> Weights:
    """The weights of a file in a package.

    Raises ``FileNotFoundError``, or ``ValueError`` for a table of another shape than features and columns make.
    """
    with resources.files(package).joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        table, wanted = stored["table"], (BUCKETS, len(COLUMNS))
        if table.shape != wanted:
            raise ValueError(f"{name} holds a table of shape {table.shape}, not {wanted}: fit it again")
        return Weights(table.astype(np.float32) * stored["scale"], stored["bias"], str(stored["note"]))
