"""Who may use the admin port, asked of a real one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from proxy.examiner.guessing import EACH
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


def test_whoever_guesses_is_made_to_wait(store: Store) -> None:
    """And the tries of the sign-in page are the same: there is one token."""
    with served(a_desk(store, token=TOKEN)) as url:
        for number in range(EACH):
            guess = {"authorization": f"Bearer guess-{number}"}
            assert httpx.get(f"{url}/api/routes", headers=guess).status_code == 401
        right = [(b"authorization", b"Bearer " + TOKEN.encode())]
        refused = httpx.get(f"{url}/api/routes", headers=right)
        page = httpx.post(f"{url}/login", data={"token": TOKEN}, headers={"origin": url})
        probe = httpx.get(f"{url}/livez")
    assert (refused.status_code, page.status_code, probe.status_code) == (429, 429, 200)
    assert refused.json()["error"]["code"] == "too_many_guesses"
    assert 1 <= int(refused.headers["retry-after"]) <= 6
    assert 1 <= int(page.headers["retry-after"]) <= 6
    assert "Too many wrong tokens" in page.text


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


ABORT = "/api/routes/support/abort"
JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://localhost:1", "http://127.0.0.1", "http://evil.example/127.0.0.1", ""],
)
def test_no_page_of_another_origin_changes_anything(unguarded: str, origin: str) -> None:
    """A page in a browser here can send to the loopback; that of another program's port here, too."""
    response = httpx.post(unguarded + ABORT, headers=JSON | {"origin": origin}, content=b"{}")
    assert (response.status_code, response.json()["error"]["code"]) == (403, "origin_not_allowed")


@pytest.mark.parametrize(
    "media_type", ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; b=c"]
)
def test_no_form_changes_anything(unguarded: str, media_type: str) -> None:
    """These are the types that a page may send without asking, and old browsers send no origin with them."""
    response = httpx.post(unguarded + ABORT, headers={"content-type": media_type} if media_type else {}, content=b"{}")
    assert (response.status_code, response.json()["error"]["code"]) == (415, "not_json")


def test_no_page_is_allowed_to_send_json(unguarded: str) -> None:
    """A browser asks before it sends JSON elsewhere; without these headers in the answer it does not send."""
    asking = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = httpx.options(unguarded + ABORT, headers=asking)
    assert not response.is_success
    assert not [name for name in response.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8"])
def test_scripts_here_may_order(unguarded: str, media_type: str) -> None:
    """They send JSON and no origin; the desk of these tests then refuses by itself."""
    response = httpx.post(unguarded + ABORT, headers={"content-type": media_type}, content=b"{}")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_possible_now")


def test_the_ports_own_pages_may_order(unguarded: str) -> None:
    """Their origin is the host that they ask."""
    response = httpx.post(unguarded + ABORT, headers=JSON | {"origin": unguarded}, content=b"{}")
    assert response.status_code == 409


def test_yaml_is_validated_without_a_token(unguarded: str) -> None:
    """It changes nothing, and curl sends files under a type of its own."""
    sent = {"content-type": "application/x-www-form-urlencoded"}
    assert httpx.post(f"{unguarded}/api/config/validate", headers=sent, content=b"routes: 1").status_code == 422
    foreign = sent | {"origin": "https://evil.example"}
    assert httpx.post(f"{unguarded}/api/config/validate", headers=foreign, content=b"routes: 1").status_code == 403


def test_with_a_token_neither_origin_nor_type_matters(guarded: str) -> None:
    """A page does not have it, and whoever has it may write orders as he likes."""
    headers = [(b"authorization", b"Bearer " + TOKEN.encode()), (b"origin", b"https://console.example")]
    assert httpx.post(guarded + ABORT, headers=headers, content=b"{}").status_code == 409
    assert httpx.post(guarded + ABORT, headers=[(b"origin", guarded.encode())], content=b"{}").status_code == 401
