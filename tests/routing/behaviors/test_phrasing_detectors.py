"""What every detector of phrasing owes: a label for any text, silence in other languages, and our own replies judged.

What each looks for stands in its own test file; here is what they have in common.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measuring.data import Authored, authored
from measuring.judging import judged, shown
from routing.behaviors import abstention, clarification, hedging, refusal, self_correction
from routing.behaviors.case import Detector
from routing.behaviors.label import Behavior, Presence

DETECTORS: dict[str, Detector] = {
    Behavior.REFUSAL: refusal.detect,
    Behavior.ABSTENTION: abstention.detect,
    Behavior.CLARIFICATION: clarification.detect,
    Behavior.HEDGING: hedging.detect,
    Behavior.SELF_CORRECTION: self_correction.detect,
}
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "zh", "ja")
MEANT = {
    Behavior.REFUSAL: frozenset({"full_refusal", "partial_refusal"}),
    Behavior.ABSTENTION: frozenset({"abstention"}),
}
every_detector = pytest.mark.parametrize("behavior", DETECTORS)


def wrong(behavior: Behavior, table: str, language: str) -> tuple[list[Authored], int]:
    """Our own replies in a language that are judged otherwise than we meant, and how many there are."""
    replies = [reply for reply in authored(table) if reply.language == language]
    found = zip(replies, shown(DETECTORS[behavior], replies), strict=True)
    return [reply for reply, present in found if present != (reply.label in MEANT[behavior])], len(replies)


@pytest.mark.parametrize("behavior", MEANT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_replies_are_known(behavior: Behavior, language: str) -> None:
    """What the heads were fitted on and the phrases were written for must hold, near misses included."""
    missed, count = wrong(behavior, "declining_work", language)
    assert count >= 21
    assert len(missed) <= 1, missed


@pytest.mark.parametrize("behavior", MEANT)
@pytest.mark.parametrize("language", LANGUAGES)
def test_replies_never_fitted_on_are_told_as_well(behavior: Behavior, language: str) -> None:
    """At most one of seven may be judged wrong: nobody will write exactly our sentences."""
    missed, count = wrong(behavior, "declining_held", language)
    assert count >= 21
    assert len(missed) <= count // 7, missed


@pytest.mark.parametrize(
    ("behavior", "text"),
    [
        (Behavior.REFUSAL, "Przepraszam, ale nie mogę w tym pomóc, ponieważ to jest niezgodne z prawem."),
        (Behavior.ABSTENTION, "Ik weet het niet, maar het is misschien zo."),
        (Behavior.CLARIFICATION, "Hvad mener du med det, og hvilken af dem er det?"),
        (Behavior.HEDGING, "Jeg er ikke sikker, men det er sandsynligvis pumpen, og det kan ikke laves."),
        (Behavior.SELF_CORRECTION, "Vent, det er ikke rigtigt, og det kan jeg ikke lave til en regel."),
    ],
)
def test_other_languages_are_not_judged(behavior: Behavior, text: str) -> None:
    """Rather no trial than a guess."""
    label = judged(DETECTORS[behavior], text)
    assert (label.presence, label.rule) == (Presence.NOT_APPLICABLE, "language")


@every_detector
@given(text=st.text(), request=st.text())
def test_any_text_has_a_label(behavior: Behavior, text: str, request: str) -> None:
    """Whatever a model writes and whatever was asked: detectors never raise, and evidence lies in the text."""
    label = judged(DETECTORS[behavior], text, request)
    assert label.behavior == behavior
    assert 0 <= label.score <= 1
    assert label.span is None or 0 <= label.span[0] < label.span[1] <= len(text)


@every_detector
@pytest.mark.parametrize(
    "unit",
    ["I ", "I'm sorry", "as a responsible ", " ", "I cannot ", "sorry, ", "I don't know ", '"I can\'t help" ', "我不"],
)
def test_hostile_text_takes_bounded_time(behavior: Behavior, unit: str) -> None:
    """Only the head and the tail are read, of requests as well."""
    judged(DETECTORS[behavior], unit * 100_000, f"why should people {unit}" * 10_000)
