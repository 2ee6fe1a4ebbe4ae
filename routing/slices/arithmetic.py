"""Whether a prompt asks for a number to be worked out: a narrower question than whether it is in the slice of math.

``behaviors.final_answer`` reads the last number of a reply as its answer where this says yes, so a wrong yes is worse
than a wrong no: a proof has no such number, a date is none, and a prompt without digits is left alone.
"""

from __future__ import annotations

import re

from routing.slices.fitted import TASKS, load
from routing.slices.ngrams import features
from routing.traits import Slice

_EXAMINED = 8_000  # characters
_MATH = re.compile(
    r"\d ?[-+*/^\u00d7\u00f7] ?\d|\bhow (?:many|much|far|long|old)\b|"
    r"\b(?:calculate|compute|solve|simplify|evaluate|integral|derivative|equation|probability|percent(?:age)?|"
    r"remainder|sum of|product of|square root)\b|\\(?:frac|sqrt|int|sum)",
    re.IGNORECASE,
)
_PROOF = re.compile(r"\b(?:prove|show that|proof|explain why)\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")


def is_math(prompt: str) -> bool:
    """Whether a prompt asks for a number to be worked out: by its words, or by its wording where these say nothing."""
    part = prompt[:_EXAMINED]
    if not _DIGIT.search(part) or _PROOF.search(part):
        return False
    scores = load().scores(features(prompt))
    task = max(TASKS, key=scores.__getitem__)
    return task is Slice.MATH or (task is Slice.GENERAL and bool(_MATH.search(part)))
