"""The upstreams in use: one pool per distinct target, kept over a reload that does not change it.

A pool that no configuration names any more is retired: it closes once the last exchange that uses it has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from proxy.config import settings
from proxy.upstream.call import Upstream
from proxy.upstream.client import Client


class Upstreams:
    """Pools by target."""

    def __init__(self) -> None:
        self._pools: dict[settings.Upstream, Upstream] = {}
        self._leases: dict[settings.Upstream, int] = {}
        self._wanted: Collection[settings.Upstream] = ()
        self._closing: set[asyncio.Task[None]] = set()

    @contextmanager
    def lease(self, target: settings.Upstream) -> Iterator[Upstream]:
        """The pool of a target, which stays open as long as it is leased."""
        pool = self._pools.get(target)
        if pool is None:
            pool = self._pools[target] = _client(target)
        self._leases[target] = self._leases.get(target, 0) + 1
        try:
            yield pool
        finally:
            self._leases[target] -= 1
            self._retire(target)

    def keep(self, targets: Collection[settings.Upstream]) -> None:
        """From now on only these are wanted."""
        self._wanted = targets
        for target in list(self._pools):
            self._retire(target)

    async def close(self) -> None:
        """Close every pool."""
        for pool in self._pools.values():
            await pool.close()
        self._pools.clear()
        await asyncio.gather(*self._closing)

    def _retire(self, target: settings.Upstream) -> None:
        if target in self._wanted or self._leases.get(target):
            return
        pool = self._pools.pop(target, None)
        self._leases.pop(target, None)
        if pool is not None:
            task = asyncio.get_running_loop().create_task(pool.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


def _client(target: settings.Upstream) -> Upstream:
    """A pool of the client that the target names."""
    if target.http_client == "own":
        return Client(target)
    from proxy.upstream.aiohttp_client import AiohttpClient  # noqa: PLC0415 -- its weight only where it is asked for

    return AiohttpClient(target)
