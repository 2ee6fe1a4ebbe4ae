"""In what two replies differ, word by word: which words each has that the other has not, in order.

The longest common sequence of words, by rows of a table, so the work is the product of both lengths and never more,
whatever the texts: beyond ``MOST`` words apart from what they begin and end with, nothing is compared, and the answer
says so. A lone word that both have between two differences is chance, and no agreement. What is done with it is the
page's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 2000
"""Words of each text, without what both begin and end with."""
_WORD = re.compile(r"\w+|[^\w\s]")
Range = tuple[int, int]
_Kept = list[tuple[int, int]]  # pairs of positions, one in each text


@dataclass(frozen=True, slots=True)
class Difference:
    """Half-open ranges of characters that only the one text has; ``shared`` is how much of the shorter both have."""

    left: tuple[Range, ...]
    right: tuple[Range, ...]
    shared: float


def difference(left: str, right: str) -> Difference | None:
    """In what two texts differ; None where they are too long to say."""
    ours, theirs = list(_WORD.finditer(left)), list(_WORD.finditer(right))
    one, other = [found[0] for found in ours], [found[0] for found in theirs]
    head = common(one, other)
    tail = common(one[head:][::-1], other[head:][::-1])
    middle = one[head : len(one) - tail], other[head : len(other) - tail]
    if max(map(len, middle)) > MOST:
        return None
    kept = [(head + i, head + j) for i, j in _without_chance(_kept(*middle), len(middle[0]), len(middle[1]))]
    shorter = min(len(one), len(other))
    shared = (head + len(kept) + tail) / shorter if shorter else float(len(one) == len(other))
    ends = range(head), range(len(one) - tail, len(one)), range(len(other) - tail, len(other))
    return Difference(
        _ranges(ours, {*ends[0], *(i for i, _ in kept), *ends[1]}),
        _ranges(theirs, {*ends[0], *(j for _, j in kept), *ends[2]}),
        shared,
    )


def common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words, or characters of two texts, both begin with."""
    count = 0
    for mine, yours in zip(one, other, strict=False):
        if mine != yours:
            break
        count += 1
    return count


def _kept(one: Sequence[str], other: Sequence[str]) -> _Kept:
    """The positions of a longest common sequence."""
    numbers = {word: number for number, word in enumerate(dict.fromkeys((*one, *other)))}
    theirs = np.array([numbers[word] for word in other], np.int32)
    table: NDArray[np.int16] = np.zeros((len(one) + 1, len(other) + 1), np.int16)
    for row, word in enumerate(one, 1):
        best = table[row - 1].copy()
        np.maximum(best[1:], table[row - 1, :-1] + (theirs == numbers[word]), out=best[1:])
        np.maximum.accumulate(best, out=table[row])
    kept, i, j = [], len(one), len(other)
    while i and j:
        if table[i, j] == table[i - 1, j]:
            i -= 1
        elif table[i, j] == table[i, j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            kept.append((i, j))
    return kept[::-1]


def _without_chance(kept: _Kept, length: int, other: int) -> _Kept:
    """What is kept, without words that stand alone in both texts between two differences."""
    known = set(kept)
    ends = {(-1, -1), (length, other)}
    return [
        (i, j)
        for i, j in kept
        if (i - 1, j - 1) in known or (i + 1, j + 1) in known or ends & {(i - 1, j - 1), (i + 1, j + 1)}
    ]


def _ranges(words: Sequence[re.Match[str]], kept: set[int]) -> tuple[Range, ...]:
    """The characters of the words that were not kept; those that follow each other in one range."""
    found: list[Range] = []
    for number in (number for number in range(len(words)) if number not in kept):
        start, end = words[number].span()
        if found and number - 1 not in kept:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(found)


def inside(ranges: Iterable[Range], length: int) -> tuple[Range, ...]:
    """The ranges within a text of this length, cut where it ends."""
    return tuple((start, min(end, length)) for start, end in ranges if start < length)
