"""What is wrong with a configuration, said so that a person can mend it.

A finding names the key, the value and the remedy; a problem is a finding with its file and line. This module refuses
to judge anything: ``reading`` and ``rules`` find, ``parse`` collects, ``proxy.errors.ConfigError`` carries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Path = tuple[str, ...]
"""The keys from the top of the file to a value; an item of a list is ``[0]``, ``[1]``, ..."""

_SHOWN = 60


class Refused(ValueError):  # noqa: N818 -- a value was refused; the error a caller sees is ConfigError
    """A value that does not mean what its key needs. ``why`` continues "VALUE ..."; ``remedy`` is an imperative."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(f"{why}; {remedy}")
        self.why = why
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong at a key. ``value`` is as shown to a person: never a secret, "" where there is none."""

    path: Path
    value: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding with its place. ``line`` counts from 1 and is 0 where the file as a whole is meant."""

    source: str
    line: int
    key: str
    value: str
    why: str
    remedy: str

    def __str__(self) -> str:
        """``practicum.yaml:12: routes.x.mirror.percentage: "140" is above 100; write a number from 0 to 100``."""
        place = f"{self.source}:{self.line}" if self.line else self.source
        parts = [place, *([self.key] if self.key else []), f"{self.value} {self.why}".lstrip()]
        return ": ".join(parts) + (f"; {self.remedy}" if self.remedy else "")


def dotted(path: Path) -> str:
    """A path as people write it: ``routes.x.rollout.steps[0].setWeight``."""
    text = ""
    for key in path:
        text += key if key.startswith("[") or not text else f".{key}"
    return printable(text)


def quoted(text: str) -> str:
    """A value as messages show it: quoted, printable and not too long."""
    return f'"{printable(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")}"'


def printable(text: str) -> str:
    """A text from a file with what a terminal must not be sent escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def nearest(word: str, known: Iterable[str]) -> str:
    """The remedy for an unknown word: the nearest known one, or all of them where none is near."""
    words = list(known)
    folded = {_fold(w): w for w in words}
    close = get_close_matches(_fold(word), folded, n=1)
    return f'did you mean "{folded[close[0]]}"?' if close else f"known: {', '.join(words)}"


def _fold(word: str) -> str:
    return word.lower().replace("_", "").replace("-", "")
