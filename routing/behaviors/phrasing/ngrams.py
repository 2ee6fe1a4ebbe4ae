"""What a text consists of, as numbers: hashed word 1- to 3-grams and character 5-grams, by the place they stand in.

The opening, the closing and the whole are taken apart, because "I cannot" at the start of a reply and in its middle
are two different things. A feature is an index into a table of ``SIZE`` weights; each kind of feature in each place
weighs together what one such kind weighs, whatever the text's length. Nothing here is fitted, so prompts are hashed
as well as replies; names of features from elsewhere (cues, tools) are hashed beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from routing.behaviors.phrasing.words import Words

SIZE = 1 << 17
OPENING, CLOSING = 40, 40  # words
OPENING_CHARACTERS, CLOSING_CHARACTERS = 240, 160
_CHARACTERS = 5
_KNOWN = 1 << 15  # words whose hashes are kept
_SPREAD = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x85EBCA6B)
_HALF = np.uint32(15)  # bits
_PLACES = np.arange(12, dtype=np.uint32) * np.uint32(0x27D4EB2F)  # one for each kind of feature

Hashes = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Features:
    """The indices of a text's features in a table of weights, and how much each counts; both of one length."""

    indices: NDArray[np.intp]
    values: NDArray[np.float32]


def features(words: Words, marks: Iterable[str] = ()) -> Features:
    """The features of a text. ``marks`` are names of further features, each counting fully."""
    named = np.array([crc32(mark.encode()) for mark in sorted(set(marks))], dtype=np.uint32)
    kinds = [named, *_word_kinds(words), *_character_kinds(words.read)]
    sizes = [len(kind) for kind in kinds]
    weights = np.array([1.0] + [size**-0.5 if size else 0.0 for size in sizes[1:]], dtype=np.float32)
    counts = np.array(sizes)
    return Features(_placed(np.concatenate(kinds), _PLACES.repeat(counts)), weights.repeat(counts))


@lru_cache(maxsize=2)
def grams(tokens: tuple[str, ...]) -> tuple[Hashes, Hashes]:
    """The hashes of words and of pairs of words that follow each other: whoever reads a text needs them twice."""
    one = hashes(tokens)
    return one, chained(one[:-1], one[1:])


class _Hashes(dict[str, bytes]):
    """The hashes of the words seen lately, as four bytes, the lowest first: joined they are an array.

    A dictionary that forgets everything when it is full: looking costs half of what an ``lru_cache`` takes.
    """

    def __missing__(self, word: str) -> bytes:
        if len(self) >= _KNOWN:
            self.clear()
        found = self[word] = crc32(word.encode("utf-8", "surrogatepass")).to_bytes(4, "little")
        return found


_HASHES = _Hashes()


def hashes(tokens: Iterable[str]) -> Hashes:
    """The hash of each word."""
    return np.frombuffer(b"".join(map(_HASHES.__getitem__, tokens)), dtype="<u4")


def _word_kinds(words: Words) -> list[Hashes]:
    one, two = grams(words.tokens)
    three = chained(two[:-1], one[2:])
    places = (slice(None), slice(OPENING), slice(-CLOSING, None))
    return [gram[place] for place in places for gram in (one, two, three)]


def _character_kinds(read: str) -> list[Hashes]:
    """Those of the opening and of the closing, hashed as one text and then cut out of it."""
    opening, closing = read[:OPENING_CHARACTERS], read[-CLOSING_CHARACTERS:]
    hashed = _character_grams(opening + closing)
    return [_cut(hashed, 0, len(opening)), _cut(hashed, len(opening), len(closing))]


def _cut(hashed: Hashes, start: int, characters: int) -> Hashes:
    return hashed[start : start + max(0, characters - _CHARACTERS + 1)]


def _character_grams(text: str) -> Hashes:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    count = max(0, len(codes) - _CHARACTERS + 1)
    hashed = codes[:count]
    for offset in range(1, _CHARACTERS):
        hashed = chained(hashed, codes[offset : offset + count])
    return hashed


def chained(left: Hashes, right: Hashes) -> Hashes:
    """A hash of pairs; which is left and which is right matters. Arithmetic is modulo 2**32."""
    mixed = left * _SPREAD
    mixed ^= right
    mixed ^= mixed >> _HALF
    return mixed


def _placed(hashes: Hashes, places: Hashes) -> NDArray[np.intp]:
    """Places in the table: those of one kind and place apart from those of any other."""
    mixed = hashes ^ places
    mixed *= _MIX
    mixed ^= mixed >> np.uint32(13)
    mixed &= np.uint32(SIZE - 1)
    return mixed.astype(np.intp)
