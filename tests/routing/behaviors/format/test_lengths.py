"""Lengths that requests ask for, in many words."""

from __future__ import annotations

import pytest

from routing.behaviors.format.asked import read
from routing.behaviors.format.demand import Bounds, Demand, Form


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("Explain tides in under 80 words.", Demand(Form.WORDS, Bounds(0, 79))),
        ("Keep your reply to 50 words.", Demand(Form.WORDS, Bounds(0, 50))),
        ("The essay should be at least 600 words long.", Demand(Form.WORDS, Bounds(600))),
        ("Answer in one word.", Demand(Form.WORDS, Bounds(1, 1))),
        ("Word limit: 120.", Demand(Form.WORDS, Bounds(0, 120))),
        ("The total number of words should be 250 or more.", Demand(Form.WORDS, Bounds(250))),
        ("Describe it in three sentences.", Demand(Form.SENTENCES, Bounds(3, 3))),
        ("Give me a two-sentence summary.", Demand(Form.SENTENCES, Bounds(2, 2))),
        ("Respond with at most 2 sentences.", Demand(Form.SENTENCES, Bounds(0, 2))),
        ("Tell the story in 40 to 60 sentences.", Demand(Form.SENTENCES, Bounds(40, 60))),
        ("Write exactly four paragraphs about rain.", Demand(Form.PARAGRAPHS, Bounds(4, 4))),
        ("Write a one-paragraph summary.", Demand(Form.PARAGRAPHS, Bounds(1, 1))),
        ("Stay under 280 characters.", Demand(Form.CHARACTERS, Bounds(0, 279))),
        ("Write a poem of exactly 8 lines.", Demand(Form.LINES, Bounds(8, 8))),
    ],
)
def test_lengths(text: str, demand: Demand) -> None:
    """People have no template."""
    assert read(text) == (demand,)


@pytest.mark.parametrize(
    "text",
    [
        "Write a 500 word story.",
        "Write about 200 words.",
        "Combine the following two sentences.",
        "Each bullet should have at most 10 words.",
        "Give it a title of at most 5 words.",
        "What do the first three paragraphs say?",
        "How many sentences have fewer than 5 words?",
        "Rewrite these 3 paragraphs.",
    ],
)
def test_what_is_no_demand_on_the_whole(text: str) -> None:
    """A part's length, a given text's, and a wish."""
    assert read(text) == ()
