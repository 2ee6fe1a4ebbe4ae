"""Shapes that requests ask for, in many words."""

from __future__ import annotations

import pytest

from routing.behaviors.format.asked import read
from routing.behaviors.format.demand import Bounds, Demand, Form


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("Respond only with valid JSON.", Demand(Form.JSON)),
        ("Return a JSON object with the keys name and age.", Demand(Form.JSON)),
        ("Give me three cities in JSON format.", Demand(Form.JSON)),
        ("Your whole answer has to be JSON, nothing else.", Demand(Form.JSON)),
        ("I want the entire output as a JSON array.", Demand(Form.JSON)),
        ("Put the command in a code block.", Demand(Form.FENCE)),
        ("Wrap the answer in triple backticks.", Demand(Form.FENCE)),
        ("Compare them in a markdown table.", Demand(Form.TABLE)),
        ("Show the result in tabular form.", Demand(Form.TABLE)),
        ("Summarize it in five bullet points.", Demand(Form.BULLETS, Bounds(5, 5))),
        ("Use no more than 4 bullets.", Demand(Form.BULLETS, Bounds(0, 4))),
        ("Give me 6 reasons as bullet points.", Demand(Form.BULLETS, Bounds(6, 6))),
        ("Answer as a bulleted list.", Demand(Form.BULLETS)),
        ("Don't use bullet points.", Demand(Form.BULLETS, Bounds(0, 0))),
        ("Write a numbered list of 7 items.", Demand(Form.NUMBERED, Bounds(7, 7))),
        ("Bold at least two key phrases with markdown.", Demand(Form.HIGHLIGHTS, Bounds(2))),
        ("Please italicize 3 words using asterisks.", Demand(Form.HIGHLIGHTS, Bounds(3))),
        ("Put a title in double angle brackets at the top.", Demand(Form.TITLE)),
        ("Write 3 parts and mark each part with PART X.", Demand(Form.SECTIONS, Bounds(3), ("PART",))),
        ("Include at least five placeholders such as [name].", Demand(Form.PLACEHOLDERS, Bounds(5))),
        ("Close with a postscript that starts with P.S.", Demand(Form.POSTSCRIPT, texts=("P.S.",))),
        ("Add a P.P.S. at the end of the letter.", Demand(Form.POSTSCRIPT, texts=("P.P.S",))),
        ("Put your whole reply inside double quotation marks.", Demand(Form.QUOTED)),
        ("Give two different answers, separated by ******.", Demand(Form.PARTED, Bounds(2, 2), ("******",))),
        ("Write 4 paragraphs, divided by three asterisks.", Demand(Form.PARAGRAPHS, Bounds(4, 4), ("***",))),
    ],
)
def test_shapes(text: str, demand: Demand) -> None:
    """People have no template."""
    assert read(text) == (demand,)


@pytest.mark.parametrize(
    "text",
    [
        "Parse the JSON below and name the oldest person.",
        "Do not answer in JSON.",
        "Fix the JSON in my file.",
        "Build a table for my kitchen from oak.",
        "For each section, write three bullet points.",
        "Highlight the main risks of the plan.",
        "Quote the second sentence of your answer.",
        "My title is too long; it has << in it.",
        "I added a P.S. to my letter, what does that mean?",
    ],
)
def test_what_only_looks_like_one(text: str) -> None:
    """About a form is not in a form."""
    assert read(text) == ()
