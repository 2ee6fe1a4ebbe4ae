"""Calling an upstream through aiohttp: the setting ``http_client: aiohttp``, and what our own client is measured by.

aiohttp is well kept, reads compressed and framed bodies in C, and its every opinion can be switched off; it also costs
three times as much for a request. Where it differs from ``client``: a header's bytes that are not UTF-8 leave as the
UTF-8 of their Latin-1 reading; a stale pooled connection is left for another pooled one, up to eight times; and a body
that only the connection's end delimits is whole over TLS even where the peer did not say that it ended.
"""

from __future__ import annotations

import re
import ssl
from types import SimpleNamespace

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from proxy.config import settings
from proxy.upstream.call import Request, Room, Take, UpstreamError
from proxy.upstream.pool import IDLE
from routing.observation import Failure

_READ_BUFFER = 64 * 1024
_STALE_TRIES = 8
_STATUSES = range(200, 600)
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")  # what no server may pass on in a header
_NO_DEFAULTS = (hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE)


class Reply:
    """``call.Reply`` over aiohttp's response."""

    __slots__ = ("_response", "headers", "status")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = [(name.lower(), content) for name, content in response.raw_headers]

    @property
    def ended(self) -> bool:
        """Whether the body has been read to its end, in good order."""
        content = self._response.content
        return content.at_eof() and content.exception() is None

    def taken(self) -> bytes:
        """Nothing: whether ``read`` would wait is aiohttp's to know."""
        return b""

    async def read(self) -> bytes:
        """All bytes that have arrived since the last call, at least one; b"" at the end.

        Raises UpstreamError (RESET) if the connection broke before the body's end.
        """
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as broken:
            raise UpstreamError(Failure.RESET, str(broken)) from broken

    async def relay(self, take: Take, room: Room) -> bytes:
        """Hand on all bytes as they arrive, and return the last of them. Raises UpstreamError (RESET)."""
        while True:
            piece = await self.read()
            if not piece or self.ended:
                return piece
            if not take(piece):
                await room()

    def abort(self) -> None:
        """Close the connection; the upstream sees that nobody wants the rest."""
        self._response.close()


class AiohttpClient:
    """``call.Upstream`` over an aiohttp session."""

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
                connector=aiohttp.TCPConnector(limit=self.target.max_connections, keepalive_timeout=IDLE),
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
