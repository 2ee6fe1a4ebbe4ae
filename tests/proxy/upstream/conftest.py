"""What the tests of ``proxy.upstream`` share: both clients, and a server that speaks plainly or over TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from proxy.config import settings
from proxy.upstream import Upstream
from proxy.upstream.aiohttp_client import AiohttpClient
from proxy.upstream.client import Client
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.upstream import Upstream as Server
from tests.proxy.upstream.odd_replies import ODD

CLIENTS: dict[str, Callable[[settings.Upstream], Upstream]] = {"own": Client, "aiohttp": AiohttpClient}
Pool = Callable[..., AbstractAsyncContextManager[Upstream]]


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of one test run: what its server has (``served``), and what makes it trusted."""

    served: ssl.SSLContext
    bundle: Path


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """One that vouches for localhost."""
    issuer, served = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert("localhost").configure_cert(served)
    bundle = tmp_path_factory.mktemp("authority") / "authority.pem"
    issuer.cert_pem.write_to_path(bundle)
    return Authority(served, bundle)


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext | None:
    """What a server of the test speaks; the client trusts it as an operator would have it trusted."""
    if request.param == "plain":
        return None
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
    return authority.served


@pytest.fixture
def server(tls: ssl.SSLContext | None) -> Iterator[Server]:
    """A server whose connections belong to one test."""
    with Server({**BEHAVIORS, **ODD}, tls) as running:
        yield running


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that answers neither yes nor no: its backlog is full."""
    with socket.socket() as hole, ExitStack() as fillers:
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        for _ in range(4):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(hole.getsockname())
        yield hole.getsockname()[1]


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    """Which of the clients is held to its promise."""
    return str(request.param)


@pytest.fixture
def pool(client: str) -> Pool:
    """An upstream under test, closed afterwards; it takes the URL, and limits."""

    @asynccontextmanager
    async def opened(url: str, connect_timeout: float = 2.0, max_connections: int = 8) -> AsyncIterator[Upstream]:
        target = settings.Upstream(url, connect_timeout=connect_timeout, max_connections=max_connections)
        upstream = CLIENTS[client](target)
        try:
            yield upstream
        finally:
            await upstream.close()
            await farewell(client, url)

    return opened


async def farewell(client: str, url: str) -> None:
    """Let aiohttp's connections end: of TLS's it does not say when, and its documentation advises this pause."""
    if client == "aiohttp" and url.startswith("https"):
        await asyncio.sleep(0.25)
