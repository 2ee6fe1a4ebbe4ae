"""All sequences in progress, stepped together: each turn some leave, one may join, and everyone gets one token.

Pure computation on the thread that calls it, one call at a time; ``scheduler`` is the one that calls it, and decides
who joins. One prompt a turn, so that those who are being served never wait for more than one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from proxy.demo.engine.model import Model
from proxy.demo.engine.sampling import Drawn, Sampler


class Finish(StrEnum):
    """Why a sequence ended: the model ended it, or its limit of tokens did."""

    STOP = "stop"
    LENGTH = "length"


@dataclass(slots=True, eq=False)
class Continuation:
    """A prompt that is being continued by at most ``limit`` tokens, or until one of ``ends``."""

    prompt: Sequence[int]
    limit: int
    ends: frozenset[int]
    sampler: Sampler
    produced: int = 0
    last: int = 0

    @property
    def length(self) -> int:
        """How many tokens the cache holds of it: all but the last one drawn."""
        return len(self.prompt) + max(self.produced - 1, 0)


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a continuation; ``finish`` where it is the last."""

    drawn: Drawn
    finish: Finish | None


Turn = list[tuple[Continuation, Token]]


class Batch:
    """The sequences that a model is working on; the n-th has the n-th row of its cache."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._rows: list[Continuation] = []

    def turn(self, leaving: Sequence[Continuation], joining: Continuation | None) -> Turn:
        """One token for everyone, those excepted who leave. Whoever finishes has left when this returns."""
        for gone in leaving:
            self._leave(gone)
        turn = list(self._step())
        if joining is not None:
            turn.append((joining, self._join(joining)))
        for continuation, token in turn:
            if token.finish:
                self._leave(continuation)
        return turn

    def _join(self, continuation: Continuation) -> Token:
        self._rows.append(continuation)
        logits = self._model.prefill(len(self._rows) - 1, continuation.prompt)
        return _advance(continuation, continuation.sampler.draw(logits))

    def _step(self) -> Iterator[tuple[Continuation, Token]]:
        if not self._rows:
            return
        logits = self._model.step([row.last for row in self._rows], [row.length for row in self._rows])
        for row, own in zip(self._rows, logits, strict=True):
            yield row, _advance(row, row.sampler.draw(own))

    def _leave(self, continuation: Continuation) -> None:
        """Free its row, and move the last one there. Nothing to do where it finished in the meantime."""
        if continuation not in self._rows:
            return
        row, last = self._rows.index(continuation), self._rows.pop()
        if last is not continuation:
            self._model.move(len(self._rows), row, last.length)
            self._rows[row] = last


def _advance(continuation: Continuation, drawn: Drawn) -> Token:
    continuation.produced += 1
    continuation.last = drawn.token
    if drawn.token in continuation.ends:
        return Token(drawn, Finish.STOP)
    return Token(drawn, Finish.LENGTH if continuation.produced >= continuation.limit else None)
