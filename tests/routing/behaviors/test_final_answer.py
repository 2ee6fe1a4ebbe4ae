"""Final answers."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.final_answer import Answer, Kind, closing_numbers, final_answer, question_of
from routing.behaviors.values.quantities import Number
from routing.traits import Endpoint, Traits, Turn

OPEN = "Tell me about otters."
SUM = "Tom has 3 boxes of 12 pencils. How many pencils does he have?"
QUIZ = "Which is red?\nA. grass\nB. blood\nC. sky\nD. milk\nAnswer:"
SENTIMENT = "Classify the sentiment as positive, negative or neutral: I loved it."


def read(text: str, prompt: str) -> Answer | None:
    """The final answer of a reply to this prompt."""
    return final_answer(text, question_of(Traits(Endpoint.CHAT, (Turn("user", prompt),))))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("So \\boxed{36}.", "36"),
        ("Thus $\\boxed{\\frac{3}{4}}$", "3/4"),
        ("\\boxed{x = 5} and therefore y = 7", "5"),
        ("3 * 12 = 36\n#### 36", "36"),
        ("The answer is 1,234.50 dollars.", "2469/2"),
        ("**Final answer:** $-7", "-7"),
        ("Answer: \u22127", "-7"),
        ("The answer is 12. No wait, the answer is 13.", "13"),
        ("The answer is approx = 1.5e3", "1500"),
        ("36", "36"),
        ("36 pencils.", "36"),
        ("The answer is 08:10.", "490"),
        ("Answer: 8:45", "525"),
        ("The ratio is 3:2, so the answer is 3/2", "3/2"),
        ("1/2", "1/2"),
    ],
)
def test_marked_and_bare_numbers(text: str, value: str) -> None:
    """Whatever the question."""
    found = read(text, OPEN)
    assert found is not None
    assert found.number is not None
    assert found.number.value == Fraction(value)


def test_unmarked_numbers_answer_questions_of_arithmetic_only() -> None:
    """In prose about otters the last number is no answer."""
    text = (
        "There are 3 boxes with 12 pencils each, so altogether Tom has 36 pencils to draw with, which is quite a lot."
    )
    assert read(text, SUM) == Answer(Kind.NUMBER, "", Number(Fraction(36), 0))
    assert read(text, OPEN) is None


@pytest.mark.parametrize(
    "text", ["B", "(B)", "B.", "**B**", "B. blood", "The answer is B.", "Answer: (B) blood", "b) B"]
)
def test_choices(text: str) -> None:
    """The letter, however it is set off."""
    expected = None if text.startswith("b)") else Answer(Kind.CHOICE, "B")
    assert read(text, QUIZ) == expected


@pytest.mark.parametrize(
    "text", ["A dog is an animal that many people keep.", "Blood is what is red among all these.", "E"]
)
def test_no_choices(text: str) -> None:
    """An article is no letter, and what was not offered no choice."""
    assert read(text, QUIZ) is None


def test_labels_are_words_of_the_request() -> None:
    """A greeting is not a classification."""
    assert read("Positive.", SENTIMENT) == Answer(Kind.LABEL, "positive")
    assert read("The answer is **neutral**", SENTIMENT) == Answer(Kind.LABEL, "neutral")
    assert read("Great!", SENTIMENT) is None
    assert read("Hi there!", "Hi there") is None


def test_yes_and_no_answer_questions_that_ask_for_them() -> None:
    """Where the question asks back, or asks for something else, they only begin a sentence."""
    assert read("Yes, it lies there.", "Is Basel on the Rhine?") == Answer(Kind.LABEL, "yes")
    assert read("No, on the Aare.", "I have a question. Does Bern lie on the Rhine?") == Answer(Kind.LABEL, "no")
    assert read("Yes, I am sure of it.", "Is that right?") is None
    assert read("Yes, of course I can.", "Do you know Basel and its bridges?") is None
    assert read("No doubt it is old.", "Is the bridge of Basel old?") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The answer is January 5, 1951.", Answer(Kind.DATE, "1951-01-05")),
        ("1951-01-05", Answer(Kind.DATE, "1951-01-05")),
        ("Twelve.", Answer(Kind.NUMBER, "", Number(Fraction(12), 0))),
        ("The answer is twenty-one pencils.", Answer(Kind.NUMBER, "", Number(Fraction(21), 0))),
        ("Die Antwort lautet 36.", Answer(Kind.NUMBER, "", Number(Fraction(36), 0))),
        ("\u7b54\u6848\u662f36\u3002", Answer(Kind.NUMBER, "", Number(Fraction(36), 0))),
        ("\\boxed{50\\%}", Answer(Kind.NUMBER, "", Number(Fraction(50), 0, "percent"))),
    ],
)
def test_other_marked_and_bare_answers(text: str, expected: Answer) -> None:
    """Days, numbers in words, other languages' marks."""
    assert read(text, OPEN) == expected


def test_labels_may_stand_in_the_system_prompt() -> None:
    """Where classifiers' instructions usually are."""
    turns = (Turn("system", "Reply with one of: spam, ham."), Turn("user", "Win money"))
    assert final_answer("spam", question_of(Traits(Endpoint.CHAT, turns))) == Answer(Kind.LABEL, "spam")


@pytest.mark.parametrize(
    "text", ["", "Otters swim.", "In 1999 there were otters, and people who counted them every day."]
)
def test_open_replies_have_none(text: str) -> None:
    """Guessing one would call every rewording a divergence."""
    assert read(text, OPEN) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3.14", "3.14159", True),
        ("3.1", "3.14159", False),
        ("2", "2.00", True),
        ("0.5", "1/2", True),
        ("1,000", "1000", True),
        ("36", "37", False),
        ("08:10", "08:45", False),
        ("08:10", "8:10", True),
        ("3", "-3", False),
        ("0.33", "1/3", False),
    ],
)
def test_numbers_are_equal_as_values(one: str, other: str, same: bool) -> None:
    """Rounding to two places or more is the same answer; to fewer it may be another."""
    (left,), (right,) = closing_numbers(one), closing_numbers(other)
    assert left.equals(right) is same
    assert right.equals(left) is same


@given(st.text(), st.text())
def test_any_text_has_an_answer_or_none(text: str, prompt: str) -> None:
    """Detectors never raise."""
    found = read(text, prompt)
    assert found is None or found.kind in Kind


@given(st.text("0123456789.,/eE+-$ \\boxed{}frac#answer is", max_size=60))
def test_any_arrangement_of_digits_and_marks_has_an_answer_or_none(text: str) -> None:
    """Where the arithmetic is, there must be no overflow and no division by zero."""
    found = read(text, SUM)
    assert found is None or found.kind in Kind


@pytest.mark.parametrize(
    "unit", ["answer is", "\\boxed{", "1,", "1,111", "9", "{", "####", "\\frac{1}{", "A. ", "1 / ", "is a ", "is "]
)
def test_hostile_text_takes_bounded_time(unit: str) -> None:
    """Only bounded parts are read."""
    text = unit * (1_000_000 // len(unit))
    read(text, text)
