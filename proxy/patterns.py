"""Regular expressions searched in time linear in the text: an operator's, one by one, and sets of our own at once.

The syntax and the meaning are RE2's: no lookaround and no backreference, and in return no text, however hostile, can
make a search explode. A linear search can still be a slow one, so the size of a pattern and the length of the text
that is searched are bounded too. Nothing outside this module knows the library underneath.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import re2

MAX_PATTERN = 4096  # characters
MAX_PROGRAM = 2500  # instructions of RE2: half a second over MAX_TEXT, where a text meets a pattern's worst
MAX_TEXT = 50_000  # characters; what follows is not searched

_HALVES = re.compile("[\ud800-\udfff]")  # halves of characters, which have no UTF-8


class PatternError(ValueError):
    """A pattern that is not used. ``str()`` says why, in words its author can act on."""


class Pattern:
    """A compiled pattern."""

    __slots__ = ("_compiled",)

    def __init__(self, text: str) -> None:
        """Raises ``PatternError``."""
        if len(text) > MAX_PATTERN:
            raise PatternError(f"is {len(text)} characters long, more than the limit of {MAX_PATTERN}")
        options = re2.Options()
        options.log_errors = False  # they are raised, and the log is ours
        try:
            self._compiled = re2.compile(text, options)
        except (re2.error, UnicodeEncodeError) as exc:
            raise PatternError(f"is not a regular expression of RE2's ({_reason(exc)})") from exc
        if self._compiled.programsize > MAX_PROGRAM:
            size = self._compiled.programsize
            raise PatternError(f"expands to {size} instructions, more than the limit of {MAX_PROGRAM}")

    def search(self, text: str) -> tuple[int, int] | None:
        """The half-open range of characters of the first match that begins in the first ``MAX_TEXT``, or None."""
        searched = text[:MAX_TEXT]
        try:
            found = self._compiled.search(searched)
        except UnicodeEncodeError:
            found = self._compiled.search(_HALVES.sub("\ufffd", searched))
        return None if found is None else (int(found.start()), int(found.end()))


class PatternSet:
    """Several patterns, looked for in one pass over a text. It says which are there, not where."""

    __slots__ = ("_compiled",)

    def __init__(self, texts: Iterable[str]) -> None:
        """Raises ``PatternError``."""
        options = re2.Options()
        options.log_errors = False
        self._compiled = re2.Set.SearchSet(options)
        for text in texts:
            try:
                self._compiled.Add(text)
            except (re2.error, UnicodeEncodeError) as exc:
                raise PatternError(f"is not a regular expression of RE2's ({_reason(exc)}): {text!r}") from exc
        self._compiled.Compile()

    def found(self, text: str) -> list[int]:
        """The numbers, in order, of the patterns that match somewhere. Takes time linear in the text."""
        try:
            numbers: list[int] | None = self._compiled.Match(text)
        except UnicodeEncodeError:
            numbers = self._compiled.Match(_HALVES.sub("\ufffd", text))
        return sorted(numbers or ())


def _reason(exc: Exception) -> str:
    if isinstance(exc, UnicodeEncodeError):
        return "it holds half a character"
    said = exc.args[0] if exc.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
