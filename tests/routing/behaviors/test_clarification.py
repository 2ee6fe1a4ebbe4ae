"""Clarification: asking what is meant, in eight languages, and the questions that ask nothing of the kind."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measuring import judging
from routing.behaviors.clarification import detect
from routing.behaviors.label import Presence

judged = partial(judging.judged, detect)


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("Tell me about Mercury", "Do you mean the planet or the element?"),
        ("How tall is it?", "How tall is what?"),
        ("Fix it", "I\u2019m not sure what you\u2019re referring to. Could you paste the code?"),
        ("Summarize", "Please provide the text you would like me to summarize."),
        (
            "Plan a trip",
            "Sure! A few questions:\n- Where would you like to go?\n- What's your budget?",
        ),
        ("Write a function", "I need more information:\n1. The language\n2. The input\n3. The output"),
        ("Find a book", "Do you want me to look for a free copy, or is any copy fine?"),
        ("Write a poem", "Happy to! What should it be about, and who will you read it to?"),
        ("Plane eine Reise", "Gerne! Wohin soll es gehen, und wie lange m\u00f6chten Sie bleiben?"),
        ("Avocat", "Voulez-vous dire le fruit ou la profession ?"),
        ("Banco", "\u00bfTe refieres al banco de dinero o al de sentarse?"),
        ("Cambialo", "Non ho capito bene. Potresti specificare che cosa vuoi cambiare?"),
        ("Mude isso", "Voc\u00ea poderia especificar o que deseja mudar?"),
        ("\u82f9\u679c", "\u60a8\u662f\u6307\u6c34\u679c\u8fd8\u662f\u516c\u53f8\uff1f"),
        (
            "\u306f\u3057",
            "\u6a4b\u306e\u3053\u3068\u3067\u3059\u304b\u3002",
        ),
    ],
)
def test_asking_what_is_meant(request_: str, text: str) -> None:
    """With or without a question mark, as a list, and after a friendly opening."""
    label = judged(text, request_)
    assert label.presence is Presence.PRESENT
    assert label.score >= 0.5
    assert label.span is not None
    assert text[slice(*label.span)].strip()


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ("Capital of Peru?", ""),
        ("Capital of Peru?", "Lima."),
        ("Capital of Peru?", "Lima. Would you like me to tell you more about the city?"),
        ("Hi", "Hello! How can I help you today?"),
        ("Thanks", "You're welcome! Is there anything else I can help you with?"),
        ("A riddle, please", "I have keys but open no locks. What am I?"),
        ("Write five quiz questions", "1. Which planet is largest?\n2. Can you name two moons?"),
        ("Translate: \u00bfC\u00f3mo est\u00e1s?", "How are you?"),
        ("Rewrite politely: where are you", "Could you please tell me where you are?"),
        ("What did she say?", 'She asked: "What do you mean by that?"'),
        ("Give me JavaScript", "```js\nconst y = x > 0 ? 1 : 2;\n```"),
        (
            "Is it safe?",
            "Yes, it is safe for adults, but not for small children. Does that answer your question?",
        ),
        ("what is the largest desert?", "what is the largest desert?"),
        ("Hauptstadt von Peru?", "Lima. M\u00f6chten Sie mehr \u00fcber die Stadt erfahren?"),
        ("Capitale du P\u00e9rou ?", "Lima. Puis-je vous aider pour autre chose ?"),
        (
            "\u79d8\u9c81\u9996\u90fd",
            "\u5229\u9a6c\u3002\u8fd8\u6709\u4ec0\u4e48\u53ef\u4ee5\u5e2e\u60a8\u7684\u5417\uff1f",
        ),
    ],
)
def test_other_replies_with_questions(request_: str, text: str) -> None:
    """Courtesies, what was wanted, quotations, code and an echo of the request ask nothing."""
    assert judged(text, request_).presence is Presence.ABSENT


def test_asking_after_a_full_answer_comes_near() -> None:
    """It answered: a careful person would not say that it asked instead."""
    text = "The warranty lasts two years and covers the battery, the screen and the charger. " * 4
    label = judged(f"{text}Could you tell me which model you have?", "How long is the warranty?")
    assert (label.presence, label.rule) == (Presence.ABSENT, "asks_after_answering")
    assert 0 < label.score < 0.5


def test_the_more_of_the_reply_asks_the_higher_it_scores() -> None:
    """The severity of a divergence is a difference of scores."""
    only = judged("Which model do you mean?", "How long is the warranty?")
    partly = judged("The warranty of that kind of phone varies. Which model do you mean?", "How long is the warranty?")
    assert only.score > partly.score >= 0.5


@given(st.text(alphabet=st.sampled_from('ab .?!:,\n"`1\u4f60\u304b'), max_size=60))
def test_any_order_of_marks_has_a_label(text: str) -> None:
    """Marks decide what a sentence is: every order of them must have an end."""
    assert judged(f"do you mean {text}").presence in set(Presence)
