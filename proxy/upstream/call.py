"""One upstream: a server we call, behind the narrowest interface that serving and mirroring need.

``Upstream.open`` sends a request and returns once the reply's head is there; ``Reply.read`` returns the next bytes as
they came over the wire (compressed if they were), b"" at the end; ``Reply.relay`` hands them on as they come. Every way
this can fail is an ``UpstreamError`` with a ``Failure``, so that nothing beyond this package knows the HTTP client
underneath. There are two: ``client``, our own, and ``aiohttp_client``; ``tests/proxy/upstream/test_call.py`` holds both
to what stands here. Neither sends a request again that may have been answered, follows a redirect, decompresses, keeps
a cookie, or adds a header of its own beyond those that frame a message. Neither sets a deadline but the one for
connecting: that is for ``deadlines``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from routing.observation import Failure

Headers = Sequence[tuple[bytes, bytes]]  # names in lower case
Take = Callable[[bytes], bool]
Room = Callable[[], Awaitable[None]]


class UpstreamError(Exception):
    """An upstream gave no reply, or not all of it. ``detail`` is for the log, never for a metric label."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


class Request(msgspec.Struct, frozen=True):
    """What to send. ``target`` is the path and query below the upstream's base URL, percent-encoded already.

    ``headers`` carry nothing that frames the message (``host``, ``content-length``, ``transfer-encoding``).
    """

    method: str
    target: str
    headers: Headers
    body: bytes


class Reply(Protocol):
    """A reply whose head is there. Read it to the end or abort it; both free its connection."""

    @property
    def status(self) -> int:
        """From 200 to 599."""

    @property
    def headers(self) -> Headers:
        """As they were sent, in their order; names in lower case."""

    @property
    def ended(self) -> bool:
        """Whether the body has been read to its end, in good order."""

    def taken(self) -> bytes:
        """What ``read`` would return without waiting for anything; b"" where it would wait, fail or end."""

    async def read(self) -> bytes:
        """All bytes that have arrived since the last call, at least one; b"" at the end.

        Raises UpstreamError (RESET) if the connection broke, or what came was no HTTP, before the body's end.
        """

    async def relay(self, take: Take, room: Room) -> bytes:
        """Hand on all bytes as they arrive, and return the last of them, those with which the body was complete.

        ``take`` gets them at once, without anybody waking up for it, and says whether it takes more. Where it does not,
        ``room`` is awaited; meanwhile a bounded number of bytes waits here and the rest at the upstream. What ``take``
        raises is raised here, and like UpstreamError as of ``read``.
        """

    def abort(self) -> None:
        """Close the connection; the upstream sees that nobody wants the rest."""


class Upstream(Protocol):
    """A pool of connections to one server, at most ``max_connections`` of them."""

    async def open(self, request: Request) -> Reply:
        """Send a request and wait for its reply's head.

        A pooled connection that the server closed while our request was on its way is left for another one: no byte of
        a reply had come. Raises UpstreamError (CONNECT, RESET, INVALID).
        """

    async def close(self) -> None:
        """Close the pool. Replies under way break off."""
