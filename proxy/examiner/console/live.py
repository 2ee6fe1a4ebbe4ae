"""Tells open pages that something changed: one stream of server-sent events, and nothing in it but that.

A page that hears of a change asks for itself again, so what it shows comes from one place; one that hears nothing for
long, not even that nothing changed, knows that it is not live. Whoever listens costs one look at the status every
``PAUSE`` seconds, all listeners together. A session that ends ends its stream, an examiner that stops ends all of them,
and their number is bounded, because each holds a connection. The counterpart is ``static/console.js``.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from proxy.examiner.answers import Problem
from proxy.examiner.console.rendering import HEADERS, visitor
from proxy.examiner.console.sessions import Session
from proxy.examiner.status import Status

PAUSE = 2.0
HEEDS = 0.2
"""Seconds in which a stream notices that the examiner stops: it waits one second for what is open."""
MOST = 32
LONGEST = 3600.0
"""Seconds of one stream: a browser begins the next by itself."""


class Live:
    """The streams of one console."""

    def __init__(self, status: Callable[[], Status], stopping: Callable[[], bool], pause: float = PAUSE) -> None:
        self._status = status
        self._stopping = stopping
        self._pause = pause
        self._looked = float("-inf")
        self._digest = ""
        self.listening = 0

    async def events(self, request: Request) -> Response:
        """The stream: an event ``changed`` whenever the status is another, else a ``beat``."""
        if self.listening >= MOST:
            raise Problem(503, f"{MOST} pages listen already; close one, or load this one again to see what is new")
        # Between request and first event a browser must not guess: nothing is kept, and no proxy holds it back.
        headers = {**HEADERS, "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(visitor(request)), 200, headers, "text/event-stream")

    async def _stream(self, session: Session | None) -> AsyncIterator[bytes]:
        self.listening += 1
        try:
            ends, seen = time.monotonic() + LONGEST, self._now()
            yield f"retry: {int(1000 * self._pause)}\n\n".encode()
            while await self._goes_on(ends, session):
                before, seen = seen, self._now()
                yield b"event: beat\ndata: as before\n\n" if seen == before else b"event: changed\ndata: status\n\n"
        finally:
            self.listening -= 1

    async def _goes_on(self, ends: float, session: Session | None) -> bool:
        """Wait for the next look; whether there is to be one."""
        due = time.monotonic() + self._pause
        while not self._stopping() and (now := time.monotonic()) < ends:
            if session is not None and session.ends is not None and session.ends <= now:
                return False
            if now >= due:
                return True
            await asyncio.sleep(min(HEEDS, due - now))
        return False

    def _now(self) -> str:
        """A digest of the status, at most ``pause`` old."""
        if time.monotonic() - self._looked >= self._pause:
            self._digest = hashlib.sha256(msgspec.json.encode(self._status())).hexdigest()
            self._looked = time.monotonic()
        return self._digest
