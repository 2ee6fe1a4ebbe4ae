"""The upstreams in use: one pool per distinct target, kept over a reload that does not change it.

A pool that no configuration names any more is retired: it closes once the last exchange that uses it has ended.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from types import TracebackType

from proxy.config import settings
from proxy.upstream.call import Upstream
from proxy.upstream.client import Client


class Upstreams:
    """Pools by target."""

    def __init__(self) -> None:
        self._pools: dict[settings.Upstream, Lease] = {}
        self._wanted: Collection[settings.Upstream] = ()
        self._closing: set[asyncio.Task[None]] = set()

    def lease(self, target: settings.Upstream) -> Lease:
        """The pool of a target, to be used within ``with``: it stays open as long as it is leased."""
        lease = self._pools.get(target)
        if lease is None:
            lease = self._pools[target] = Lease(self, target, _client(target))
            lease.wanted = target in self._wanted
        return lease

    def keep(self, targets: Collection[settings.Upstream]) -> None:
        """From now on only these are wanted."""
        self._wanted = targets
        for target, lease in list(self._pools.items()):
            lease.wanted = target in targets
            if not lease.wanted and not lease.users:
                self.retire(lease)

    def retire(self, lease: Lease) -> None:
        """Close a pool that is neither wanted nor used."""
        if self._pools.get(lease.target) is not lease:
            return
        del self._pools[lease.target]
        task = asyncio.get_running_loop().create_task(lease.upstream.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close every pool."""
        for lease in self._pools.values():
            await lease.upstream.close()
        self._pools.clear()
        await asyncio.gather(*self._closing)


class Lease:
    """One pool, counted while it is used. A target's hash is dear, so whoever holds this does not ask for it again."""

    __slots__ = ("_upstreams", "target", "upstream", "users", "wanted")

    def __init__(self, upstreams: Upstreams, target: settings.Upstream, upstream: Upstream) -> None:
        self._upstreams = upstreams
        self.target = target
        self.upstream = upstream
        self.users = 0
        self.wanted = False

    def __enter__(self) -> Upstream:
        self.users += 1
        return self.upstream

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.users -= 1
        if not self.wanted and not self.users:
            self._upstreams.retire(self)


def _client(target: settings.Upstream) -> Upstream:
    """A pool of the client that the target names."""
    if target.http_client == "own":
        return Client(target)
    from proxy.upstream.aiohttp_client import AiohttpClient  # noqa: PLC0415 -- its weight only where it is asked for

    return AiohttpClient(target)
