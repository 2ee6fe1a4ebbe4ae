"""Ridge logistic regression by Newton's method, as ``calibration`` and ``prompt`` fit it.

Any units will do, however few and however alike: there is always a finite answer, and the same units in the same order
give the same one. It refuses to choose the ridge, and to say what a fit is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_CONSTANT = 1e-9  # a spread below this part of the mean is rounding
_STEPS = 100
_HALVINGS = 30
_STILL = 1e-9  # a step that gains no more has arrived


def standardized(rows: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each number; what does not vary has an infinite one, and so no weight."""
    if not len(rows):
        return np.zeros(rows.shape[1]), np.full(rows.shape[1], np.inf)
    center, spread = rows.mean(axis=0), rows.std(axis=0)
    return center, np.where(spread > _CONSTANT * np.maximum(1.0, np.abs(center)), spread, np.inf)


@dataclass(frozen=True, slots=True)
class Regression:
    """What is minimized, and its derivatives, at some coefficients, the intercept first.

    Attributes:
        design: The numbers of each unit, standardized, after a column of ones: (units, 1 + numbers).
        good: Whether it was acceptable, 1 or 0: (units,).
        ridge: What holds weights near 0, in units that speak against any.

    Beside the units there is one more in the midst of them, half of it acceptable: it keeps the intercept finite where
    all units agree. Products over units are ``einsum``'s: those of numpy's ``@`` are spread over threads, which cost
    the other processes of a host more than they save here, and whose number shows in the last bits.
    """

    design: Floats
    good: Floats
    ridge: float

    def scores(self, at: Floats) -> Floats:
        """The log-odds of each unit: (units,)."""
        found: Floats = np.einsum("ij,j->i", self.design, at)
        return found

    def loss(self, at: Floats) -> float:
        """Minus the log-likelihood, and what the ridge adds."""
        pinned = 0.5 * (np.logaddexp(0.0, at[0]) + np.logaddexp(0.0, -at[0]))
        return float(surprise(self.scores(at), self.good) + pinned + 0.5 * self.ridge * (at[1:] ** 2).sum())

    def slope(self, at: Floats) -> Floats:
        """The gradient of the loss."""
        found: Floats = np.einsum("ij,i->j", self.design, logistic(self.scores(at)) - self.good) + self.ridge * at
        found[0] += logistic(at[0]) - 0.5 - self.ridge * at[0]
        return found

    def curvature(self, at: Floats) -> Floats:
        """Its Hessian."""
        bent = self.design * bend(self.scores(at))[:, None]
        found: Floats = np.einsum("ij,ik->jk", bent, self.design) + self.ridge * np.eye(len(at))
        found[0, 0] += bend(at[0]) - self.ridge
        return found

    def solved(self) -> Floats:
        """The coefficients of least loss, by Newton steps that are halved until they gain; none that gains ends it."""
        at = np.zeros(self.design.shape[1])
        for _ in range(_STEPS):
            before, step = self.loss(at), np.linalg.solve(self.curvature(at), self.slope(at))
            tried = (at - step * 0.5**halvings for halvings in range(_HALVINGS))
            better = next((one for one in tried if self.loss(one) < before - _STILL), None)
            if better is None:
                break
            at = better
        return at

    def left_out(self, at: Floats) -> Floats:
        """The score of each unit had the weights not seen it, by one Newton step from those that did: (units,).

        The intercept has seen it: without a unit that diverged all would seem to be a little better, and where the
        numbers say nothing, that alone would rank the units, the wrong way round.

        Method: Rahnama Rad and Maleki, "A scalable estimate of the out-of-sample prediction error via approximate
        leave-one-out cross-validation" (JRSS B 2020, arXiv:1801.10243).
        """
        scores, numbers = self.scores(at), self.design[:, 1:]
        spread = np.einsum("ij,jk->ik", numbers, np.linalg.inv(self.curvature(at))[1:, 1:])
        reach = (spread * numbers).sum(axis=1)
        found: Floats = scores + (logistic(scores) - self.good) * reach / (1.0 - bend(scores) * reach)
        return found


def logistic(scores: Floats) -> Floats:
    """The chances that these log-odds mean."""
    chances: Floats = 0.5 * (1.0 + np.tanh(0.5 * scores))
    return chances


def bend(scores: Floats) -> Floats:
    """How fast these chances grow with their log-odds."""
    chances = logistic(scores)
    return chances * (1.0 - chances)


def surprise(scores: Floats, good: Floats) -> float:
    """Minus the log-likelihood of what was acceptable."""
    return float((np.logaddexp(0.0, scores) - good * scores).sum())
