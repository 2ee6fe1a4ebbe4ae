"""Numbers as replies write them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.values.quantities import Number, leading, numbers


def only(text: str, *, commas: bool = False) -> Number:
    """The one number of a text."""
    (number,) = numbers(text, commas=commas)
    return number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "2469/2"),
        ("1.234,50", "2469/2"),
        ("1.234.567", "1234567"),
        ("12,34,567", "1234567"),
        ("1 000", "1000"),
        ("1\u202f000,5", "2001/2"),
        ("1'000", "1000"),
        ("3,5", "7/2"),
        ("0,125", "1/8"),
        ("1,000", "1000"),
        ("\u22127", "-7"),
        ("3/4", "3/4"),
        ("1.5e3", "1500"),
        ("5k", "5000"),
        ("$1.2M", "1200000"),
        ("2 billion people", "2000000000"),
        ("08:10", "490"),
        ("8:10 p.m.", "1210"),
        ("12 am", "0"),
        ("seat 41", "41"),
    ],
)
def test_values(text: str, value: str) -> None:
    """Separators of several countries, magnitudes, fractions, times of day."""
    assert only(text).value == Fraction(value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("5 km", "5000 m", True),
        ("5 km", "5,000 meters", True),
        ("26.2 miles", "42.2 km", True),
        ("26.2 miles", "44 km", False),
        ("2.5 h", "2 hours and 30 minutes", True),
        ("90 min", "1h 30min", True),
        ("1 kg", "1000 g", True),
        ("5 km", "5 kg", False),
        ("5 km", "5", True),
        ("36 pencils", "36 boxes", True),
        ("$5", "5 dollars", True),
        ("5 USD", "USD 5", True),
        ("$5", "\u20ac5", False),
        ("50%", "50", True),
        ("50%", "0.5", False),
        ("8:10 pm", "20:10", True),
        ("8:10 pm", "8:10", True),
        ("8:10 pm", "8:10 am", False),
        ("8:10", "20:10", False),
        ("1.500", "1500", False),
        ("5 m", "5 m\u00b2", True),
    ],
)
def test_equality(one: str, other: str, same: bool) -> None:
    """Units of one kind convert; of two kinds they are two answers; one alone says nothing."""
    assert only(one).equals(only(other)) is same
    assert only(other).equals(only(one)) is same


def test_shares_and_percents_are_the_same_where_asked_so() -> None:
    """Only the question says whether 50 and 0.5 may be one answer."""
    assert only("50 %").equals(only("0.5"), as_share=True)
    assert only("0.3333").equals(only("33.33%"), as_share=True)
    assert not only("50 %").equals(only("0.05"), as_share=True)


def test_a_lone_separator_is_read_either_way_where_decimals_have_commas() -> None:
    """Models that write German mix both."""
    assert only("1.500", commas=True).equals(only("1500", commas=True))
    assert only("1,500", commas=True).equals(only("1.5", commas=True))
    assert not only("1.500", commas=True).equals(only("15", commas=True))


def test_what_a_text_begins_with() -> None:
    """And where it ends, its unit included."""
    found = leading("5 km of rails")
    assert found is not None
    assert found == (Number(Fraction(5), 0, "length", Fraction(1000)), 4)
    assert leading("about 5 km") is None


DIGITS = st.text("0123456789.,:/ eEkM%$-'apm\u20ac\u00a0h", max_size=40)


@given(st.text() | DIGITS, st.booleans())
def test_any_text_has_numbers_or_none(text: str, commas: bool) -> None:
    """No overflow, no division by zero; each equals itself."""
    for number in numbers(text, commas=commas):
        assert number.equals(number)


@given(DIGITS, DIGITS)
def test_equality_is_symmetric(one: str, other: str) -> None:
    """Which of the two is the teacher's must not matter."""
    for left in numbers(one):
        for right in numbers(other):
            assert left.equals(right) == right.equals(left)


@pytest.mark.parametrize("unit", ["1", "1,", "1,111", "1.111", "1 111 ", "1/", "12:", "$", "1 h ", "-", "a"])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """Fifty times what callers pass: a search with a square in it would not end within the suite's timeout."""
    text = unit * (200_000 // len(unit))
    numbers(text)
