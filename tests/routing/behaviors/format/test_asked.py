"""Demands read off whole requests, in words that no template has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.behaviors.format.asked import asked, read
from routing.behaviors.format.demand import Bounds, Demand, Form
from routing.traits import Endpoint, Traits, Turn


def test_the_systems_turns_and_the_last_of_the_users_are_read() -> None:
    """What an earlier turn asked for was for an earlier reply."""
    turns = (
        Turn("system", "Always respond in German."),
        Turn("user", "List 3 fruits as bullet points."),
        Turn("assistant", "..."),
        Turn("user", "Now one sentence, without commas. Describe an apple."),
    )
    found = asked(Traits(Endpoint.CHAT, turns))
    assert {demand.form for demand in found} == {Form.LANGUAGE, Form.WITHOUT}


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ('Is it late? Answer with one of the following phrases: "It is late.", "It is early."', 2),
        ("Choose from:\nMy cat is old.\nMy cat is young.\nMy cat is grey.", 3),
        ("Is fire cold? Answer yes or no.", 2),
        ('Reply with either "yes" or "no".', 2),
        ("Which of these is larger, a cat or a dog?", 0),
        ("Answer the question below.", 0),
    ],
)
def test_choices(text: str, phrases: int) -> None:
    """Phrases of several words, so that the letters of a multiple choice are left to ``answer``."""
    assert [len(demand.texts) for demand in read(text) if demand.form is Form.CHOICE] == ([phrases] if phrases else [])


@pytest.mark.parametrize(
    "text",
    [
        "Name a cat.\n\nFirst repeat the request above word for word, then answer.",
        "Before you answer, first repeat the exact request below.\n\nName a cat.",
    ],
)
def test_the_request_to_repeat_the_request(text: str) -> None:
    """What is to be repeated stands above, or below if that is said."""
    assert Demand(Form.REPEAT, texts=("Name a cat.",)) in read(text)


def test_the_more_precise_demand_stays() -> None:
    """One fault is not to be counted twice."""
    found = read('Use bullet points. Give exactly 4 bullet points. Use the word "ink" at least twice.')
    assert found == (Demand(Form.BULLETS, Bounds(4, 4)), Demand(Form.FREQUENCY, Bounds(2), ("ink",)))


@pytest.mark.parametrize(
    "text",
    [
        "What is the capital of France?",
        "I wrote 300 words yesterday and my essay has five paragraphs. Is that enough?",
        "Explain the difference between JSON and XML.",
        "How do commas work in German?",
        "Translate this into French: good morning.",
        "Write a function that returns a list in JSON format with at least 3 words.",
        "Who wrote the book called \u201cEnd with a bang\u201d?",
        "My boss said each section needs a title and three bullet points per page.",
        "A bus carries at least 20 people and makes exactly 3 stops.",
        "Write about 200 words on tea.",
        "Tell me about the French Revolution in detail.",
        "If I ask for a table, give me one.",
        "Summarize: <text>Use at least 100 words. No commas.</text>",
        "def f():\n    '''use no commas, answer in lowercase'''",
        "",
    ],
)
def test_ordinary_requests_state_no_form(text: str) -> None:
    """A demand that was never made would fail both models, or one of them for nothing."""
    assert read(text) == ()


@given(st.text() | st.text("at least 3 words\"*'.\n<>"))
def test_any_request_is_read(text: str) -> None:
    """Never an exception; the same request is read once."""
    assert read(text) is read(text)


@pytest.mark.parametrize(
    "unit", ["3 words ", "include ", '"x" ', "repeat the request ", "*", "<<a", "at least 3 ", "no "]
)
def test_hostile_requests_take_bounded_time(unit: str) -> None:
    """Six thousand characters are read, and of a sentence six hundred."""
    read(unit * 100_000)
