"""Words that requests want, do not want, or count."""

from __future__ import annotations

import pytest

from routing.behaviors.format.asked import read
from routing.behaviors.format.demand import Bounds, Demand, Form


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ('Include the words "ink" and "paper".', Demand(Form.KEYWORDS, texts=("ink", "paper"))),
        ("Mention the keywords ink, paper and quill.", Demand(Form.KEYWORDS, texts=("ink", "paper", "quill"))),
        ("The text must contain the word ink.", Demand(Form.KEYWORDS, texts=("ink",))),
        ("Make sure to include the phrase 'as good as new'.", Demand(Form.KEYWORDS, texts=("as good as new",))),
        ('Mention "Argentina" in the post.', Demand(Form.KEYWORDS, texts=("Argentina",))),
        ("Do not use the words 'ink' or 'paper'.", Demand(Form.FORBIDDEN, texts=("ink", "paper"))),
        ("Avoid the word utilize.", Demand(Form.FORBIDDEN, texts=("utilize",))),
        ("Don't include keywords ['kill', 'steal'].", Demand(Form.FORBIDDEN, texts=("kill", "steal"))),
        ('The word "rock" must not appear.', Demand(Form.FORBIDDEN, texts=("rock",))),
        ("Exclude the words: ink, paper.", Demand(Form.FORBIDDEN, texts=("ink", "paper"))),
        ("The word rain should appear at least three times.", Demand(Form.FREQUENCY, Bounds(3), ("rain",))),
        ('Use the word "rain" exactly twice.', Demand(Form.FREQUENCY, Bounds(2, 2), ("rain",))),
        ("The letter q should appear fewer than 4 times.", Demand(Form.LETTERS, Bounds(0, 3), ("q",))),
    ],
)
def test_keywords(text: str, demand: Demand) -> None:
    """People have no template."""
    assert read(text) == (demand,)


@pytest.mark.parametrize(
    "text",
    [
        "What does the word gaunt mean?",
        "Write a poem with rhymes.",
        "I love the song \u201cYesterday\u201d, tell me more.",
        "Explain the terms of the contract.",
        "Use simple words and short sentences.",
        "Avoid passive voice.",
    ],
)
def test_what_names_no_keyword(text: str) -> None:
    """Words about words."""
    assert read(text) == ()
