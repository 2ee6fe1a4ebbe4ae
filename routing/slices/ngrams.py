"""A prompt as hashed features: words, pairs of words, the ends of long words, how it opens, closes and is laid out.

Everything is done on arrays of code points, so that two kilobytes cost 100 microseconds: a running polynomial sum
gives the hash of any stretch of text in constant time. Runs of letters and runs of digits are one token each (digits
are all alike: only how many there are counts), every other character that is no space is a token of its own, newlines
and ideographs among them. Of a long prompt only the beginning and the end are read. It refuses to weigh what it finds;
``fitted`` does. Whoever changes anything here must fit the weights again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

BUCKETS: Final = 1 << 15
HEAD: Final = 2_000  # characters read of a long prompt's beginning
TAIL: Final = 1_000  # and of its end

Ids = NDArray[np.uint32]
Places = NDArray[np.intp]
Codes = NDArray[np.uint8] | NDArray[np.uint32]

_SPACE, _LETTERS, _DIGITS, _NEWLINE, _SINGLE = range(5)  # from _NEWLINE on, each character is a token
_BOUND = 0x2E80  # from here on, every character is a token: ideographs, kana, hangul, emoji
_ACCENTED, _LATIN_END = 0xC0, 0x250
_PICTURES = 0xD800  # surrogates, private characters, emoji
_STEM, _ENDING, _LONG = 4, 3, 5  # characters
_EDGE = 4  # tokens at the beginning and at the end that are features as such
_OPENS, _CLOSES = slice(_EDGE), slice(-_EDGE, None)
_BASE = 0x01000193
_PAIR, _MIX = np.uint32(0x85EBCA6B), np.uint32(0x9E3779B1)
_STEMS, _ENDINGS, _OPENING, _CLOSING, _ASKING = (
    np.uint32(salt) for salt in (0x1B873593, 0xCC9E2D51, 0x2545F491, 0x6C8E9CF5, 0x3C6EF372)
)
_DIGIT = np.uint32(ord("0"))
_SHIFT = np.uint32(32 - BUCKETS.bit_length() + 1)


def _kind_of(code: int) -> int:
    character = chr(code)
    if character == "\n":
        return _NEWLINE
    if character.isspace():
        return _SPACE
    if character.isdigit():
        return _DIGITS
    return _LETTERS if character.isalpha() or character == "_" or _is_mark(code) else _SINGLE


def _is_mark(code: int) -> bool:
    """Vowel signs and the like, which stand inside words of Indic scripts, Arabic, Hebrew and Thai."""
    return 0x300 <= code < 0x370 or 0x591 <= code < 0x5C8 or 0x64B <= code < 0x670 or 0x900 <= code < 0xE80  # noqa: PLR2004


_KINDS = np.array([_kind_of(code) for code in range(_BOUND)] + [_SINGLE], np.uint8)
_PLAIN_KINDS = _KINDS[:256].tobytes()
_PLAIN_CODES = bytes(ord("0") if _KINDS[code] == _DIGITS else code for code in range(256))  # digits are all alike
_POWERS = np.cumprod(np.full(HEAD + TAIL + 2, _BASE, np.uint32), dtype=np.uint32)
_INVERSE = np.cumprod(np.full(HEAD + TAIL + 2, pow(_BASE, -1, 1 << 32), np.uint32), dtype=np.uint32)


Spans = Sequence[tuple[Places, Places]]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Where tokens start and end, which of them (by number) are long, and which ask: the first of the last sentence."""

    starts: Places
    ends: Places
    long: Places
    asking: slice

    def spans(self) -> Spans:
        """The half-open ranges of their features, in the features' order."""
        starts, ends = self.starts, self.ends
        first, last = starts[self.long], ends[self.long]
        spans = [(starts, ends), (starts[:-1], ends[1:]), (first, first + _STEM), (last - _ENDING, last)]
        spans += [(starts[part], ends[part]) for part in (_OPENS, _CLOSES, self.asking)]
        return [*spans, (_NOWHERE, _NOWHERE)]


@dataclass(frozen=True, slots=True)
class Features:
    """The distinct features of a prompt: their buckets, and where they stand.

    ``tokens`` are those whose features these are, of which, repeated ones too, ``kept`` says which are in ``ids``;
    places count characters of what was read, ``skipped`` of the prompt's middle left out. ``foreign`` is the share of
    letters beyond Latin script.
    """

    ids: Ids
    tokens: Tokens
    kept: NDArray[np.bool_]
    skipped: int
    foreign: float

    def span(self, position: int) -> tuple[int, int]:
        """Where in the prompt the feature at a position of ``ids`` stands: empty for what has no place, as length."""
        at = int(np.flatnonzero(self.kept)[position])
        start, end = (int(np.concatenate(edges)[at]) for edges in zip(*self.tokens.spans(), strict=True))
        return start + self.skipped * (start >= HEAD), end + self.skipped * (end > HEAD)


def features(prompt: str) -> Features:
    """The features of a prompt. Any text has some, an empty one only those of its layout."""
    text, skipped = _excerpt(prompt)
    codes, kinds = _plain_characters(text) if text.isascii() else _characters(text)
    starts, ends = _tokens(kinds)
    sums = np.zeros(len(codes) + 1, np.uint32)
    np.cumsum(codes * _POWERS[: len(codes)], out=sums[1:], dtype=np.uint32)
    accented, foreign = (0.0, 0.0) if text.isascii() else _beyond_ascii(codes, kinds)
    first = kinds[starts]
    tokens = Tokens(starts, ends, _long(starts, ends, first), _last_sentence(codes[starts]))
    ids = _bucket(np.concatenate((*_listed(sums, tokens), _layout(first, accented))))
    kept = _distinct(ids)
    return Features(ids[kept], tokens, kept, skipped, foreign)


def _plain_characters(text: str) -> tuple[Codes, NDArray[np.uint8]]:
    """What ``_characters`` gives of ASCII, by translating bytes."""
    raw = text.encode()
    return np.frombuffer(raw.translate(_PLAIN_CODES), np.uint8), np.frombuffer(raw.translate(_PLAIN_KINDS), np.uint8)


def _characters(text: str) -> tuple[Codes, NDArray[np.uint8]]:
    """The code points of a text, digits all alike, and what kind each is."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = _KINDS[np.minimum(codes, _BOUND)]
    return np.where(kinds == _DIGITS, _DIGIT, codes), kinds


def _beyond_ascii(codes: Codes, kinds: NDArray[np.uint8]) -> tuple[float, float]:
    """The share of characters that are letters with accents or beyond, and of letters those beyond Latin script."""
    letters = kinds == _LETTERS
    accented = int(np.count_nonzero(letters & (codes >= _ACCENTED)))
    beyond = int(np.count_nonzero(letters & (codes >= _LATIN_END)))
    ideographs = int(np.count_nonzero((codes >= _BOUND) & (codes < _PICTURES)))
    return accented / len(codes), (beyond + ideographs) / ((int(np.count_nonzero(letters)) + ideographs) or 1)


def _excerpt(prompt: str) -> tuple[str, int]:
    """What is read of a prompt, in lower case, and how many characters are left out in its middle."""
    skipped = max(0, len(prompt) - HEAD - TAIL)
    text = prompt if not skipped else prompt[:HEAD] + prompt[-TAIL:]
    lower = text.lower()
    return (lower if len(lower) == len(text) else text), skipped  # a few letters grow; spans must not move


def _tokens(kinds: NDArray[np.uint8]) -> tuple[Places, Places]:
    changes = np.ones(len(kinds) + 1, np.bool_)  # the end of the text, too, ends a token
    changes[1:-1] = (kinds[1:] != kinds[:-1]) | (kinds[1:] >= _NEWLINE)
    edges = changes.nonzero()[0]
    full = kinds[edges[:-1]] != _SPACE
    return edges[:-1][full], edges[1:][full]


def _long(starts: Places, ends: Places, kinds: NDArray[np.uint8]) -> Places:
    """The numbers of the tokens that are long words."""
    long: Places = ((ends - starts >= _LONG) & (kinds == _LETTERS)).nonzero()[0]
    return long


def _listed(sums: Ids, tokens: Tokens) -> list[Ids]:
    """The hashes of every feature, repeated ones too."""
    starts, ends, long = tokens.starts, tokens.ends, tokens.long
    before, after, inverse = sums[starts], sums[ends], _INVERSE[starts]
    words = (after - before) * inverse
    first, last = starts[long], ends[long] - _ENDING
    return [
        words,
        words[:-1] * _PAIR + words[1:],
        (sums[first + _STEM] - before[long]) * inverse[long] ^ _STEMS,
        (after[long] - sums[last]) * _INVERSE[last] ^ _ENDINGS,
        words[_OPENS] ^ _OPENING,
        words[_CLOSES] ^ _CLOSING,
        words[tokens.asking] ^ _ASKING,
    ]


def _last_sentence(beginnings: Codes) -> slice:
    """The first tokens of the last sentence, which is where most prompts say what they want."""
    stops = _STOPS[np.minimum(beginnings, len(_STOPS) - 1)][:-1].nonzero()[0]
    start = int(stops[-1]) + 1 if len(stops) else 0
    return slice(start, start + _EDGE)


_STOPS = np.isin(np.arange(128), [ord(character) for character in ".?!\n:"])


def _layout(kinds: NDArray[np.uint8], accented: float) -> Ids:
    """How long the prompt is, and how much of it digits, signs, newlines, accents: each in a few coarse steps."""
    counts = np.bincount(kinds, minlength=5).tolist()
    total = len(kinds) or 1
    steps = (
        len(kinds).bit_length(),
        32 + round(8 * counts[_DIGITS] / total),
        64 + round(8 * counts[_SINGLE] / total),
        128 + counts[_NEWLINE].bit_length(),
        160 + int(64 * accented).bit_length(),
    )
    return np.array(steps, np.uint32) * _PAIR


_NOWHERE = np.zeros(5, np.intp)


def _bucket(hashes: Ids) -> Ids:
    mixed = (hashes ^ (hashes >> np.uint32(15))) * _MIX
    return mixed >> _SHIFT


def _distinct(ids: Ids) -> NDArray[np.bool_]:
    """Which positions to keep so that every bucket stays once: the one that wrote its mark last."""
    order = np.arange(len(ids), dtype=np.uint16)  # of a prompt's excerpt there are never more
    marks = np.empty(BUCKETS, np.uint16)
    marks[ids] = order
    kept: NDArray[np.bool_] = marks[ids] == order
    return kept
