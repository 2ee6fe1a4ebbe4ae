"""Words that turn: every phrase can be read, and says which cue it is of."""

from __future__ import annotations

from routing.behaviors.phrasing.cues.turn import CUES
from routing.behaviors.phrasing.lexicon import Lexicon


def test_every_phrase_can_be_read() -> None:
    """A misplaced bracket would take the whole process down at import; here it names the phrase."""
    for cue, phrases in CUES.items():
        assert cue.startswith("turn.")
        assert phrases
        Lexicon({cue: phrases})
