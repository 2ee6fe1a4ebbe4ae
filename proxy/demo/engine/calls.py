"""Tool calls in a reply's text, ``<tool_call>{"name": ..., "arguments": {...}}</tool_call>``, as the text comes.

What precedes the first call is content; what follows it is not said, as with vLLM's parser for this markup. Markup
that holds no call is content as it stands. A call is told when it is complete: half of one is of use to nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from proxy.demo.engine.speech import held
from proxy.demo.engine.vocabulary import CALL, CALL_END


@dataclass(frozen=True, slots=True)
class Call:
    """One call; ``arguments`` is JSON text."""

    name: str
    arguments: str


class _Written(msgspec.Struct):
    name: str
    arguments: dict[str, object]


class CallReader:
    """Reads one reply. ``found`` counts its calls."""

    def __init__(self) -> None:
        self._kept = ""
        self._inside = False
        self.found = 0

    def add(self, text: str) -> Iterator[str | Call]:
        """Content and calls that are complete now."""
        self._kept += text
        while (mark := CALL_END if self._inside else CALL) in self._kept:
            piece, _, self._kept = self._kept.partition(mark)
            yield from self._called(piece, closed=True) if self._inside else self._content(piece)
            self._inside = not self._inside
        if not self._inside:
            ready = len(self._kept) - held(self._kept, [CALL])
            piece, self._kept = self._kept[:ready], self._kept[ready:]
            yield from self._content(piece)

    def end(self) -> Iterator[str | Call]:
        """What is left; a call that was not closed counts where it is whole."""
        piece, self._kept = self._kept, ""
        yield from self._called(piece, closed=False) if self._inside else self._content(piece)

    def _content(self, text: str) -> Iterator[str]:
        if text and not self.found:
            yield text

    def _called(self, text: str, *, closed: bool) -> Iterator[str | Call]:
        try:
            written = msgspec.json.decode(text, type=_Written)
        except msgspec.DecodeError:
            yield f"{CALL}{text}{CALL_END if closed else ''}"
            return
        self.found += 1
        yield Call(written.name, json.dumps(written.arguments, ensure_ascii=False))
