"""Fitted linear models over hashed features: one head for each question, each giving a probability.

Weights are constants of the code that happen to be numbers: a file of the package, read once at import, written by
``python -m measuring fit``. A head is found by its name; nothing here knows what it means. Inference is one gather
and one product, whatever number of phrases a head has learned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from routing.behaviors.phrasing.ngrams import SIZE, Features


@dataclass(frozen=True, slots=True)
class Head:
    """One question's weights: float32, ``SIZE`` of them, and a bias. The sum is in log odds."""

    weights: NDArray[np.float32]
    bias: float

    def probability(self, features: Features) -> float:
        """The probability in [0, 1] that the answer is yes."""
        odds = self.bias + float(self.weights[features.indices] @ features.values)
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, odds))))


@dataclass(frozen=True, slots=True)
class Weights:
    """Heads by name, and a note of what they were fitted on."""

    heads: Mapping[str, Head]
    note: str

    def score(self, head: str, features: Features) -> float:
        """The probability in [0, 1] that the head's answer is yes. Raises ``KeyError`` for no such head."""
        return self.heads[head].probability(features)

    def save(self, file: BinaryIO) -> None:
        """Write them, each weight in a byte. What is read back differs by that rounding."""
        names = sorted(self.heads)
        table = np.stack([self.heads[name].weights for name in names])
        scale = np.maximum(np.abs(table).max(axis=1), 1e-9) / 127
        np.savez_compressed(
            file,
            names=np.array(names),
            table=np.rint(table / scale[:, None]).astype(np.int8),
            scale=scale.astype(np.float32),
            bias=np.array([self.heads[name].bias for name in names], dtype=np.float32),
            note=np.array(self.note),
        )


@cache
def load(name: str = "weights.npz", package: str = "routing.behaviors.phrasing") -> Weights:
    """The weights of a file in a package.

    Raises ``FileNotFoundError``, or ``ValueError`` for a table of another size than features are hashed to.
    """
    with resources.files(package).joinpath(name).open("rb") as file, np.load(file, allow_pickle=False) as stored:
        table, scale, bias = stored["table"], stored["scale"], stored["bias"]
        if table.shape != (len(scale), SIZE):
            raise ValueError(f"{name} holds a table of shape {table.shape}, not ({len(scale)}, {SIZE}): fit it again")
        heads = {
            str(head): Head(row.astype(np.float32) * factor, float(offset))
            for head, row, factor, offset in zip(stored["names"], table, scale, bias, strict=True)
        }
        return Weights(heads, str(stored["note"]))
