"""The beta function's logarithms, against sums and integrals done another way."""

from __future__ import annotations

from fractions import Fraction
from math import comb, inf, isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.evidence.beta import log_beta, log_betainc


def binomial_tail(n: int, k: int, x: Fraction) -> Fraction:
    """P(at least k of n), which is I_x(k, n - k + 1), exactly."""
    return sum((comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(k, n + 1)), Fraction(0))


def log_of(value: Fraction) -> float:
    """Also of fractions too small for a float."""
    return log(value.numerator) - log(value.denominator)


@given(st.integers(1, 60), st.data(), st.integers(1, 99))
def test_whole_arguments_are_binomial_tails(n: int, data: st.DataObject, percent: int) -> None:
    """The one case in which the truth is a finite sum."""
    k = data.draw(st.integers(1, n))
    exact = log_of(binomial_tail(n, k, Fraction(percent, 100)))
    assert isclose(log_betainc(k, n - k + 1, percent / 100), exact, rel_tol=1e-9, abs_tol=1e-11)


@pytest.mark.parametrize(("n", "k", "x"), [(2000, 1500, "1/50"), (3000, 3000, "1/1000"), (1000, 1, "1/100000")])
def test_tails_far_below_any_float_keep_their_digits(n: int, k: int, x: str) -> None:
    """Evidence after ten thousand conversations is of this size."""
    exact = log_of(binomial_tail(n, k, Fraction(x)))
    assert isclose(log_betainc(k, n - k + 1, float(Fraction(x))), exact, rel_tol=1e-10)


@given(st.floats(0.5, 500), st.floats(0.5, 500), st.floats(0.001, 0.999))
def test_the_two_tails_are_one(a: float, b: float, x: float) -> None:
    """Each is computed on its own side of the mean."""
    low, high = log_betainc(a, b, x), log_betainc(b, a, 1.0 - x)
    assert isclose(2.718281828459045**low + 2.718281828459045**high, 1.0, rel_tol=1e-9)
    assert low <= 0.0 or isclose(low, 0.0, abs_tol=1e-12)


def test_the_arcsine_law() -> None:
    """Beta(1/2, 1/2), our prior, has its median at a half, and B(1/2, 1/2) is pi."""
    assert isclose(log_beta(0.5, 0.5), log(3.141592653589793))
    assert isclose(log_betainc(0.5, 0.5, 0.5), log(0.5))
    assert log_betainc(0.5, 0.5, 1e-300) > -inf
