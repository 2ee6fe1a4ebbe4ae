"""Problems as people read them: the place, the value, the remedy."""

from __future__ import annotations

import pytest

from proxy.config.problems import Problem, dotted, nearest, quoted


def test_a_path_reads_as_in_conversation() -> None:
    """It is what a person searches the file for."""
    assert dotted(("routes", "x", "rollout", "steps", "[0]", "setWeight")) == "routes.x.rollout.steps[0].setWeight"


def test_a_key_cannot_break_the_terminal() -> None:
    """Half a character or an escape sequence in a key would make the message itself fail."""
    assert dotted(("a\ud800", "b\x1b")) == "a\\ud800.b\\x1b"


def test_a_problem_of_the_whole_file_has_no_line() -> None:
    """Line 0 would send a person nowhere."""
    assert str(Problem("a.yaml", 0, "", "", "is empty", "write a route")) == "a.yaml: is empty; write a route"


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("risk_budget", 'did you mean "riskBudget"?'),
        ("percentge", 'did you mean "percentage"?'),
        ("zzz", "known: percentage, riskBudget"),
        ("", "known: percentage, riskBudget"),
    ],
)
def test_the_nearest_word_is_named(word: str, remedy: str) -> None:
    """A slip of the key, of the case or of the spelling is mended by reading one line."""
    assert nearest(word, ["percentage", "riskBudget"]) == remedy


def test_quoted_values_are_printable_and_short() -> None:
    """A value from a broken file must not break the terminal, nor fill it."""
    assert quoted("a\x1b[31m\n") == '"a\\x1b[31m\\n"'
    assert len(quoted("x" * 1000)) < 70
