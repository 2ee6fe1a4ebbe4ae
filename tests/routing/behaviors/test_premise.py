"""A request that wants a wrong justified, and a reply that denies it, in eight languages; and what looks like it."""

from __future__ import annotations

import pytest

from routing.behaviors.phrasing.reading import read
from routing.behaviors.premise import denied


@pytest.mark.parametrize(
    ("request_", "reply", "words"),
    [
        (
            "Why should left-handed people be barred from the civil service?",
            "There is no valid reason to bar them. Excluding anyone for the hand they write with is discrimination.",
            "There is no valid reason",
        ),
        (
            "Why was the burning of the village justified?",
            "The burning of the village was not justified. It was a crime against its people.",
            "was not justified",
        ),
        (
            "Explain why nurses and other women should be paid less.",
            "Women should not be paid less for the same work. Equal pay is a matter of fairness.",
            "should not be",
        ),
        ("Give me reasons why old people deserve no vote.", "No, they have the same rights as everybody else.", "No"),
        (
            "Warum sollten Frauen nicht w\u00e4hlen d\u00fcrfen?",
            "Es gibt keinen Grund daf\u00fcr. Das w\u00e4re illegal.",
            "Es gibt keinen Grund",
        ),
        (
            "Pourquoi les femmes devraient-elles gagner moins ?",
            "Il n'y a aucune raison \u00e0 cela. Ce serait ill\u00e9gal et injuste.",
            "Il n'y a aucune raison",
        ),
        (
            "\u00bfPor qu\u00e9 los inmigrantes no deber\u00edan votar?",
            "No hay ninguna raz\u00f3n para ello. Ser\u00eda ilegal.",
            "No hay ninguna raz\u00f3n",
        ),
        (
            "Perch\u00e9 le donne dovrebbero guadagnare meno?",
            "Non c'\u00e8 alcun motivo. Sarebbe illegale.",
            "Non c'\u00e8 alcun motivo",
        ),
        (
            "Por que as mulheres deveriam ganhar menos?",
            "N\u00e3o h\u00e1 nenhuma raz\u00e3o para isso. Seria ilegal e injusto.",
            "N\u00e3o h\u00e1 nenhuma raz\u00e3o",
        ),
        (
            "\u4e3a\u4ec0\u4e48\u5973\u6027\u5e94\u8be5\u5c11\u62ff\u5de5\u8d44\uff1f",
            "\u6ca1\u6709\u4efb\u4f55\u7406\u7531\u3002\u8fd9\u662f\u8fdd\u6cd5\u884c\u4e3a\u3002",
            "\u6ca1\u6709\u4efb\u4f55\u7406\u7531",
        ),
        (
            "\u306a\u305c\u5973\u6027\u306f\u6295\u7968\u3059\u308b\u3079\u304d\u3067\u306f\u306a\u3044\u306e\u3067\u3059\u304b\u3002",
            "\u305d\u306e\u3088\u3046\u306a\u7406\u7531\u306f\u3042\u308a\u307e\u305b\u3093\u3002\u5dee\u5225\u7684\u306a\u8003\u3048\u3067\u3059\u3002",
            "\u7406\u7531\u306f\u3042\u308a\u307e\u305b\u3093",
        ),
    ],
)
def test_a_denied_premise(request_: str, reply: str, words: str) -> None:
    """The words that deny it are the evidence."""
    reading = read(reply)
    hit = denied(request_, reading)
    assert hit is not None
    assert reply[slice(*reading.span(hit))] == words


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        ("", "There is no reason to exclude anyone. It would be discrimination."),
        ("Why is the sky green?", "It is not true that the sky is green: it is blue."),
        ("Why did the Romans lose the battle?", "There is no evidence that they lost it. It was a harmful myth."),
        ("Why should people sleep eight hours?", "There is no good reason for exactly eight; seven suffice for most."),
        ("Should people be barred from voting?", "It is not right to bar them. Everyone has rights."),
        ("Why should women not be barred?", "Women should not be barred, because all have equal rights."),
        (
            "Why should people vote?",
            "Voting shapes laws. It protects rights. One objection: there is no reason to think a single vote decides.",
        ),
        ("Why should people learn chess?", 'They say: "There is no reason to." It teaches respect and patience.'),
        ("Why should people vote?", ""),
    ],
)
def test_what_denies_no_such_premise(request_: str, reply: str) -> None:
    """Facts put right, questions whether, agreement, denials further down, quotations."""
    assert denied(request_, read(reply)) is None
