"""Before the student is called: the chance, from the prompt alone, that its answer will be acceptable.

A request that is hopeless goes straight to the teacher, so that its caller does not wait for a student's reply that
would be thrown away. It only ever spares a wait: what may be served is decided by the reply (``acceptance``). It
refuses to know the reply or its log-probabilities: those are its counterpart's, ``calibration``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

_FARTHEST = 30.0  # log-odds beyond which nothing changes


@dataclass(frozen=True, slots=True)
class PromptHead:
    """A logistic regression on a prompt's features, of one slice.

    Attributes:
        intercept: Log-odds of a prompt all of whose features are zero.
        weights: Log-odds per unit of each feature, in the order of ``FEATURES``.
        function: The ``FUNCTION`` whose features it was fitted on; it must not be asked about another's.
    """

    intercept: float
    weights: tuple[float, ...]
    function: str = ""

    def chance(self, features: Sequence[float]) -> float:
        """That the student's answer will be acceptable, between 0 and 1; ValueError for features of another number."""
        score = self.intercept + sum(w * x for w, x in zip(self.weights, features, strict=True))
        return 1 / (1 + exp(-max(-_FARTHEST, min(_FARTHEST, score))))
