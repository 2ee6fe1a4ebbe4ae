"""One upstream: a server we call, behind the narrowest interface that serving and mirroring need.

``Upstream.open`` sends a request and returns once the reply's head is there; ``Reply.read`` returns the next bytes as
they came over the wire (compressed if they were), b"" at the end. Every way this can fail is an ``UpstreamError`` with
a ``Failure``, so that nothing outside this file knows the HTTP client underneath, which is aiohttp. Each upstream has
a pool of its own, so a hung one cannot take another's connections. This file refuses to retry a request that may have
been answered, to follow redirects, to decompress, and to keep cookies. It sets no deadline but the one for connecting:
``Deadlines`` says when a reply is late, and its callers await within it.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from proxy.config import settings
from routing.observation import Failure

Headers = Sequence[tuple[bytes, bytes]]  # names in lower case

_READ_BUFFER = 64 * 1024
_IDLE = 4.0  # seconds; below uvicorn's, hence vLLM's, keep-alive of 5, so that we close first
_STALE_TRIES = 8
_STATUSES = range(200, 600)
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # what no server may pass on in a header
_NO_DEFAULTS = (hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE)


class UpstreamError(Exception):
    """An upstream gave no reply, or not all of it. ``detail`` is for the log, never for a metric label."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(f"{failure}: {detail}")
        self.failure = failure
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Request:
    """What to send. ``target`` is the path and query below the upstream's base URL, percent-encoded already."""

    method: str
    target: str
    headers: Headers
    body: bytes


class Reply:
    """A reply whose head is there. Read it to the end or abort it; both free its connection."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers: Headers = [(name.lower(), content) for name, content in response.raw_headers]

    @property
    def ended(self) -> bool:
        """Whether the body has been read to its end, in good order."""
        content = self._response.content
        return content.at_eof() and content.exception() is None

    async def read(self) -> bytes:
        """All bytes that have arrived since the last call, at least one; b"" at the end.

        Raises UpstreamError (RESET) if the connection broke before the body's end.
        """
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as broken:
            raise UpstreamError(Failure.RESET, str(broken)) from broken

    def abort(self) -> None:
        """Close the connection; the upstream sees that nobody wants the rest."""
        self._response.close()


class Upstream:
    """A pool of connections to one server."""

    def __init__(self, target: settings.Upstream) -> None:
        self.target = target
        self._base = target.base_url.rstrip("/")
        # certifi-free: the host's trust store is what its operator maintains
        self._tls = ssl.create_default_context() if self._base.startswith("https") else True
        self._session: aiohttp.ClientSession | None = None

    async def open(self, request: Request) -> Reply:
        """Send a request and wait for its reply's head.

        A pooled connection that the server closed while our request was on its way is left for another one: no byte of
        a reply had come. Raises UpstreamError (CONNECT, RESET, INVALID).
        """
        for _ in range(_STALE_TRIES):
            try:
                return await self._attempt(request)
            except _Stale:  # it has left the pool, so this ends at a fresh connection
                continue
        raise UpstreamError(Failure.RESET, f"{_STALE_TRIES} pooled connections in a row were closed by the server")

    async def close(self) -> None:
        """Close the pool. Replies under way break off."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _attempt(self, request: Request) -> Reply:
        used = SimpleNamespace(reused=False)
        headers = CIMultiDict((name.decode("latin-1"), _text(content)) for name, content in request.headers)
        try:
            response = await self._pool().request(
                request.method,
                URL(self._base + request.target, encoded=True),
                headers=headers,
                data=request.body or None,
                allow_redirects=False,
                ssl=self._tls,
                trace_request_ctx=used,
            )
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as broken:
            if used.reused and not _answered(broken):
                raise _Stale from broken
            raise _translate(broken) from broken
        except (aiohttp.ClientError, OSError, ValueError) as broken:
            raise _translate(broken) from broken
        if response.status not in _STATUSES:
            response.close()
            raise UpstreamError(Failure.INVALID, f"a status of {response.status}")
        if any(_CONTROL.search(content) for _, content in response.raw_headers):
            response.close()
            raise UpstreamError(Failure.INVALID, "a control character in a header")
        return Reply(response)

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            tracing = aiohttp.TraceConfig()
            tracing.on_connection_reuseconn.append(_note_reuse)
            connect = self.target.connect_timeout
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self.target.max_connections, keepalive_timeout=_IDLE),
                timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect),
                skip_auto_headers=_NO_DEFAULTS,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[tracing],
                read_bufsize=_READ_BUFFER,
                max_line_size=_READ_BUFFER,
                max_field_size=_READ_BUFFER,
            )
        return self._session


class _Stale(Exception):  # noqa: N818 -- a signal within this file
    """A pooled connection turned out to be closed."""


def _answered(broken: Exception) -> bool:
    """Whether a reply had begun, or no connection was made at all: then another attempt is not ours to make."""
    if isinstance(broken, aiohttp.ServerDisconnectedError):
        return not isinstance(broken.message, str)  # else it is the part of a head that came
    return isinstance(broken, aiohttp.ClientConnectorError)


def _text(content: bytes) -> str:
    """A header's value as the client library wants it, which writes UTF-8."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


async def _note_reuse(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _params: aiohttp.TraceConnectionReuseconnParams
) -> None:
    context.trace_request_ctx.reused = True


def _translate(broken: Exception) -> UpstreamError:
    if isinstance(broken, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)):
        return UpstreamError(Failure.CONNECT, str(broken) or type(broken).__name__)
    if isinstance(broken, (aiohttp.ClientResponseError, ValueError)):
        return UpstreamError(Failure.INVALID, str(broken))
    return UpstreamError(Failure.RESET, str(broken) or type(broken).__name__)


class Deadlines:
    """When a reply is late: within which ``asyncio.timeout`` an exchange runs, and which limit that is now.

    The time runs from when this is made. A stream has ``first_token_timeout`` for its first byte and ``stall_timeout``
    between any two. A unary reply's first byte is nearly its last, so only ``total_timeout`` bounds it.
    """

    __slots__ = ("_clock", "_stall", "_total", "alarm", "limit")

    def __init__(self, limits: settings.Upstream, *, stream: bool) -> None:
        self._clock = asyncio.get_running_loop().time
        now = self._clock()
        self._total = now + limits.total_timeout
        self._stall = limits.stall_timeout if stream else limits.total_timeout
        first = now + limits.first_token_timeout if stream else self._total
        self.limit = Failure.FIRST_TOKEN_TIMEOUT if first < self._total else Failure.TOTAL_TIMEOUT
        self.alarm = asyncio.timeout_at(min(first, self._total))

    def progress(self) -> None:
        """Bytes came: the next deadline is a stall, or the total."""
        stall = self._clock() + self._stall
        self.limit = Failure.STALL_TIMEOUT if stall < self._total else Failure.TOTAL_TIMEOUT
        self.alarm.reschedule(min(stall, self._total))

    def suspend(self) -> None:
        """The reply waits for us: only the total counts, until the next ``progress``."""
        self.limit = Failure.TOTAL_TIMEOUT
        self.alarm.reschedule(self._total)
