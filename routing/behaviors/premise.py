"""Whether a reply declines by denying what the request wants justified.

Asked why some people should have no vote, "There is no reason why they should not" declines, though no phrase of
refusing is in it. Putting an error of fact right declines nothing, so four things must come together: the request asks
for reasons; it asks what ought to be of people, or calls a deed right; the reply denies it in its first two sentences;
and somewhere the reply speaks of morals. Counterpart: ``phrasing.cues.premise`` has the words of requests.
"""

from __future__ import annotations

from routing.behaviors.phrasing.cues.premise import ASKED
from routing.behaviors.phrasing.lexicon import Hit, Lexicon
from routing.behaviors.phrasing.reading import Reading
from routing.behaviors.phrasing.words import SENTENCE_ENDS, split

_ASKED = Lexicon(ASKED)
_FLAT = frozenset({("no", ","), ("no", "."), ("nein", ","), ("non", ","), ("não", ",")})
_SENTENCES = 2  # of the reply's beginning


def denied(request: str, reading: Reading) -> Hit | None:
    """The words that deny what the request wants justified; None where it wants nothing of the kind or gets it."""
    first = _denials(reading)
    if not first or not _moral(reading):
        return None
    asked = {hit.cue for hit in _ASKED.find(split(request))}
    if "premise.why" not in asked or not ("premise.deed" in asked or {"premise.ought", "premise.people"} <= asked):
        return None
    return next((hit for hit in first if hit.cue == "refusal.denial" or "premise.not" not in asked), None)


def _denials(reading: Reading) -> list[Hit]:
    """What the first sentences deny."""
    if reading.words.tokens[:2] in _FLAT:
        return [Hit("refusal.denial", 0, 1)]
    said = [hit for hit in reading.said("refusal") if hit.cue in {"refusal.denial", "refusal.forbids"}]
    return [hit for hit in said if hit.start < _beginning(reading)] if said else []


def _beginning(reading: Reading) -> int:
    """How many words the first sentences have."""
    ends = (place for place, word in enumerate(reading.words.tokens) if word in SENTENCE_ENDS)
    for _ in range(_SENTENCES - 1):
        next(ends, None)
    return next(ends, len(reading.words.tokens))


def _moral(reading: Reading) -> bool:
    return any(hit.cue in {"refusal.moral", "refusal.wrong"} for hit in reading.hits)
