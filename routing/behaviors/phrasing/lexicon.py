"""Phrases as sequences of words, all found in one pass.

A phrase is written as people would: ``i (can't|cannot) [really] help ... with``. Round brackets hold alternatives,
square ones what may be missing, and ``...`` stands for up to three words of the same sentence. Commas in the text are
passed over. The phrases become one graph keyed by word. A search first asks of all words at once where a phrase may
start, by the hashes of the word and of the pair that it opens, and walks the graph from those few: it costs the same
however many phrases there are. A phrase may not start or end with ``...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.behaviors.phrasing.ngrams import chained, grams, hashes
from routing.behaviors.phrasing.words import SENTENCE_ENDS, Words, split

_GAP = 3  # words
_PIECE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\.\.\.)|([^()\[\]. ]+|\.)")
_PASSED = ","
_FEW = 150  # words: of fewer, one is looked at after the other sooner than all at once
_ROOM = 16  # slots for each beginning: one that shares another's costs a look, no more


class Hit(NamedTuple):
    """A phrase of the cue, at the words ``start`` to before ``stop``."""

    cue: str
    start: int
    stop: int


@dataclass(slots=True)
class _Node:
    """What may follow the words so far, as it was written; ``cues`` are the phrases that are complete here."""

    following: dict[str, tuple[_Node, ...]] = field(default_factory=dict)
    after_gap: tuple[_Node, ...] = ()
    cues: tuple[str, ...] = ()

    def admit(self, other: _Node) -> None:
        """Let everything follow here too that may follow there."""
        for word, nodes in other.following.items():
            self.following[word] = self.following.get(word, ()) + nodes
        self.after_gap += other.after_gap
        self.cues += tuple(cue for cue in other.cues if cue not in self.cues)

    def lead(self, words: tuple[str, ...], end: _Node) -> None:
        """Let these words lead from here to there."""
        for word in reversed(words[1:]):
            end = _Node({word: (end,)})
        self.following[words[0]] = (*self.following.get(words[0], ()), end)


@dataclass(slots=True)
class _State:
    """What a search has come to: all nodes at once that the same words lead to, so that each word is looked up once."""

    cues: tuple[str, ...]
    following: dict[str, _State] = field(default_factory=dict)
    after_gap: _State | None = None


class Lexicon:
    """Named cues, each with its phrases."""

    __slots__ = ("_alone", "_first", "_pairs")

    def __init__(self, cues: Mapping[str, Iterable[str]]) -> None:
        """Raises ``ValueError`` for a phrase that cannot be read."""
        root = _Node()
        for cue, phrases in cues.items():
            for phrase in phrases:
                root.admit(_graph(phrase, cue))
        known: dict[frozenset[int], _State] = {}
        self._first = {word: _together(nodes, known) for word, nodes in root.following.items()}
        self._alone, self._pairs = _beginnings(self._first)

    def find(self, words: Words) -> tuple[Hit, ...]:
        """The longest phrase of each cue at each word, in the text's order."""
        first, tokens = self._first, (*words.tokens, "", "")
        hits: list[Hit] = []
        for start in self._starts(words.tokens):
            state, following = first.get(tokens[start]), tokens[start + 1]
            if state and (following in state.following or state.cues or state.after_gap or following == _PASSED):
                found: dict[str, int] = {}
                _walk(state, tokens, start + 1, found)
                if found:
                    hits += [Hit(cue, start, stop) for cue, stop in found.items()]
        return tuple(hits)

    def _starts(self, tokens: tuple[str, ...]) -> list[int]:
        """The words at which a phrase may start, and a few more."""
        if len(tokens) < _FEW:
            return [at for at, token in enumerate(tokens) if token in self._first]
        one, two = grams(tokens)
        may = _among(self._alone, one)
        may[:-1] |= _among(self._pairs, two)
        found: list[int] = may.nonzero()[0].tolist()
        return found


def _beginnings(first: Mapping[str, _State]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The slots of words that begin a phrase whatever follows, and of pairs of words that do."""
    opened = [(word, following) for word, state in first.items() for following in (*state.following, _PASSED)]
    pairs = chained(*(hashes(side) for side in zip(*opened, strict=True)))
    return _slots(hashes([word for word, state in first.items() if state.cues or state.after_gap])), _slots(pairs)


def _slots(taken: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """A table of a power of two slots, in which two of each of these hashes are true: by its low bits, and its high."""
    slots = np.zeros(1 << (_ROOM * len(taken)).bit_length(), np.bool_)
    slots[taken & np.uint32(len(slots) - 1)] = True
    slots[taken >> np.uint32(33 - len(slots).bit_length())] = True
    return slots


def _among(slots: NDArray[np.bool_], hashed: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Of each hash whether both of its slots are true."""
    found = slots.take(hashed & np.uint32(len(slots) - 1))
    found &= slots.take(hashed >> np.uint32(33 - len(slots).bit_length()))
    return found


def _together(nodes: tuple[_Node, ...], known: dict[frozenset[int], _State]) -> _State:
    """The state that these nodes make together. ``known`` has those made before, by what they are made of."""
    key = frozenset(map(id, nodes))
    if key in known:
        return known[key]
    merged = _Node()
    for node in nodes:
        merged.admit(node)
    state = known[key] = _State(merged.cues)
    state.following.update((word, _together(after, known)) for word, after in merged.following.items())
    state.after_gap = _together(merged.after_gap, known) if merged.after_gap else None
    return state


def _walk(state: _State | None, tokens: tuple[str, ...], at: int, found: dict[str, int]) -> None:
    """Note for every cue that is complete on the way onward the furthest end. The tokens end in two empty ones."""
    while state is not None:
        for cue in state.cues:
            found[cue] = max(found.get(cue, 0), at)
        at += tokens[at] == _PASSED
        if state.after_gap is not None:
            _over_gap(state.after_gap, tokens, at, found)
        state = state.following.get(tokens[at])
        at += 1


def _over_gap(state: _State, tokens: tuple[str, ...], at: int, found: dict[str, int]) -> None:
    for skip in range(at, min(at + _GAP + 1, len(tokens))):
        if tokens[skip] in state.following:
            _walk(state.following[tokens[skip]], tokens, skip + 1, found)
        if tokens[skip] in SENTENCE_ENDS:
            return


def _graph(phrase: str, cue: str) -> _Node:
    """The node before the phrase's first word; made from its end, so that alternatives share what comes after them."""
    if phrase.count("(") != phrase.count(")") or phrase.count("[") != phrase.count("]"):
        raise ValueError(f"the phrase {phrase!r} has a bracket without its partner")
    node = _Node(cues=(cue,))
    for either, perhaps, gap, word in reversed(_PIECE.findall(phrase)):
        before = _Node(after_gap=(node,) if gap else ())
        for choice in (either or perhaps or word).split("|") if not gap else ():
            before.lead(_tokens(choice, phrase), node)
        if perhaps:
            before.admit(node)
        if gap and node.cues:
            raise ValueError(f"the phrase {phrase!r} ends in a gap: let it end with a word")
        node = before
    if node.cues or node.after_gap:
        raise ValueError(f"the phrase {phrase!r} may begin or end without a word: give it one at either end")
    return node


def _tokens(choice: str, phrase: str) -> tuple[str, ...]:
    tokens = split(choice).tokens
    if not tokens:
        raise ValueError(f"the phrase {phrase!r} has an alternative without a word: write what may be missing in [...]")
    return tokens
