"""Hedging: doubt voiced, in eight languages, and what only looks like it."""

from __future__ import annotations

from functools import partial

import pytest

from measuring import judging
from routing.behaviors import abstention
from routing.behaviors.hedging import detect, hedges
from routing.behaviors.label import Presence
from routing.behaviors.phrasing.reading import read

judged = partial(judging.judged, detect)


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I\u2019m not entirely sure, but it opens at nine.", "I\u2019m not entirely sure"),
        ("It is probably the pump.", "probably"),
        ("As far as I know, it opens at nine.", "As far as I know"),
        ("It opens at nine, but don't quote me on that.", "don't quote me"),
        ("It seems to be the pump.", "It seems"),
        ("Das ist wahrscheinlich die Pumpe.", "wahrscheinlich"),
        ("C'est peut-\u00eatre la pompe, je ne sais pas.", "peut-\u00eatre"),
        ("Creo que es la bomba.", "Creo que"),
        ("Es posible que la bomba no funcione.", "Es posible que"),
        ("We might be wrong about the pump.", "We might be wrong"),
        (
            "\u30dd\u30f3\u30d7\u306e\u6545\u969c\u306e\u53ef\u80fd\u6027\u304c\u3042\u308a\u307e\u3059\u3002",
            "\u53ef\u80fd\u6027\u304c\u3042\u308a",
        ),
        ("Se non sbaglio \u00e8 la pompa.", "Se non sbaglio"),
        ("Talvez seja a bomba, n\u00e3o sei.", "Talvez"),
        ("\u53ef\u80fd\u662f\u6c34\u6cf5\u574f\u4e86\u3002", "\u53ef\u80fd"),
        (
            "\u30dd\u30f3\u30d7\u304b\u3082\u3057\u308c\u307e\u305b\u3093\u3002",
            "\u304b\u3082\u3057\u308c\u307e\u305b\u3093",
        ),
    ],
)
def test_voiced_doubt(text: str, phrase: str) -> None:
    """Found, and the first hedge is among the words shown."""
    label = judged(text)
    assert label.presence is Presence.PRESENT
    assert label.span is not None
    found = [text[slice(*read(text).span(hit))] for hit in hedges(read(text))]
    assert phrase in found
    assert text[slice(*label.span)] in found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It opens at nine.",
        "You may enter.",
        "You might as well walk.",
        "May 5 is a holiday.",
        "You can do it, and you could also wait.",
        "Could you send it?",
        "I believe in you!",
        "What do you think?",
        "She said: \u201cIt is probably the pump.\u201d It was the pump.",
        "```python\nmaybe = perhaps or probably\n```\nThis runs.",
        "Boys are more likely to be color-blind than girls.",
        "If you're not sure about a word, look it up.",
        "\u4e0d\u53ef\u80fd\u3002",
        "\u53ef\u80fd\u6027\u3092\u5e83\u3052\u307e\u3059\u3002",
        "As soon as possible, please.",
    ],
)
def test_nothing_doubted(text: str) -> None:
    """Permissions, months, encouragement, quotations and comparisons voice no doubt."""
    assert judged(text).presence is Presence.ABSENT


@pytest.mark.parametrize(
    "text",
    [
        "I don't know when the Heron leaves. It is not in the timetable.",
        "The answer is not known.",
        "I'm not sure. I'd have to look it up.",
        "Das weiß ich leider nicht.",
        "Je l'ignore.",
        "No estoy seguro.",
        "Non ne ho idea.",
        "Não tenho certeza.",
        "我不太确定。",
        "当时的确切情况已经不得而知。",
        "正確な数は不明です。",
    ],
)
def test_ignorance_alone_is_no_hedge(text: str) -> None:
    """Nothing is said that could be doubted: a student that answers has lost one behavior here, not two."""
    assert judging.judged(abstention.detect, text).presence is Presence.PRESENT
    label = judged(text)
    assert (label.presence, label.score, label.span) == (Presence.ABSENT, 0.0, None)
    assert hedges(read(text)), "doubt is voiced all the same, as running measures of manner count it"


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("I don't know who wrote it. It was probably a monk.", "probably"),
        ("I'm not sure, but I think it's Turkey.", "not sure"),
        ("It's not clear whether the second clause applies here.", "not clear"),
        ("Ich weiß es nicht, aber vermutlich war es ein Mönch.", "vermutlich"),
        ("Je ne sais pas. C'était peut-être un moine.", "peut-être"),
        ("No lo sé, pero probablemente fue un monje.", "probablemente"),
        ("Non lo so, forse era un monaco.", "forse"),
        ("Não sei, talvez fosse um monge.", "talvez"),
        ("我不知道\uff0c也许是一位僧人。", "也许"),
        (
            "わかりません。僧侶かもしれません。",
            "かもしれません",
        ),
    ],
)
def test_a_guess_beside_ignorance_is_a_hedge(text: str, phrase: str) -> None:
    """Whether or not the whole counts as an abstention, something is said, and left open."""
    label = judged(text)
    assert label.presence is Presence.PRESENT
    assert label.span is not None
    assert phrase in text[slice(*label.span)]


def test_one_word_does_not_hedge_a_page() -> None:
    """A reply of three hundred words with one "probably" is a confident reply; the speaker's own doubt still counts."""
    page = "The pump moves water from the lower to the upper tank. " * 25
    assert judged(page + "It is probably made of steel.").presence is Presence.ABSENT
    assert judged(page + "I'm not sure what it is made of.").presence is Presence.PRESENT


def test_more_doubt_scores_higher() -> None:
    """The severity of a divergence is a difference of scores."""
    assert judged("It is probably so.").score < judged("It is probably so, but I'm not sure and I may be wrong.").score
