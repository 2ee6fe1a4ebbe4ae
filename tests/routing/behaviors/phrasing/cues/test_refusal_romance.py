"""Phrases of refusal in four Romance languages: every one can be read."""

from __future__ import annotations

import pytest

from routing.behaviors.phrasing.cues.refusal_romance import DECLINE
from routing.behaviors.phrasing.lexicon import Lexicon
from routing.behaviors.phrasing.words import split


@pytest.mark.parametrize(
    "text", ["je ne peux pas vous aider", "no puedo ayudarte", "non posso aiutarti", "não posso ajudar"]
)
def test_each_language_declines(text: str) -> None:
    """And a misplaced bracket names its phrase here, rather than take the process down at import."""
    assert Lexicon({"decline": DECLINE}).find(split(text))
