"""Letters, marks, languages, first and last words that requests ask for."""

from __future__ import annotations

import pytest

from routing.behaviors.format.asked import read
from routing.behaviors.format.demand import Bounds, Demand, Form


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("Write everything in lowercase.", Demand(Form.LOWER)),
        ("No capital letters are allowed.", Demand(Form.LOWER)),
        ("Your reply should be in all caps.", Demand(Form.UPPER)),
        ("Shout: use only capital letters.", Demand(Form.UPPER)),
        ("Use at least 4 words in all capital letters.", Demand(Form.CAPITALS, Bounds(4))),
        ("Don't use any commas.", Demand(Form.WITHOUT, texts=(",",))),
        ("Commas are not allowed.", Demand(Form.WITHOUT, texts=(",",))),
        ("Write it without exclamation marks.", Demand(Form.WITHOUT, texts=("!",))),
        ("Please reply in German.", Demand(Form.LANGUAGE, texts=("de",))),
        ("Respond only in simplified Chinese, please.", Demand(Form.LANGUAGE, texts=("zh",))),
        (
            "Your entire response should be in Swahili, no other language is allowed.",
            Demand(Form.LANGUAGE, texts=("sw",)),
        ),
        ('End your reply with "Any questions?".', Demand(Form.END, texts=("Any questions?",))),
        ("Finish with this exact phrase: That is all.", Demand(Form.END, texts=("That is all.",))),
        ('Begin your answer with "Dear Sir".', Demand(Form.START, texts=("Dear Sir",))),
        ("The second paragraph should start with the word rain.", Demand(Form.OPENINGS, texts=("2", "rain"))),
        ('Start the 4th paragraph with the word "elm".', Demand(Form.OPENINGS, texts=("4", "elm"))),
    ],
)
def test_wording(text: str, demand: Demand) -> None:
    """People have no template."""
    assert read(text) == (demand,)


@pytest.mark.parametrize(
    "text",
    [
        "Use both upper case and lower case letters.",
        "Write the title in all caps.",
        "Separate the names with commas, not spaces.",
        "Do not forget the commas.",
        "Translate the following sentence into Spanish.",
        "Write a story about a girl who is learned in Latin and French.",
        "Write about books in German.",
        "How does the film end?",
        "Name words that start with 'un'.",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    """A part, a topic, the opposite."""
    assert read(text) == ()
