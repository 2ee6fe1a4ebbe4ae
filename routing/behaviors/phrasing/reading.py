"""One reply, read once: what the detectors of phrasing share.

A reply's words, language, cues and features are worked out when the first detector asks, and remembered for the two
texts a comparison has in hand. Reading takes time bounded by what ``words`` reads of a text.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice, pairwise

from routing.behaviors.phrasing.cues import CUES, TURN, VOCABULARY
from routing.behaviors.phrasing.language import Language, language_of
from routing.behaviors.phrasing.lexicon import Hit, Lexicon
from routing.behaviors.phrasing.linear import Weights, load
from routing.behaviors.phrasing.ngrams import CLOSING, OPENING, Features, features
from routing.behaviors.phrasing.spoken import spoken
from routing.behaviors.phrasing.words import SENTENCE_ENDS, Words, split

_LONGEST, _ITEMS, _STEPS = 11, 3, 5  # up to which length (a power of two), items of a list and shares are told apart
_ITEM = re.compile(r"\n[ \t]{0,8}(?:[0-9]{1,2}[.)]|[-*\u2022])[ \t]")
_SENTENCES = 12  # of which evidence is picked


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A text as detectors of phrasing see it. ``language`` is None where it is none of the eight.

    Which ``weights`` it is weighed by is part of it, so that a detector can be measured with others than ours. A
    reading equals itself alone, so what is found in it can be remembered by it.
    """

    words: Words
    own: Sequence[bool]  # of every word, whether the speaker says it: not what is quoted, nor code
    language: Language | None
    hits: tuple[Hit, ...]
    families: Mapping[str, Sequence[Hit]]
    features: Features
    weights: Weights

    def cues(self, family: str) -> Sequence[Hit]:
        """The hits of the cues called ``family.something``, in the text's order."""
        return self.families.get(family, ())

    def span(self, hit: Hit) -> tuple[int, int]:
        """The half-open range of the text's characters that a hit takes up."""
        return self.words.span(hit.start, hit.stop)

    def said(self, family: str) -> list[Hit]:
        """Those of ``cues`` that the speaker says: not what stands in quotation marks or in code."""
        return [hit for hit in self.cues(family) if self.own[hit.start]]

    def strongest(self, head: str) -> tuple[int, int] | None:
        """The characters of the sentence to which a head gives most, among the first few; None without a word."""
        sentences = list(islice(_sentences(self.words.tokens), _SENTENCES))
        said = (features(Words(self.words.tokens[slice(*sentence)], "")) for sentence in sentences)
        scores = [self.weights.score(head, found) for found in said]
        return self.words.span(*sentences[scores.index(max(scores))]) if sentences else None

    def score(self, head: str) -> float:
        """The probability in [0, 1] that a fitted head gives. Raises ``KeyError`` for a head that was not fitted."""
        return self.weights.score(head, self.features)


def _sentences(tokens: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where sentences start and stop, their ends left out."""
    start = 0
    for place, token in enumerate((*tokens, "\n")):
        if token in SENTENCE_ENDS:
            if place > start:
                yield start, place
            start = place + 1


@lru_cache(maxsize=2)  # both replies of a pair; more would only crowd what is in hand out of the processor's cache
def read(text: str) -> Reading:
    """What there is to know of a text's phrasing."""
    words = split(text)
    own, hits = spoken(words), _lexicon().find(words)
    return Reading(words, own, language_of(words), hits, _families(hits), _features(words, own, hits), load())


@cache
def _lexicon() -> Lexicon:
    """All cues. Made with the first text that is read: whoever reads none, or not yet, starts sooner."""
    return Lexicon(CUES)


def _families(hits: tuple[Hit, ...]) -> Mapping[str, Sequence[Hit]]:
    families: dict[str, list[Hit]] = {}
    for hit in hits:
        families.setdefault(hit.cue.partition(".")[0], []).append(hit)
    return families


def _features(words: Words, own: Sequence[bool], hits: tuple[Hit, ...]) -> Features:
    """The features of a text; where a phrase in it is quoted, those of what the speaker says."""
    if any(not own[hit.start] for hit in hits):
        kept = tuple(word for word, spoke in zip(words.tokens, own, strict=True) if spoke)
        words, hits = Words(kept, " ".join(kept)), _lexicon().find(Words(kept, ""))
    return features(words, chain(_shape(words), _marks(hits, words.tokens)))


def _shape(words: Words) -> Iterator[str]:
    """How long the text is and how much of it is a list, in coarse steps."""
    yield f"length {min(_LONGEST, len(words.tokens).bit_length())}"
    items = len(_ITEM.findall("\n" + words.read))
    yield f"list {min(_ITEMS, items)}"


def _marks(hits: tuple[Hit, ...], tokens: tuple[str, ...]) -> Iterator[str]:
    """The cues found, and where: features beside the words."""
    for hit in hits:
        if hit.cue in VOCABULARY or hit.cue.startswith(TURN):
            continue
        yield hit.cue
        if hit.start < OPENING:
            yield f"{hit.cue}@opening"
        if hit.stop > len(tokens) - CLOSING:
            yield f"{hit.cue}@closing"
    yield f"first {next((hit.cue for hit in hits if hit.cue.startswith(TURN)), TURN)}"
    for cue in sorted(VOCABULARY):
        yield f"{cue} in {_share(cue, hits, tokens)}"


def _share(cue: str, hits: tuple[Hit, ...], tokens: tuple[str, ...]) -> int:
    """The share of the sentences that hold a cue, in steps; -1 where none does."""
    places = [hit.start for hit in hits if hit.cue == cue]
    if not places:
        return -1
    stops = [place for place, token in enumerate(tokens) if token in SENTENCE_ENDS]
    count = sum(stop - before > 1 for before, stop in pairwise((-1, *stops, len(tokens))))
    return _STEPS * len({bisect(stops, place) for place in places}) // count
