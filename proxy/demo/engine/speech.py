"""The bytes of a reply as text, as soon as it can be said: no half letters, nothing that may begin a stop string."""

from __future__ import annotations

import codecs
from collections.abc import Iterable


def held(text: str, marks: Iterable[str]) -> int:
    """How many letters at the end of ``text`` may be the beginning of a mark, of which it holds none in full."""
    lengths = (length for mark in marks for length in range(1, len(mark)) if text.endswith(mark[:length]))
    return max(lengths, default=0)


class Speech:
    """One reply. ``stopped`` is the stop string that ended it, which is not part of the text."""

    def __init__(self, stops: tuple[str, ...]) -> None:
        self._stops = stops
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._kept = ""
        self.stopped: str | None = None

    def add(self, piece: bytes) -> str:
        """What can be said now."""
        self._kept += self._decoder.decode(piece)
        self._stop()
        keep = 0 if self.stopped else held(self._kept, self._stops)
        return self._say(len(self._kept) - keep)

    def end(self) -> str:
        """What is left to be said when no more comes. Half a letter is not said, as with vLLM."""
        return self._say(len(self._kept))

    def _stop(self) -> None:
        """Cut at the stop string that comes first."""
        found = [(place, stop) for stop in self._stops if (place := self._kept.find(stop)) >= 0]
        if found:
            place, self.stopped = min(found)
            self._kept = self._kept[:place]

    def _say(self, letters: int) -> str:
        said, self._kept = self._kept[:letters], self._kept[letters:]
        return said
