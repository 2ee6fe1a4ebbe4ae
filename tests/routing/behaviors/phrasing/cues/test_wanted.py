"""What requests want questions for."""

from __future__ import annotations

import pytest

from routing.behaviors.phrasing.cues.wanted import WANTED
from routing.behaviors.phrasing.lexicon import Lexicon
from routing.behaviors.phrasing.words import split

LEXICON = Lexicon(WANTED)


@pytest.mark.parametrize(
    ("request_", "cue"),
    [
        ("Write five quiz questions about Rome", "wanted.questions"),
        ("Translate this", "wanted.questions"),
        ("Write a short email to Ana", "wanted.text"),
        ("\u00dcbersetze das", "wanted.questions"),
    ],
)
def test_wanted(request_: str, cue: str) -> None:
    """Questions as such, or a text that may hold some."""
    assert cue in {hit.cue for hit in LEXICON.find(split(request_))}


@pytest.mark.parametrize("request_", ["", "I have a question", "Is my email address safe?", "Who won?"])
def test_not_wanted(request_: str) -> None:
    """To have a question is not to want one."""
    assert not LEXICON.find(split(request_))
