"""Self-correction: revised in the open, and what only looks like it."""

from __future__ import annotations

from functools import partial

import pytest

from measuring import judging
from routing.behaviors.label import Presence
from routing.behaviors.phrasing.reading import read
from routing.behaviors.self_correction import corrections, detect

judged = partial(judging.judged, detect)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It is 42. Wait, that's not right. It is 44.", "halt"),
        ("It is 42. Scratch that, it is 44.", "retract"),
        ("It opens at nine; correction: at ten.", "retract"),
        ("I made a mistake in the second line.", "mistake"),
        ("I apologize for the error in my previous response.", "mistake"),
        ("12 + 19 = 30. Let me recompute: 31.", "restart"),
        ("That is 7, I mean 8, apples.", "slip"),
        ("Das sind 7. Moment, das stimmt nicht: es sind 8.", "retract"),
        ("Je me suis trompé, c'est le 8.", "mistake"),
        ("Me equivoqué: son 8 y no 7.", "mistake"),
        ("Mi sono sbagliato: sono 8 e non 7.", "mistake"),
        ("Eu errei: são 8 e não 7.", "mistake"),
        ("\u6211\u7b97\u9519\u4e86\uff0c\u5e94\u8be5\u662f\u516b\u3002", "mistake"),
        ("\u4e03\u3067\u3059\u3002\u8a02\u6b63\u3057\u307e\u3059\u3001\u516b\u3067\u3059\u3002", "retract"),
    ],
)
def test_revised_in_the_open(text: str, rule: str) -> None:
    """Found by its rule, and the words shown lie in the text."""
    label = judged(text)
    assert (label.presence, label.rule) == (Presence.PRESENT, rule)
    assert label.span is not None
    assert text[slice(*label.span)].strip()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It is 42.",
        "Wait 5 minutes.",
        "But wait! Order now and get two.",
        "Please wait, then try again.",
        "Actually, this is easy.",
        "You made a mistake in line 3.",
        "No, that's not right: the Earth is older.",
        "The paper printed a correction.",
        "He said he had made a mistake.",
        "Your idea is nice, but it is not new.",
        "If I made a mistake, tell me.",
        "Error correction codes find mistakes.",
        '"Wait, no," she said, "it was him."',
        "Sorry for the wait!",
    ],
)
def test_nothing_revised(text: str) -> None:
    """Waiting, others' mistakes, quotations and plain contrast revise nothing."""
    assert judged(text).presence is Presence.ABSENT


def test_signs_close_together_are_one_correction() -> None:
    """Corrections per reply is a measure of manner: one slip must not count as four."""
    one = "It is 42. Oops, wait, that's not right, I made a mistake. It is 44. "
    page = "The pump moves water from the lower to the upper tank. " * 6
    assert len(corrections(read(one))) == 1
    assert len(corrections(read(one + page + one))) == 2


def test_doubt_about_a_result_alone_comes_near() -> None:
    """It may be about anybody's work."""
    label = judged("Your total is 12. That doesn't seem right for four items.")
    assert label.presence is Presence.ABSENT
    assert label.score > 0
