"""Which of a text's words its speaker says: not what stands in quotation marks or in a fenced block of code.

A quotation ends with its line at the latest, so that a lone mark (an inch, a slip) does not swallow the rest. A block
of code that was never closed goes to the end: the reply broke off in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from routing.behaviors.phrasing.words import Words, split

_FENCE = "```"


def spoken(words: Words) -> list[bool]:
    """For every word whether the speaker says it."""
    if '"' not in words.read and _FENCE not in words.read:
        return [True] * len(words.tokens)
    own = [True] * len(words.tokens)
    for start, stop in _quotations(words.tokens):
        own[start:stop] = [False] * (stop - start)
    if _FENCE not in words.read:
        return own
    return [outside and not code for outside, code in zip(own, _fenced(words), strict=True)]


def _quotations(tokens: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """The words from behind each opening mark to its closing one, or to the end of its line; that one included."""
    stop, end = 0, len(tokens)
    while (opening := _next(tokens, '"', stop, end)) < end:
        closing = _next(tokens, '"', opening + 1, end)
        stop = min(_next(tokens, "\n", opening + 1, closing) + 1, end)
        yield opening + 1, stop


def _next(tokens: tuple[str, ...], word: str, start: int, stop: int) -> int:
    """Where a word stands next; ``stop`` if nowhere before it."""
    try:
        return tokens.index(word, start, stop)
    except ValueError:
        return stop


def _fenced(words: Words) -> list[bool]:
    """For every word whether it is code. A fence holds no word, so cutting there changes none."""
    parts = enumerate(words.read.split(_FENCE))
    return [number % 2 == 1 for number, part in parts for _ in split(part).tokens]
