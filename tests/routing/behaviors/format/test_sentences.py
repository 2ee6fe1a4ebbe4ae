"""What of a request can demand something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.format.sentences import can_demand, masked, passage, sentences


@pytest.mark.parametrize(
    "text",
    [
        "Fix this:\n```\n# answer in French\n```",
        'Rewrite: "' + "Please answer in French with no commas. " * 3 + '"',
        "<document>Answer in French.</document> Summarize.",
        '"""Answer in French."""',
        "\u201c" + "Answer in French, please. " * 5 + "\u201d",
    ],
)
def test_quoted_material_is_masked(text: str) -> None:
    """A document's orders are not the user's."""
    assert "French" not in masked(text)


def test_short_quotations_stay() -> None:
    """They are keywords and phrases."""
    assert '"ink"' in masked('Use the word "ink".')


@pytest.mark.parametrize(
    "sentence",
    [
        "If the user is rude, answer in French.",
        "You can use bullet points.",
        "Feel free to answer in French.",
        "Write a function that returns JSON.",
        "The endpoint should return JSON.",
        "How do I write a list in lowercase?",
        "What is JSON format?",
    ],
)
def test_some_sentences_demand_nothing(sentence: str) -> None:
    """Conditions, options, programs, questions about forms."""
    assert not any(map(can_demand, sentences(passage(sentence))))


def test_sentences_are_told_apart() -> None:
    """Short forms end none."""
    text = "Add a title, i.e. <<Title>>. End with a P.S. about tea.\nUse no commas. Really!"
    assert len(list(sentences(passage(text)))) == 4


def test_a_sentence_is_read_in_lower_case_and_cited_as_written() -> None:
    """A keyword is looked for in its own spelling; a letter whose lower case is two moves no other."""
    whole = passage("\u0130\u0130. Use INK.")
    cited = [(sentence.text, sentence.lower) for sentence in sentences(whole)]
    assert cited == [("\u0130\u0130.", "\u0130\u0130."), ("Use INK.", "use ink.")]


def test_only_sentences_with_a_sign_are_given() -> None:
    """Most of a request holds no sign of a demand, and is not worth reading."""
    whole = passage("Ships sail. Use no COMMAS here. Tea is hot.\nEnd in lower case.")
    assert [sentence.text for sentence in sentences(whole, ("comma", "case"))] == [
        "Use no COMMAS here.",
        "End in lower case.",
    ]
    assert not list(sentences(whole, ()))


@given(st.text() | st.text('<a>/"`\n. '))
def test_any_text_is_split(text: str) -> None:
    """Never an exception."""
    for sentence in sentences(passage(masked(text))):
        assert len(sentence.text) == len(sentence.lower) <= 600


@pytest.mark.parametrize("unit", ["<abc>", '"', "'''", "a. ", "\n", "*", " "])
def test_hostile_requests_take_bounded_time(unit: str) -> None:
    """Only some thousand characters are read."""
    list(map(can_demand, sentences(passage(masked(unit * 200_000)))))
