"""Fits the heads: a logistic regression each over the features of its examples.

The same examples give the same weights, to the rounding of a byte. A head's positive and negative examples weigh the
same together, whatever their numbers, so that a probability of a half is the line to draw. The counterpart that uses
the weights is ``routing.behaviors.phrasing.linear``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression

from measuring.data import Example
from routing.behaviors.phrasing.linear import Head, Weights
from routing.behaviors.phrasing.ngrams import SIZE
from routing.behaviors.phrasing.reading import read

STRENGTH = 1.0  # the inverse of the regularization
SEED = 7


def fitted(examples: Iterable[Example]) -> Weights:
    """A head for each name among the examples."""
    ordered = sorted(examples, key=lambda example: example.head)
    groups = {head: list(group) for head, group in groupby(ordered, key=lambda example: example.head)}
    return Weights({head: fit_head(group) for head, group in groups.items()}, _note(ordered))


def fit_head(examples: Sequence[Example]) -> Head:
    """The head that tells positives from negatives. Raises ``ValueError`` where either are missing."""
    matrix = _matrix([example.text for example in examples])
    rarity = _rarity(matrix)
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", solver="liblinear", random_state=SEED, max_iter=300)
    truth = np.array([example.positive for example in examples])
    weights = np.array([example.weight for example in examples])
    model.fit(matrix @ diags(rarity), truth, sample_weight=weights)
    return Head((model.coef_[0] * rarity).astype(np.float32), float(model.intercept_[0]))


def _rarity(matrix: csr_matrix) -> NDArray[np.float64]:
    """How much each feature says by being rare among the examples (inverse document frequency).

    It multiplies the features before the fit and the weights after it, so that using them costs nothing. Without it a
    model learns how long one source's refusals are; with it, their words.
    """
    rows = matrix.shape[0]
    rarity: NDArray[np.float64] = np.log((1 + rows) / (1 + matrix.getnnz(axis=0))) + 1
    return rarity


def held_out(
    examples: Sequence[Example], fold: Callable[[Example], str]
) -> Iterator[tuple[str, Weights, list[Example]]]:
    """For each fold with a name: its name, weights fitted on all other examples, and its examples.

    Examples whose fold is "" are always fitted on.
    """
    for name in sorted({fold(example) for example in examples} - {""}):
        seen = [example for example in examples if fold(example) != name]
        yield name, fitted(seen), [example for example in examples if fold(example) == name]


def write(weights: Weights, path: Path) -> None:
    """Put the weights where the product reads them."""
    with path.open("wb") as file:
        weights.save(file)


def _matrix(texts: Sequence[str]) -> csr_matrix:
    found = [read(text).features for text in texts]
    indices = np.concatenate([features.indices for features in found])
    values = np.concatenate([features.values for features in found])
    starts = np.cumsum([0, *(len(features.indices) for features in found)])
    matrix = csr_matrix((values, indices, starts), shape=(len(texts), SIZE))
    matrix.sum_duplicates()
    return matrix


def _note(examples: Sequence[Example]) -> str:
    """What the weights were fitted on: for each head its sources, and how many examples of each."""
    keys = sorted((example.head, example.source) for example in examples)
    counts = [f"{head}: {source} {len(list(group))}" for (head, source), group in groupby(keys)]
    return "; ".join(counts)
