"""A prompt as hashed features: words, pairs of words, the ends of long words, how it opens, closes and is laid out.

Everything is done on arrays of code points, so that two kilobytes cost tens of microseconds: a running polynomial sum
gives the hash of any stretch of text in constant time. Runs of letters and runs of digits are one token each (digits
are all alike: only how many there are counts), every other character that is no space is a token of its own, newlines
and ideographs among them. Of a long prompt only the beginning and the end are read. It refuses to weigh what it finds;
``fitted`` does. Whoever changes anything here must fit the weights again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

BUCKETS: Final = 1 << 15
HEAD: Final = 2_000  # characters read of a long prompt's beginning
TAIL: Final = 1_000  # and of its end

Ids = NDArray[np.uint32]
Places = NDArray[np.intp]

_SPACE, _NEWLINE, _LETTERS, _DIGITS, _SINGLE = range(5)
_BOUND = 0x2E80  # from here on, every character is a token: ideographs, kana, hangul, emoji
_ACCENTED, _LATIN_END = 0xC0, 0x250
_PICTURES = 0xD800  # surrogates, private characters, emoji
_STEM, _ENDING, _LONG = 4, 3, 5  # characters
_EDGE = 4  # tokens at the beginning and at the end that are features as such
_BASE = 0x01000193
_PAIR, _MIX = np.uint32(0x85EBCA6B), np.uint32(0x9E3779B1)
_SALTS = {"stem": 0x1B873593, "ending": 0xCC9E2D51, "opening": 0x2545F491, "closing": 0x6C8E9CF5, "asking": 0x3C6EF372}
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
_POWERS = np.cumprod(np.full(HEAD + TAIL + 2, _BASE, np.uint32), dtype=np.uint32)
_INVERSE = np.cumprod(np.full(HEAD + TAIL + 2, pow(_BASE, -1, 1 << 32), np.uint32), dtype=np.uint32)


@dataclass(frozen=True, slots=True)
class Features:
    """The distinct features of a prompt: buckets, and for each the half-open span of the text where it stands last.

    What has no place, such as the length, has an empty span. ``foreign`` is the share of letters beyond Latin script.
    """

    ids: Ids
    starts: Places
    ends: Places
    foreign: float


def features(prompt: str) -> Features:
    """The features of a prompt. Any text has some, an empty one only those of its layout."""
    text, skipped = _excerpt(prompt)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = _KINDS[np.minimum(codes, _BOUND)]
    starts, ends = _tokens(kinds)
    sums = np.zeros(len(codes) + 1, np.uint32)
    np.cumsum(np.where(kinds == _DIGITS, np.uint32(48), codes) * _POWERS[: len(codes)], out=sums[1:], dtype=np.uint32)
    found = _listed(sums, starts, ends, kinds, codes)
    ids, first, last = (np.concatenate(parts) for parts in zip(*found, strict=True))
    kept = _distinct(ids)
    first, last = first[kept], last[kept]
    if skipped:
        first, last = first + (first >= HEAD) * skipped, last + (last > HEAD) * skipped
    return Features(ids[kept], first, last, _foreign(codes, kinds))


def _foreign(codes: Ids, kinds: NDArray[np.uint8]) -> float:
    letters = int(np.count_nonzero(kinds == _LETTERS))
    beyond = int(np.count_nonzero((kinds == _LETTERS) & (codes >= _LATIN_END)))
    ideographs = int(np.count_nonzero((codes >= _BOUND) & (codes < _PICTURES)))
    return (beyond + ideographs) / ((letters + ideographs) or 1)


def _excerpt(prompt: str) -> tuple[str, int]:
    """What is read of a prompt, in lower case, and how many characters are left out in its middle."""
    skipped = max(0, len(prompt) - HEAD - TAIL)
    text = prompt if not skipped else prompt[:HEAD] + prompt[-TAIL:]
    lower = text.lower()
    return (lower if len(lower) == len(text) else text), skipped  # a few letters grow; spans must not move


def _tokens(kinds: NDArray[np.uint8]) -> tuple[Places, Places]:
    changes = np.ones(len(kinds), np.bool_)
    changes[1:] = (kinds[1:] != kinds[:-1]) | (kinds[1:] == _SINGLE) | (kinds[1:] == _NEWLINE)
    starts = np.flatnonzero(changes)
    ends = np.append(starts[1:], len(kinds))
    full = kinds[starts] != _SPACE
    return starts[full], ends[full]


Found = tuple[Ids, Places, Places]


def _listed(sums: Ids, starts: Places, ends: Places, kinds: NDArray[np.uint8], codes: Ids) -> list[Found]:
    """Every feature, repeated ones as often as they occur."""
    words = _hash(sums, starts, ends)
    long = np.flatnonzero((ends - starts >= _LONG) & (kinds[starts] == _LETTERS))
    first, last = starts[long], ends[long]
    asking = _last_sentence(codes[starts])
    return [
        (_bucket(words), starts, ends),
        (_bucket(words[:-1] * _PAIR + words[1:]), starts[:-1], ends[1:]),
        (_salted("stem", _hash(sums, first, first + _STEM)), first, first + _STEM),
        (_salted("ending", _hash(sums, last - _ENDING, last)), last - _ENDING, last),
        (_salted("opening", words[:_EDGE]), starts[:_EDGE], ends[:_EDGE]),
        (_salted("closing", words[-_EDGE:]), starts[-_EDGE:], ends[-_EDGE:]),
        (_salted("asking", words[asking]), starts[asking], ends[asking]),
        _layout(kinds, starts, codes),
    ]


def _last_sentence(beginnings: Ids) -> slice:
    """The first tokens of the last sentence, which is where most prompts say what they want."""
    stops = np.flatnonzero(_STOPS[np.minimum(beginnings, len(_STOPS) - 1)][:-1])
    start = int(stops[-1]) + 1 if len(stops) else 0
    return slice(start, start + _EDGE)


_STOPS = np.isin(np.arange(128), [ord(character) for character in ".?!\n:"])


def _layout(kinds: NDArray[np.uint8], starts: Places, codes: Ids) -> Found:
    """How long the prompt is, and how much of it digits, signs, newlines, accents: each in a few coarse steps."""
    counts = np.bincount(kinds[starts], minlength=5)
    total = int(counts.sum())
    steps = [total.bit_length()]
    steps += [32 * (row + 1) + round(8 * int(counts[kind]) / (total or 1)) for row, kind in enumerate(_STEPPED)]
    accented = 64 * int(np.count_nonzero((codes >= _ACCENTED) & (kinds == _LETTERS))) // (len(codes) or 1)
    steps += [128 + int(counts[_NEWLINE]).bit_length(), 160 + accented.bit_length()]
    nowhere = np.zeros(len(steps), np.intp)
    return _bucket(np.array(steps, np.uint32) * _PAIR), nowhere, nowhere


_STEPPED = (_DIGITS, _SINGLE)


def _hash(sums: Ids, starts: Places, ends: Places) -> Ids:
    return (sums[ends] - sums[starts]) * _INVERSE[starts]


def _salted(name: str, hashes: Ids) -> Ids:
    return _bucket(hashes ^ np.uint32(_SALTS[name]))


def _bucket(hashes: Ids) -> Ids:
    mixed = (hashes ^ (hashes >> np.uint32(15))) * _MIX
    return mixed >> _SHIFT


def _distinct(ids: Ids) -> NDArray[np.bool_]:
    """Which positions to keep so that every bucket stays once: the one that wrote its mark last."""
    order = np.arange(len(ids), dtype=np.int32)
    marks = np.empty(BUCKETS, np.int32)
    marks[ids] = order
    kept: NDArray[np.bool_] = marks[ids] == order
    return kept
