"""Pools are kept over a reload that leaves their target alone, and closed when nobody uses them any more."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from proxy.config import settings
from proxy.upstream import Request, UpstreamError
from proxy.upstreams import Upstreams
from tests.end_to_end import replies
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.practicum import until
from tests.end_to_end.upstream import Upstream

pytestmark = pytest.mark.anyio

CHAT = Request("POST", "/chat/completions", (), b'{"model":"m","messages":[]}')


@pytest.fixture
def server() -> Iterator[Upstream]:
    """Each test counts connections of its own."""
    with Upstream(BEHAVIORS) as upstream:
        yield upstream


async def ask(upstreams: Upstreams, target: settings.Upstream) -> bytes:
    """One whole reply, read under a lease."""
    with upstreams.lease(target) as upstream:
        reply = await upstream.open(CHAT)
        body = b""
        while piece := await reply.read():
            body += piece
        return body


async def closed(server: Upstream) -> None:
    """Wait until no connection to the server is open; the loop goes on meanwhile."""
    await asyncio.to_thread(until, lambda: server.connections == 0, "every connection is closed")


async def test_one_target_is_one_pool(server: Upstream) -> None:
    """Two routes with the same teacher share its connections and its limit."""
    upstreams = Upstreams()
    target = settings.Upstream(server.url())
    with upstreams.lease(target) as one, upstreams.lease(settings.Upstream(server.url())) as other:
        assert one is other
    with upstreams.lease(settings.Upstream(server.url(), stall_timeout=1.0)) as different:
        assert different is not one
    await upstreams.close()


async def test_a_kept_target_keeps_its_pool(server: Upstream) -> None:
    """A reload that changes something else must not cost every caller a new connection."""
    upstreams = Upstreams()
    target = settings.Upstream(server.url())
    upstreams.keep({target})
    with upstreams.lease(target) as before:
        pass
    await ask(upstreams, target)
    upstreams.keep({settings.Upstream(server.url()), settings.Upstream("http://127.0.0.1:9/v1")})
    with upstreams.lease(target) as after:
        assert after is before
    await ask(upstreams, target)
    assert server.connections == 1
    await upstreams.close()


async def test_a_retired_pool_closes_after_its_last_lease(server: Upstream) -> None:
    """A request in flight keeps the teacher it started with, though the configuration has forgotten it."""
    upstreams = Upstreams()
    target = settings.Upstream(server.url())
    upstreams.keep({target})
    with upstreams.lease(target), upstreams.lease(target):
        upstreams.keep(set())
        assert await ask(upstreams, target) == replies.CHAT
        assert server.connections == 1
    await closed(server)
    with upstreams.lease(target) as fresh:
        assert (await fresh.open(CHAT)).status == 200
    await upstreams.close()


async def test_an_idle_pool_closes_when_it_is_retired(server: Upstream) -> None:
    """Connections to a server that was taken out of the configuration keep that server from stopping."""
    upstreams = Upstreams()
    target = settings.Upstream(server.url())
    upstreams.keep({target})
    await ask(upstreams, target)
    assert server.connections == 1
    upstreams.keep(())
    await closed(server)
    await upstreams.close()


async def test_a_lease_that_fails_is_given_back(server: Upstream) -> None:
    """One failed request must not keep a retired pool open for ever."""
    upstreams = Upstreams()
    target = settings.Upstream(server.url("reset"))
    upstreams.keep({target})
    with pytest.raises(UpstreamError), upstreams.lease(target) as upstream:
        await upstream.open(CHAT)
    with upstreams.lease(target) as before:
        upstreams.keep(())
    with upstreams.lease(target) as after:
        assert after is not before
    await upstreams.close()


async def test_closing_closes_every_pool(server: Upstream) -> None:
    """The end of a worker leaves nothing behind."""
    upstreams = Upstreams()
    targets = [settings.Upstream(server.url(), model=name) for name in ("a", "b")]
    upstreams.keep(targets)
    for target in targets:
        await ask(upstreams, target)
    assert server.connections == 2
    await upstreams.close()
    await closed(server)
