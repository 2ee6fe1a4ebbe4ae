"""Precision, recall and F1, and the table they are kept in."""

from __future__ import annotations

import math

import pytest

from measuring.scores import Subject, false_positives, macro, scored, table

SUBJECT = Subject("refusal", "somewhere", "full", "model x", "a note")


def test_what_was_found_against_what_is_true() -> None:
    """Worked by hand: two of three found are right, two of four are found."""
    result = scored(SUBJECT, [True, True, True, True, False, False], [True, True, False, False, True, False])
    assert (result.count, result.recall) == (6, 0.5)
    assert result.precision == pytest.approx(2 / 3)
    assert result.f1 == pytest.approx(4 / 7)


def test_what_cannot_be_said_is_a_dash() -> None:
    """Nothing found has no precision; zero would be a claim."""
    result = scored(SUBJECT, [False, False], [False, False])
    assert math.isnan(result.precision)
    assert "| - | - | - |" in table([result])


def test_lengths_must_agree() -> None:
    """Answers that slipped by one row would measure noise."""
    with pytest.raises(ValueError, match="argument 2"):
        scored(SUBJECT, [True], [True, False])


def test_false_positives_are_a_share() -> None:
    """And the note that was there stays."""
    assert false_positives(SUBJECT, [True, False, False, False]).note == "false positives 25.0 %; a note"


def test_macro_weighs_labels_alike() -> None:
    """A rare label counts as much as a frequent one: that is what the mean is for."""
    one, other = scored(SUBJECT, [True], [True]), scored(SUBJECT, [True, False], [False, True])
    assert macro(SUBJECT, [one, other]).f1 == 0.5


def test_the_table_is_markdown() -> None:
    """A line each under the headings."""
    lines = table([scored(SUBJECT, [True, True], [True, False])]).splitlines()
    assert len(lines) == 3
    assert lines[2] == "| refusal | somewhere | model x | full | 2 | 1.000 | .500 | .667 | a note |"
