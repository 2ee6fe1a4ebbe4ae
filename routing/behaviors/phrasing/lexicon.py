"""Phrases as sequences of words, all found in one pass.

A phrase is written as people would: ``i (can't|cannot) [really] help ... with``. Round brackets hold alternatives,
square ones what may be missing, and ``...`` stands for up to three words of the same sentence. Commas in the text are
passed over. The phrases become one tree keyed by word, so that looking costs about one dictionary look-up per word of
the text, however many phrases there are. A phrase may not start or end with ``...``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from routing.behaviors.phrasing.words import SENTENCE_ENDS, Words, split

_GAP = 3  # words
_PIECE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|(\.\.\.)|([^()\[\]. ]+|\.)")
_PASSED = ","


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the cue, at the words ``start`` to before ``stop``."""

    cue: str
    start: int
    stop: int


@dataclass(slots=True)
class _Node:
    """What may follow the words so far; ``cues`` are the phrases that are complete here."""

    following: dict[str, _Node] = field(default_factory=dict)
    after_gap: _Node | None = None
    cues: tuple[str, ...] = ()


class Lexicon:
    """Named cues, each with its phrases."""

    __slots__ = ("_root",)

    def __init__(self, cues: Mapping[str, Iterable[str]]) -> None:
        """Raises ``ValueError`` for a phrase that cannot be read."""
        self._root = _Node()
        for cue, phrases in cues.items():
            for phrase in phrases:
                for sequence in _sequences(phrase):
                    self._add(sequence, cue)

    def find(self, words: Words) -> tuple[Hit, ...]:
        """The longest phrase of each cue at each word, in the text's order."""
        first = self._root.following
        tokens = words.tokens
        hits: list[Hit] = []
        for start, token in enumerate(tokens):
            if token in first:
                found: dict[str, int] = {}
                _walk(first[token], tokens, start + 1, found)
                hits.extend(Hit(cue, start, stop) for cue, stop in found.items())
        return tuple(hits)

    def _add(self, sequence: tuple[str, ...], cue: str) -> None:
        node = self._root
        for word in sequence:
            if word == "...":
                node.after_gap = node = node.after_gap or _Node()
            else:
                node = node.following.setdefault(word, _Node())
        if cue not in node.cues:
            node.cues += (cue,)


def _walk(node: _Node, tokens: tuple[str, ...], at: int, found: dict[str, int]) -> None:
    """Note for every cue that is complete on some way onward the furthest end."""
    for cue in node.cues:
        found[cue] = max(found.get(cue, 0), at)
    at += at < len(tokens) and tokens[at] == _PASSED
    if at < len(tokens):
        if tokens[at] in node.following:
            _walk(node.following[tokens[at]], tokens, at + 1, found)
        if node.after_gap is not None:
            _over_gap(node.after_gap, tokens, at, found)


def _over_gap(node: _Node, tokens: tuple[str, ...], at: int, found: dict[str, int]) -> None:
    for skip in range(at, min(at + _GAP + 1, len(tokens))):
        if tokens[skip] in node.following:
            _walk(node.following[tokens[skip]], tokens, skip + 1, found)
        if tokens[skip] in SENTENCE_ENDS:
            return


def _sequences(phrase: str) -> Iterable[tuple[str, ...]]:
    """Every sequence of words that a phrase stands for."""
    if phrase.count("(") != phrase.count(")") or phrase.count("[") != phrase.count("]"):
        raise ValueError(f"the phrase {phrase!r} has a bracket without its partner")
    parts = [_choices(*piece.groups()) for piece in _PIECE.finditer(phrase)]
    for choice in product(*parts):
        sequence = tuple(word for part in choice for word in part)
        if not sequence or "..." in (sequence[0], sequence[-1]):
            raise ValueError(
                f"the phrase {phrase!r} may be empty, or starts or ends with '...': let it begin and end with words"
            )
        yield sequence


def _choices(either: str | None, perhaps: str | None, gap: str | None, word: str | None) -> list[tuple[str, ...]]:
    if gap is not None:
        return [("...",)]
    if either is not None or perhaps is not None:
        choices = [split(choice).tokens for choice in (either or perhaps or "").split("|")]
        return choices if perhaps is None else [(), *choices]
    return [split(word or "").tokens]
