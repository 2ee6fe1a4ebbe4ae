"""Who waits, who is served, who has gone: requests on the event loop on one side, the batch on its thread on the other.

While the thread computes a turn, the loop sends what the last one drew. State is the loop's alone; the thread gets who
leaves and who joins, and returns what it drew. It refuses requests once too many wait.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from bisect import insort
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from proxy.demo.engine.batch import Batch, Continuation, Token, Turn
from proxy.demo.engine.model import Model

log = logging.getLogger(__name__)


class OverloadedError(Exception):
    """Too many requests wait already."""


class StoppedError(Exception):
    """The engine no longer computes."""


@dataclass(frozen=True, slots=True)
class Load:
    """How busy the engine is: requests, and the part of the cache that holds tokens, 0 to 1."""

    running: int
    waiting: int
    cache_use: float


@dataclass(slots=True, order=True)
class _Ticket:
    """One request. Ordered as they are served: by priority, lower first, then by arrival."""

    priority: int
    arrival: int
    continuation: Continuation = field(compare=False)
    tokens: asyncio.Queue[Token | None] = field(compare=False, default_factory=asyncio.Queue)


class Scheduler:
    """Serves at most as many requests at a time as the model has rows; ``run`` must be running for any to be served."""

    def __init__(self, model: Model, waiting_limit: int) -> None:
        self.shape = model.shape
        self._rows = model.rows
        self._batch = Batch(model)
        self._limit = model.rows + waiting_limit  # of both together: many may arrive before the next turn lets one in
        self._arrivals = itertools.count()
        self._waiting: list[_Ticket] = []
        self._running: dict[Continuation, _Ticket] = {}
        self._leaving: list[Continuation] = []
        self._work = asyncio.Event()
        self.alive = True

    @property
    def load(self) -> Load:
        """How busy it is now."""
        used = sum(continuation.length for continuation in self._running)
        return Load(len(self._running), len(self._waiting), used / (self._rows * self.shape.context))

    async def tokens(self, continuation: Continuation, priority: int = 0) -> AsyncGenerator[Token]:
        """Its tokens as they are drawn; closing this frees its place. Raises ``OverloadedError``, ``StoppedError``."""
        ticket = self._enter(continuation, priority)
        try:
            while token := await ticket.tokens.get():
                yield token
                if token.finish:
                    return
            raise StoppedError("the engine stopped before the reply was complete")
        finally:
            self._leave(ticket)

    def refuse_if_full(self) -> None:
        """Raise what ``tokens`` would: for those who must know before they begin to reply."""
        if not self.alive:
            raise StoppedError("the engine has stopped")
        present = len(self._running) + len(self._waiting)
        if present >= self._limit:
            raise OverloadedError(f"{present} requests are served or wait, which is the limit; try again later")

    def _enter(self, continuation: Continuation, priority: int) -> _Ticket:
        self.refuse_if_full()
        ticket = _Ticket(priority, next(self._arrivals), continuation)
        insort(self._waiting, ticket)
        self._work.set()
        return ticket

    def _leave(self, ticket: _Ticket) -> None:
        if ticket in self._waiting:
            self._waiting.remove(ticket)
        elif self._running.pop(ticket.continuation, None):
            self._leaving.append(ticket.continuation)
            self._work.set()

    async def run(self) -> None:
        """Compute, until cancelled; whoever is being served or waits then gets ``StoppedError``."""
        loop = asyncio.get_running_loop()
        try:
            with ThreadPoolExecutor(1, "engine") as thread:
                while True:
                    await self._work.wait()
                    leaving, joining = self._next()
                    self._deliver(await loop.run_in_executor(thread, self._batch.turn, leaving, joining))
        except Exception:  # the rim of the computation: without it requests would wait for ever
            log.exception("the engine failed, and serves no longer")
        finally:
            self._stop()

    def _next(self) -> tuple[list[Continuation], Continuation | None]:
        """Who leaves and who joins with the next turn."""
        leaving, self._leaving = self._leaving, []
        if not self._waiting or len(self._running) >= self._rows:
            return leaving, None
        ticket = self._waiting.pop(0)
        self._running[ticket.continuation] = ticket
        return leaving, ticket.continuation

    def _deliver(self, turn: Turn) -> None:
        for continuation, token in turn:
            ticket = self._running.pop(continuation, None) if token.finish else self._running.get(continuation)
            if ticket:  # else its client has left meanwhile
                ticket.tokens.put_nowait(token)
        if not (self._running or self._waiting or self._leaving):
            self._work.clear()

    def _stop(self) -> None:
        self.alive = False
        for ticket in (*self._running.values(), *self._waiting):
            ticket.tokens.put_nowait(None)
