"""A reply as it comes into being: tokens in, pieces of text, tool calls and log-probabilities out, until it ends.

One road for replies in one piece and for streams, so that both say the same. ``replies`` gives pieces their wire form.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from proxy.demo.engine.asks import Ask
from proxy.demo.engine.batch import Token
from proxy.demo.engine.calls import Call, CallReader
from proxy.demo.engine.sampling import Drawn
from proxy.demo.engine.speech import Speech
from proxy.demo.engine.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a reply ended, as the wire says it; ``stop`` is the stop string that did it."""

    reason: str
    stop: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """What one token added to a reply, which may be nothing that can be said yet."""

    drawn: Drawn
    text: str
    calls: tuple[Call, ...]
    ending: Ending | None


class _Narrator:
    """One reply's state between its tokens."""

    def __init__(self, vocabulary: Vocabulary, ask: Ask) -> None:
        self._vocabulary = vocabulary
        self._speech = Speech(ask.stops)
        self._reader = CallReader() if ask.read_calls else None

    def piece(self, token: Token) -> Piece:
        """What this token adds."""
        said = self._speech.add(self._vocabulary.spoken(token.drawn.token))
        over = bool(token.finish or self._speech.stopped)
        if over:
            said += self._speech.end()
        text, calls = self._read(said, over=over)
        return Piece(token.drawn, text, calls, self._ending(token) if over else None)

    def _read(self, said: str, *, over: bool) -> tuple[str, tuple[Call, ...]]:
        if self._reader is None:
            return said, ()
        parts = list(self._reader.add(said))
        if over:
            parts += self._reader.end()
        text = "".join(part for part in parts if isinstance(part, str))
        return text, tuple(part for part in parts if isinstance(part, Call))

    def _ending(self, token: Token) -> Ending:
        stopped = self._speech.stopped
        if self._reader and self._reader.found:
            return Ending("tool_calls", stopped)
        return Ending("stop" if stopped or token.finish is None else token.finish.value, stopped)


async def narrate(tokens: AsyncGenerator[Token], vocabulary: Vocabulary, ask: Ask) -> AsyncGenerator[Piece]:
    """The pieces of a reply, one for each token; the last has the ending. Closes ``tokens``."""
    narrator = _Narrator(vocabulary, ask)
    async with aclosing(tokens):
        async for token in tokens:
            piece = narrator.piece(token)
            yield piece
            if piece.ending:
                return
