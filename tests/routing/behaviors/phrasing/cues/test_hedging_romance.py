"""Phrases of doubt in four Romance languages: each has the four kinds, and every phrase can be read."""

from __future__ import annotations

from routing.behaviors.phrasing.cues.hedging_romance import ROMANCE
from routing.behaviors.phrasing.lexicon import Lexicon


def test_every_language_has_every_kind() -> None:
    """Doubt, likely, modal, idle: a kind that is missing would shift the others' meaning."""
    assert [len(kinds) for kinds in ROMANCE] == [4, 4, 4, 4]
    for kinds in ROMANCE:
        for phrases in kinds:
            assert phrases
            Lexicon({"hedging": phrases})
