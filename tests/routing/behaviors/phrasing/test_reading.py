"""One reply, read once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.phrasing.reading import read


def test_a_text_is_read_once() -> None:
    """Detectors of one reply share the work."""
    assert read("the very same reply") is read("the very same reply")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    """And what is found points into it."""
    reading = read(text)
    for hit in reading.hits:
        start, stop = reading.span(hit)
        assert 0 <= start < stop <= len(text)


@pytest.mark.parametrize("unit", ["a", " ", "I can't ", "\n", "\u65e0", "\ud800", '"', "<b>"])
def test_a_megabyte_costs_no_more_than_a_page(unit: str) -> None:
    """A reply that never ends must not stop the examiner."""
    text = unit * (1_000_000 // len(unit))
    assert len(read(text).words.read) < 20_000
