"""The beta function and its regularized incomplete form, as logarithms.

The logarithm of a tail of 10 ** -3000 is an ordinary number here, which is why no library's ``betainc`` would do:
theirs underflow. Method: Lentz's continued fraction (Press, Teukolsky, Vetterling and Flannery, "Numerical Recipes",
section 6.4) on the side of the mean where it converges fast.
"""

from __future__ import annotations

from math import exp, expm1, inf, lgamma, log, log1p

_TINY = 1e-300  # what a vanishing denominator is replaced by
_PRECISION = 1e-13
_TERMS = 20_000  # it needs some square roots of the counts; more than four hundred million are never counted
_LOG_HALF = -0.6931471805599453


def log_beta(a: float, b: float) -> float:
    """Ln B(a, b) for a, b > 0."""
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def log_betainc(a: float, b: float, x: float) -> float:
    """Ln I_x(a, b): the log-probability that a Beta(a, b) variable is at most x, for a, b > 0 and 0 < x < 1."""
    front = a * log(x) + b * log1p(-x) - log_beta(a, b)
    if x < (a + 1.0) / (a + b + 2.0):
        return front - log(a) + log(_fraction(a, b, x))
    return _log_complement(front - log(b) + log(_fraction(b, a, 1.0 - x)))


def _log_complement(log_p: float) -> float:
    """ln(1 - p) from ln p."""
    if log_p >= 0.0:
        return -inf
    return log(-expm1(log_p)) if log_p > _LOG_HALF else log1p(-exp(log_p))


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of I_x(a, b), by the modified Lentz method: what vanishes is kept off zero.

    A controller comes here thousands of times a look, and a call for each of those guards would double the time.
    """
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    value = d = 1.0 / (d if d > _TINY or d < -_TINY else _TINY)
    for m in range(1, _TERMS):
        place = a + 2 * m
        even = m * (b - m) * x / ((place - 1) * place)
        d, c = 1.0 + even * d, 1.0 + even / c
        d = 1.0 / (d if d > _TINY or d < -_TINY else _TINY)
        c = c if c > _TINY or c < -_TINY else _TINY
        value *= c * d
        odd = -(a + m) * (a + b + m) * x / (place * (place + 1))
        d, c = 1.0 + odd * d, 1.0 + odd / c
        d = 1.0 / (d if d > _TINY or d < -_TINY else _TINY)
        c = c if c > _TINY or c < -_TINY else _TINY
        step = c * d
        value *= step
        if abs(step - 1.0) < _PRECISION:
            break
    return value
