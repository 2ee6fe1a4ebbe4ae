"""``hedging``: the reply voices doubt about what it says.

A phrase of doubt that is the speaker's own ("I'm not sure") suffices wherever it stands. Words that leave a fact open
("probably", "may be") must carry the reply: one in a sentence does, one in a long page of statements does not. What is
quoted or code is not the speaker's, and phrases that only look like doubt ("might as well") cancel what they cover.
A hedge leaves open something that is said, so where the reply says nothing but that it does not know, its phrases of
ignorance hedge nothing: that is ``abstention``, and losing it is one loss, not two. Judged in the languages of
``phrasing.language``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from routing.behaviors import abstention
from routing.behaviors.case import Case, absent, not_applicable, present
from routing.behaviors.label import Behavior, Label, Presence
from routing.behaviors.phrasing.lexicon import Hit
from routing.behaviors.phrasing.reading import Reading, read

_WEIGHTS = {"hedging.doubt": 1.0, "hedging.likely": 0.7, "hedging.modal": 0.25}
_ENOUGH = 0.7  # of weight, in a reply of up to so many words
_SHORT = 70
_IDLE = "hedging.idle"
_WHETHER = frozenset({"whether", "ob", "si", "se", "\u662f"})


def detect(case: Case) -> Label:
    """Whether the reply hedges, and how much."""
    return find(read(case.reply.text))


def find(reading: Reading) -> Label:
    """Whether the text hedges, and how much."""
    if reading.language is None:
        return not_applicable(Behavior.HEDGING, "language")
    found = _of_something(reading, hedges(reading))
    weight = sum(_WEIGHTS[hit.cue] for hit in found)
    needed = _ENOUGH * max(1.0, len(reading.words.tokens) / _SHORT)
    strength = min(1.0, weight / (2 * needed))
    doubts = [hit for hit in found if hit.cue == "hedging.doubt"]
    if not doubts and weight < needed:
        return absent(Behavior.HEDGING, score=strength)
    shown = max(doubts or found, key=lambda hit: _WEIGHTS[hit.cue])
    return present(Behavior.HEDGING, shown.cue.removeprefix("hedging."), max(0.5, strength), reading.span(shown))


@lru_cache(maxsize=2)  # of both replies: what a detector asks, the drift of style asks again
def hedges(reading: Reading) -> tuple[Hit, ...]:
    """All doubt voiced, ignorance included, in the reply's order; of hedges that overlap, the weightiest."""
    hits, own = reading.cues("hedging"), reading.own
    idle = [hit for hit in hits if hit.cue == _IDLE]
    kept = (hit for hit in hits if hit.cue != _IDLE and own[hit.start] and not any(_cancels(i, hit) for i in idle))
    return tuple(_apart(kept))


def _of_something(reading: Reading, found: Sequence[Hit]) -> Sequence[Hit]:
    """The hedges of something that is said: where the reply abstains, those that do not speak of its ignorance.

    "It is unclear whether the clause applies" speaks of ignorance, and leaves open what it names.
    """
    ignorance = reading.cues("abstention")
    if not (found and ignorance):
        return found
    beside = [hit for hit in found if _names(reading, hit) or not any(_overlap(known, hit) for known in ignorance)]
    if len(beside) == len(found) or abstention.find(reading).presence is not Presence.PRESENT:
        return found
    return beside


def _cancels(idle: Hit, hit: Hit) -> bool:
    """An idle phrase cancels what it overlaps, but not what it is a part of: "es posible" does not "es posible que"."""
    part = hit.start <= idle.start and idle.stop <= hit.stop and (idle.start, idle.stop) != (hit.start, hit.stop)
    return _overlap(idle, hit) and not part


def _names(reading: Reading, hit: Hit) -> bool:
    return hit.cue == "hedging.likely" and not _WHETHER.isdisjoint(reading.words.tokens[hit.stop : hit.stop + 1])


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.stop and other.start < one.stop


def _apart(hits: Iterator[Hit]) -> Iterator[Hit]:
    """Hits that do not overlap; they come ordered by their start."""
    last: Hit | None = None
    for hit in hits:
        if last is None or hit.start >= last.stop:
            if last is not None:
                yield last
            last = hit
        elif _WEIGHTS[hit.cue] > _WEIGHTS[last.cue]:
            last = hit
    if last is not None:
        yield last
