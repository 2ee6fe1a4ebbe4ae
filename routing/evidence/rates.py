"""One rate of divergence, judged at any moment: e-processes against a limit, and bounds that hold all the time.

A *trial* is one conversation; it diverged or not. ``log_e_below`` is evidence that the rate is below a limit,
``log_e_above`` that it is above; each is the logarithm of a mixture of likelihood ratios under a Beta prior cut off
at the limit, a function of two counts. Where the limit is on the wrong side, each has a mean of at most 1 at every
moment, so by Ville's inequality the chance that it *ever* reaches 1 / alpha is at most alpha, however often one
looks. Trials need not be independent: it is enough that, given the past, the next one diverges with a probability on
the wrong side.

Method: Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
sequences" (Annals of Statistics 2021, arXiv:1810.08240), propositions 6 and 7, one-sided.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import log, log1p

from routing.evidence.beta import log_beta, log_betainc

_NARROW = 1e-7  # what a bound is exact to
_REMEMBERED = 65_536  # cells change seldom between two looks, and all are looked at
_OUT_OF_REACH = 10_000_000  # trials; nobody waits for more


@dataclass(frozen=True, slots=True)
class Prior:
    """A Beta distribution over rates: what one bets on before the first trial. Any bet made in advance is valid."""

    diverged: float = 0.5
    kept: float = 0.5


JEFFREYS = Prior()
_FAR = 25.0  # the narrowest bet above a limit: the lowest of limits must not blind it to rates near 1


def near(limit: float) -> Prior:
    """The usual bet on a rate above ``limit``: mostly within some times the limit, where it is hard to tell from it.

    A third fewer trials find twice the limit than with Jeffreys' bet, and no more find a behavior that is always lost.
    """
    return Prior(0.5, min(_FAR, max(0.5, 0.125 / limit)))


@dataclass(frozen=True, slots=True)
class Trials:
    """How many conversations were tried, and how many of them diverged.

    Raises:
        ValueError: where that is impossible.
    """

    count: int = 0
    diverged: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.diverged <= self.count:
            raise ValueError(
                f"{self.diverged} of {self.count} trials cannot have diverged: give 0 <= diverged <= count"
            )

    def merge(self, other: Trials) -> Trials:
        """Both together, whichever came first."""
        return Trials(self.count + other.count, self.diverged + other.diverged)


@lru_cache(maxsize=_REMEMBERED)
def log_e_below(trials: Trials, limit: float, prior: Prior = JEFFREYS) -> float:
    """Evidence that the rate is below ``limit`` (between 0 and 1): ln E of the hypothesis that it is not."""
    a, b = prior.diverged + trials.diverged, prior.kept + trials.count - trials.diverged
    alternative = log_beta(a, b) + log_betainc(a, b, limit)
    return alternative - _log_mass(prior.diverged, prior.kept, limit) - _log_likelihood(trials, limit)


@lru_cache(maxsize=_REMEMBERED)
def log_e_above(trials: Trials, limit: float, prior: Prior | None = None) -> float:
    """Evidence that the rate is above ``limit`` (between 0 and 1): ln E of the hypothesis that it is not."""
    prior = prior or near(limit)
    a, b = prior.diverged + trials.diverged, prior.kept + trials.count - trials.diverged
    alternative = log_beta(a, b) + log_betainc(b, a, 1.0 - limit)
    return alternative - _log_mass(prior.kept, prior.diverged, 1.0 - limit) - _log_likelihood(trials, limit)


@lru_cache(maxsize=_REMEMBERED)
def upper(trials: Trials, alpha: float, prior: Prior = JEFFREYS) -> float:
    """A bound that the rate never exceeds, at any moment, but with probability ``alpha``; 1 without trials."""
    if trials.diverged == trials.count:
        return 1.0
    return _turning(lambda rate: log_e_below(trials, rate, prior) >= -log(alpha), trials.diverged / trials.count, 1.0)


@lru_cache(maxsize=_REMEMBERED)
def lower(trials: Trials, alpha: float, prior: Prior | None = None) -> float:
    """A bound that the rate never falls below, at any moment, but with probability ``alpha``; 0 without trials."""
    if trials.diverged == 0:
        return 0.0
    return _turning(lambda rate: log_e_above(trials, rate, prior) >= -log(alpha), trials.diverged / trials.count, 0.0)


def clean_needed(trials: Trials, limit: float, alpha: float, prior: Prior = JEFFREYS) -> int | None:
    """How many more trials, none diverging, show that the rate is below ``limit``; None beyond ten million."""

    def enough(more: int) -> bool:
        return log_e_below(trials.merge(Trials(more)), limit, prior) >= -log(alpha)

    low, high = 0, 1
    if enough(0):
        return 0
    while not enough(high):
        low, high = high, 2 * high
        if high > _OUT_OF_REACH:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def earned(trials: Trials, budget: float, alpha: float, prior: Prior = JEFFREYS) -> float:
    """The share of traffic, between 0 and 1, at which divergent replies stay within ``budget`` of all of it.

    The chance that share times rate ever exceeds the budget is at most ``alpha``: the rate is below its upper bound at
    every moment, so the share may follow the bound.
    """
    return min(1.0, budget / upper(trials, alpha, prior))


def _log_likelihood(trials: Trials, rate: float) -> float:
    return trials.diverged * log(rate) + (trials.count - trials.diverged) * log1p(-rate)


@lru_cache(maxsize=1024)
def _log_mass(a: float, b: float, limit: float) -> float:
    """The prior's mass below the limit, not normalized."""
    return log_beta(a, b) + log_betainc(a, b, limit)


def _turning(refuted: Callable[[float], bool], inside: float, outside: float) -> float:
    """The rate nearest to ``inside`` from which on, towards ``outside``, every rate is refuted."""
    while abs(outside - inside) > _NARROW:
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if refuted(middle) else (middle, outside)
    return outside
