"""Who may use the admin port, asked of a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from proxy.store.store import Store
from tests.proxy.desk import a_desk, served

TOKEN = "tökén"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty store."""
    directory: Path = tmp_path_factory.mktemp("guard")
    opened = Store.open(f"sqlite:///{directory / 'pairs.db'}")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def guarded(store: Store) -> Iterator[str]:
    """The URL of a port with a token."""
    with served(a_desk(store, token=TOKEN)) as url:
        yield url


@pytest.fixture(scope="module")
def unguarded(store: Store) -> Iterator[str]:
    """The URL of a port without one."""
    with served(a_desk(store)) as url:
        yield url


@pytest.mark.parametrize(
    "authorization",
    [b"", b"Bearer", b"Bearer wrong", b"Basic " + TOKEN.encode(), TOKEN.encode(), b"Bearer \xff\xfe"],
)
def test_anything_but_the_token_is_refused(guarded: str, authorization: bytes) -> None:
    """Also bytes that are no text: comparing them must not raise."""
    response = httpx.get(f"{guarded}/api/routes", headers=[(b"authorization", authorization)])
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["error"]["code"] == "invalid_token"


@pytest.mark.parametrize("scheme", [b"Bearer ", b"bearer ", b"BEARER  "])
def test_the_token_opens(guarded: str, scheme: bytes) -> None:
    """The scheme's case is free, and a token may be any text."""
    response = httpx.get(f"{guarded}/api/routes", headers=[(b"authorization", scheme + TOKEN.encode())])
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/metrics/", "//metrics", "/livez/../api/routes", "/%6detrics/x"])
def test_no_path_slips_past_as_a_probe(guarded: str, path: str) -> None:
    """What is open is open by its exact path."""
    assert httpx.get(guarded + path, follow_redirects=False).status_code != 200


@pytest.mark.parametrize("host", ["evil.example", "evil.example:9090", "127.0.0.1.evil.example", "", "[::2]:9090"])
def test_without_a_token_other_hosts_are_refused(unguarded: str, host: str) -> None:
    """A page in a browser here, under a name that resolves to here, must not read what users wrote."""
    response = httpx.get(f"{unguarded}/api/pairs", headers={"host": host})
    assert (response.status_code, response.json()["error"]["code"]) == (403, "host_not_allowed")


@pytest.mark.parametrize("host", ["localhost", "localhost:9090", "127.0.0.1", "[::1]", "[::1]:9090", "LOCALHOST:1"])
def test_this_machines_names_are_served(unguarded: str, host: str) -> None:
    """People type any of these."""
    assert httpx.get(f"{unguarded}/api/routes", headers={"host": host}).status_code == 200


def test_with_a_token_any_host_is_served(guarded: str) -> None:
    """Behind a name in a cluster the token decides."""
    headers = [(b"authorization", b"Bearer " + TOKEN.encode()), (b"host", b"practicum.internal")]
    assert httpx.get(f"{guarded}/api/routes", headers=headers).status_code == 200


def test_probes_are_open_to_any_host(unguarded: str) -> None:
    """Kubelets and scrapers call by address or by name."""
    assert httpx.get(f"{unguarded}/livez", headers={"host": "10.0.0.7:9090"}).status_code == 200
