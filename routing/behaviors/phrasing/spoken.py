"""Which of a text's words its speaker says: not what stands in quotation marks or in a fenced block of code.

A quotation ends with its line at the latest, so that a lone mark (an inch, a slip) does not swallow the rest. A block
of code that was never closed goes to the end: the reply broke off in it.
"""

from __future__ import annotations

from itertools import accumulate

from routing.behaviors.phrasing.words import Words, split

_FENCE = "```"


def spoken(words: Words) -> list[bool]:
    """For every word whether the speaker says it."""
    if '"' not in words.read and _FENCE not in words.read:
        return [True] * len(words.tokens)
    quoted = list(accumulate(words.tokens, _quoting, initial=False))[:-1]
    if _FENCE not in words.read:
        return [not inside for inside in quoted]
    return [not inside and not code for inside, code in zip(quoted, _fenced(words), strict=True)]


def _quoting(inside: bool, word: str) -> bool:
    if word == "\n":
        return False
    return not inside if word == '"' else inside


def _fenced(words: Words) -> list[bool]:
    """For every word whether it is code. A fence holds no word, so cutting there changes none."""
    parts = enumerate(words.read.split(_FENCE))
    return [number % 2 == 1 for number, part in parts for _ in split(part).tokens]
