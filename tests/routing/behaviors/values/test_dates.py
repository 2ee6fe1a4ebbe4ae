"""Dates and times in their many forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.values.dates import moment


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026-01-05T00:00:00",
        "2026/1/5",
        "5.1.2026",
        "January 5, 2026",
        "Jan 5 2026",
        "Monday, January 5th, 2026",
        "5 January 2026",
        "the 5th of January 2026",
        " 5  Jan. 2026 ",
    ],
)
def test_one_day_in_many_forms(text: str) -> None:
    """Two arguments that name one day are one argument."""
    assert moment(text) == "2026-01-05"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14:05", "T14:05:00"),
        ("2:05 pm", "T14:05:00"),
        ("2:05 p.m.", "T14:05:00"),
        ("12am", "T00:00:00"),
        ("12 PM", "T12:00:00"),
        ("2026-01-05T14:05", "2026-01-05T14:05:00"),
        ("2026-01-05T14:05:00+02:00", "2026-01-05T12:05:00Z"),
        ("2026-01-05T12:05:00Z", "2026-01-05T12:05:00Z"),
    ],
)
def test_times(text: str, expected: str) -> None:
    """Half days and offsets are worked out."""
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05 was a Monday",
        "May 2026",
        "5 May 2026 " * 9,
        "\u0665:\u0660\u0665 x",
        "",
        "5",
        "05/01/2026",
        "2026-13-05",
        "31 February 2026",
        "25:10",
        "13pm",
        "soon",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_other_texts_are_no_dates(text: str) -> None:
    """A day that may be another one must not make two arguments equal."""
    assert moment(text) is None


@given(st.text() | st.text("0123456789-/.:TZ+ apm", max_size=30))
def test_any_text_is_a_moment_or_none(text: str) -> None:
    """Models write anything into a field for dates."""
    found = moment(text)
    assert found is None or moment(found) == found or found.startswith("T")
