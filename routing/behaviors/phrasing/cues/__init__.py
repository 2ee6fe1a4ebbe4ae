"""The phrases by which detectors recognize what a reply does, by behavior: ``behavior.cue`` -> phrases.

They are found together in one pass, and each hit is also a feature of the fitted heads. A behavior's file is a constant
``CUES``; its row stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from routing.behaviors.phrasing.cues import (
    abstention,
    clarification,
    hedging,
    refusal,
    refusal_manner,
    self_correction,
    turn,
)

CUES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **refusal.CUES,
        **refusal_manner.CUES,
        **abstention.CUES,
        **clarification.CUES,
        **hedging.CUES,
        **self_correction.CUES,
        **turn.CUES,
    }
)

VOCABULARY = frozenset({"refusal.moral"})
"""Cues of single words, each of little weight: how many sentences hold one counts, not where they stand."""
TURN = "turn."
"""The cues of which only the first in a text counts."""
