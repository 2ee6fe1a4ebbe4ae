"""Phrases of clarification in four Romance languages: each has the five kinds, and every phrase can be read."""

from __future__ import annotations

from routing.behaviors.phrasing.cues.clarification_romance import ROMANCE
from routing.behaviors.phrasing.lexicon import Lexicon


def test_every_language_has_every_kind() -> None:
    """Meaning, detail, which, opening, courtesy: a kind that is missing would shift the others' meaning."""
    assert [len(kinds) for kinds in ROMANCE] == [5, 5, 5, 5]
    for kinds in ROMANCE:
        for phrases in kinds:
            assert phrases
            Lexicon({"clarification": phrases})
