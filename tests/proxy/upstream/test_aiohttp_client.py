"""What aiohttp does otherwise than our own client: each a reason to prefer the other, held so that it stays known."""

from __future__ import annotations

import pytest

from proxy.config import settings
from proxy.upstream import Request
from proxy.upstream.aiohttp_client import AiohttpClient
from proxy.upstreams import Upstreams
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.upstream.asking import UNARY, body_of

pytestmark = pytest.mark.anyio


async def test_it_is_what_the_setting_names() -> None:
    """And what answers is the upstream, by way of it."""
    with Server(BEHAVIORS) as server:
        upstreams = Upstreams()
        with upstreams.lease(settings.Upstream(server.url(), http_client="aiohttp")) as upstream:
            assert isinstance(upstream, AiohttpClient)
            assert (await upstream.open(Request("POST", "/files", (), UNARY))).status == 200
        await upstreams.close()


async def test_latin_1_leaves_as_utf_8() -> None:
    """It writes headers from text; valid UTF-8 passes, other bytes are read as Latin-1 and written as UTF-8."""
    odd = ((b"x-utf", "café".encode()), (b"x-latin", b"caf\xe9"))
    with Server(BEHAVIORS) as server:
        client = AiohttpClient(settings.Upstream(server.url()))
        await body_of(await client.open(Request("POST", "/files", odd, UNARY)))
        await client.close()
        (got,) = server.received
    assert got.values("x-utf") == got.values("x-latin") == ["café".encode()]
