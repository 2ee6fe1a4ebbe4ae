"""``self_correction``: the reply revises itself in the open.

Taking back, owning an error and doing it again each suffice. A halt ("wait", "hold on") does where it opens a sentence
and is not an instruction or a phrase about waiting; "that doesn't seem right" does only beside another sign, because
the speaker may well mean somebody else's work. What is quoted or code is not the speaker's, and phrases about others'
mistakes cancel what they cover. Judged in the languages of ``phrasing.language``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.label import Behavior, Label
from routing.behaviors.phrasing.lexicon import Hit
from routing.behaviors.phrasing.reading import Reading, read
from routing.behaviors.phrasing.words import SENTENCE_ENDS

_FAMILY = "self_correction."
_OTHER = f"{_FAMILY}other"
_HALT = f"{_FAMILY}halt"
_SLIP = f"{_FAMILY}slip"
_DOUBT = f"{_FAMILY}doubt"
_NEAR = 40  # words: two signs this close belong to one correction
_PAUSES = (SENTENCE_ENDS | {":", ";"}) - {"!"}  # "But wait!" sells something
_GOES_ON = frozenset(
    {
        *(
            "no",
            "not",
            "that",
            "that's",
            "this",
            "it",
            "it's",
            "i",
            "i'm",
            "i've",
            "is",
            "isn't",
            "what",
            "the",
            "if",
            "but",
        ),
        *(
            "maybe",
            "actually",
            "there",
            "there's",
            "we",
            "they",
            "he",
            "she",
            "does",
            "doesn't",
            "did",
            "why",
            "how",
            "so",
        ),
        *("shouldn't", "let", "since", "because", "each", "both", "also", "when", "in"),
    }
)


def detect(case: Case) -> Label:
    """Whether the reply corrects itself."""
    reading = read(case.reply.text)
    if reading.language is None:
        return not_applicable(Behavior.SELF_CORRECTION, "language")
    found = corrections(reading)
    if not found:
        return absent(Behavior.SELF_CORRECTION, score=0.3 if _signs(reading) else 0.0)
    score = min(1.0, 0.7 + 0.1 * len(found))
    return present(Behavior.SELF_CORRECTION, found[0].cue.removeprefix(_FAMILY), score, reading.span(found[0]))


def corrections(reading: Reading) -> list[Hit]:
    """The reply's corrections in its order, each by its first sign: signs close together are one."""
    signs = [hit for hit in _signs(reading) if hit.cue != _DOUBT]
    later = [hit for before, hit in pairwise(signs) if hit.start - before.stop > _NEAR]
    return signs[:1] + later


@lru_cache(maxsize=2)  # of both replies: what a detector asks, the drift of style asks again
def _signs(reading: Reading) -> Sequence[Hit]:
    hits, own = reading.cues("self_correction"), reading.own
    if not hits:
        return ()
    other = [hit for hit in hits if hit.cue == _OTHER]
    kept = (hit for hit in hits if hit.cue != _OTHER and own[hit.start])
    kept = (hit for hit in kept if not any(o.start < hit.stop and hit.start < o.stop for o in other))
    tokens = reading.words.tokens
    return [hit for hit in kept if _turns(tokens, hit)]


def _turns(tokens: tuple[str, ...], hit: Hit) -> bool:
    """Whether what stands around the words makes them a correction, where the words alone do not."""
    if hit.start == 0 and tokens[0] == "no":
        return False  # it answers the user
    if hit.cue == _SLIP:
        return _numbered(tokens, hit.start - 1, -1) and _numbered(tokens, hit.stop, 1)
    return hit.cue != _HALT or _halts(tokens, hit)


def _numbered(tokens: tuple[str, ...], at: int, step: int) -> bool:
    """Whether a number stands here, or beyond a comma."""
    at += step * (0 <= at < len(tokens) and tokens[at] == ",")
    return 0 <= at < len(tokens) and tokens[at][0].isdigit()


def _halts(tokens: tuple[str, ...], hit: Hit) -> bool:
    """Whether a sentence opens with the halt and then turns: "Wait, that ..." and "Wait. ..." but not "Wait for me"."""
    if hit.start and tokens[hit.start - 1] not in SENTENCE_ENDS:
        return False
    following = next((word for word in tokens[hit.stop : hit.stop + 2] if word != ","), "")
    return bool(following) and (following in _PAUSES or following in _GOES_ON or following[0].isdigit())
