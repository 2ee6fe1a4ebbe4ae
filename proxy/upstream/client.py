"""Our own HTTP/1.1 client: httptools' parser over the event loop's transports, and nothing that a proxy does not need.

It is a third of ``aiohttp_client``'s cost for a request; what it costs instead is this package, the table of hostile
upstreams in its tests, and ``fuzz/upstreams.py``.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable

from proxy.config import settings
from proxy.upstream.call import Request
from proxy.upstream.connection import Connection, Reply, UnansweredError
from proxy.upstream.dial import dial
from proxy.upstream.message import Origin, head
from proxy.upstream.pool import Pool


class Client:
    """``call.Upstream``, of our own making."""

    def __init__(self, target: settings.Upstream) -> None:
        self.target = target
        self._origin = Origin.of(target.base_url)
        # certifi-free: the host's trust store is what its operator maintains
        self._tls = ssl.create_default_context() if self._origin.tls else None
        self._pool = Pool(self._dial, target.max_connections, target.connect_timeout)

    async def open(self, request: Request) -> Reply:
        """Send a request and wait for its reply's head. Raises UpstreamError (CONNECT, RESET, INVALID).

        A pooled connection that the server closed before any byte of a reply came is left for a fresh one, once: a
        second silent close is the server's answer to this request, and repeating it could repeat the harm.
        """
        start = head(request, self._origin)
        connection = self._pool.idle() or await self._pool.take()
        try:
            return await _exchange(connection, start, request)
        except UnansweredError:
            if connection.exchanges == 1:
                raise
        return await _exchange(await self._pool.take(fresh=True), start, request)

    async def close(self) -> None:
        """Close the pool. Replies under way break off."""
        await self._pool.close()

    async def _dial(self, connection: Connection) -> None:
        await dial(self._origin, self._tls, connection)


def _exchange(connection: Connection, start: bytes, request: Request) -> Awaitable[Reply]:
    return connection.ask(start, request.body, bodiless=request.method == "HEAD").head()
