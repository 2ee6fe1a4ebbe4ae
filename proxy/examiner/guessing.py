"""Whether a token is the right one, and no more tries than a person needs: so many for each address, and for all.

Tries are spent by wrong tokens only, and come back with time. Who has none left is refused before anything is compared,
or every try would still tell whether it was right. A wrong token that is given again costs nothing, because it tells
nothing new: a script with yesterday's token locks nobody out. An address that has shown the right token is held to its
own tries alone, so that strangers who guess from everywhere do not shut out who was here before.

Addresses are what the connection says, of IPv6 the network of 64 bits that one person may have to himself. Nothing of
a token is kept but a digest that only this process can make. ``guard`` and the console's ``signing`` ask here.
"""

from __future__ import annotations

import hmac
import ipaddress
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.types import Scope

from proxy.examiner.answers import Problem

EACH, EACH_EVERY = 10, 6.0
"""Tries of one address, and the seconds after which one comes back."""
ALL, ALL_EVERY = 100, 0.6
"""The same for all addresses together."""
MOST = 4096
"""Addresses that are remembered."""
_REMEMBERED = 8  # wrong tokens of an address
_NETWORK = 64  # bits


@dataclass(slots=True)
class _Tries:
    """How many are ``left`` of at most ``most``, as of a moment of the monotonic clock; one comes ``every`` seconds."""

    most: int
    every: float
    left: float
    at: float

    def wait(self, now: float) -> float:
        """Seconds until there is one, 0 where there is."""
        self.left = min(float(self.most), self.left + (now - self.at) / self.every)
        self.at = now
        return max(0.0, (1.0 - self.left) * self.every)

    def spend(self) -> None:
        """One less."""
        self.left -= 1.0


@dataclass(slots=True)
class _Seen:
    """What is known of an address: its tries, its latest wrong tokens' digests, whether it ever gave the right one."""

    tries: _Tries
    wrong: deque[bytes] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    known: bool = False


class Guesses:
    """The tries at one admin port's token."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """``now`` is in seconds, and never goes back."""
        self._now = now
        self._key = secrets.token_bytes(32)
        self._seen: dict[str, _Seen] = {}
        self._all = _Tries(ALL, ALL_EVERY, ALL, now())

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._seen)

    def right(self, address: str, given: bytes, token: bytes) -> bool:
        """Whether what was given is the token, compared in constant time.

        Raises:
            Problem: 429 where this address, or all together, have no try left; it says when there is one.
        """
        seen = self._of(address)
        digest = hmac.digest(self._key, given, "sha256")
        if digest in seen.wrong:
            return False
        wait = max(seen.tries.wait(self._now()), 0.0 if seen.known else self._all.wait(self._now()))
        if wait > 0.0:
            raise _too_many(wait)
        if hmac.compare_digest(given, token):
            seen.known = True
            return True
        seen.wrong.append(digest)
        seen.tries.spend()
        self._all.wait(self._now())
        self._all.spend()
        return False

    def _of(self, address: str) -> _Seen:
        """What is known of an address; those that were not heard of for longest make room."""
        seen = self._seen.pop(address, None) or _Seen(_Tries(EACH, EACH_EVERY, EACH, self._now()))
        self._seen[address] = seen
        while len(self._seen) > MOST:
            del self._seen[next(iter(self._seen))]
        return seen


def address_of(scope: Scope) -> str:
    """Whom a connection is from, as far as tries are counted; "" where that is not known."""
    client = scope.get("client")
    host = str(client[0]) if isinstance(client, (tuple, list)) and client else ""
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, _NETWORK), strict=False))
    return host


def _too_many(wait: float) -> Problem:
    seconds = math.ceil(wait)
    message = f"too many wrong tokens: no other is tried for {seconds} s; whoever is signed in stays so"
    return Problem(429, message, code="too_many_guesses", retry_after=seconds)
