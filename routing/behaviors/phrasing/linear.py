"""Fitted linear models over hashed features: one head for each question, each giving a probability.

A head is found by its name; nothing here knows what it means. Inference is one gather and one product, whatever number
of phrases a head has learned. The weights that all heads give a feature stand side by side, so that the first head to
be asked brings what the others need into the cache. ``routing.stored_weights`` keeps the weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from routing import stored_weights
from routing.behaviors.phrasing.ngrams import SIZE, Features
from routing.stored_weights import Table


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
        names = tuple(sorted(self.heads))
        rows = np.stack([self.heads[name].weights for name in names])
        biases = np.array([self.heads[name].bias for name in names], dtype=np.float32)
        Table(names, rows, biases, self.note).save(file)


@cache
def load(name: str = "weights.npz", package: str = "routing.behaviors.phrasing") -> Weights:
    """The weights of a file in a package.

    Raises ``FileNotFoundError``, or ``ValueError`` for a table of another size than features are hashed to.
    """
    stored = stored_weights.load(name, package, SIZE)
    rows = np.ascontiguousarray(stored.rows.T).T
    heads = zip(stored.names, rows, stored.biases.tolist(), strict=True)
    return Weights({name: Head(row, bias) for name, row, bias in heads}, stored.note)
