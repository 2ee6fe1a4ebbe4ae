"""Who is signed in to the console: sessions in memory, each behind a random key that only a browser has.

Of a key only its digest is kept, so that whoever reads this process's memory in a dump signs in nowhere. A session ends
after ``LIFETIME``, however busy; an examiner that restarts has none. Cookies and tokens are ``door``'s matter.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LIFETIME = 12 * 3600.0
"""Seconds: a night's duty."""
MOST = 256
_ENTROPY = 32  # bytes


@dataclass(slots=True)
class Session:
    """One browser's visit. ``csrf`` is what its forms carry; ``ends`` is a time of the monotonic clock, None: never.

    ``who`` is the name that orders were last given under, ``notice`` a sentence for the next page it sees.
    """

    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(_ENTROPY), repr=False)
    ends: float | None = None
    who: str = ""
    notice: str = ""

    def told(self) -> str:
        """The notice, once."""
        notice, self.notice = self.notice, ""
        return notice


class Sessions:
    """The sessions of one examiner, at most ``MOST``: the one that began first makes room."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._open: dict[bytes, Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def begin(self) -> str:
        """A new session; its key."""
        self._end_old()
        key = secrets.token_urlsafe(_ENTROPY)
        self._open[_digest(key)] = Session(ends=self._now() + LIFETIME)
        return key

    def find(self, key: str) -> Session | None:
        """The session of a key, unless it has ended."""
        found = self._open.get(_digest(key))
        return found if found is not None and found.ends is not None and self._now() < found.ends else None

    def end(self, key: str) -> None:
        """Forget it, and end what it still listens to."""
        found = self._open.pop(_digest(key), None)
        if found is not None:
            found.ends = self._now()

    def _end_old(self) -> None:
        ended = [digest for digest, one in self._open.items() if one.ends is not None and one.ends <= self._now()]
        for digest in ended:
            del self._open[digest]
        while len(self._open) >= MOST:
            del self._open[next(iter(self._open))]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
