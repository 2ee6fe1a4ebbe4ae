"""The configuration over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from proxy.config.parse import parse
from proxy.store.store import Store
from tests.proxy.desk import CONFIG, a_desk, served


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of an admin port."""
    directory: Path = tmp_path_factory.mktemp("config")
    store = Store.open(f"sqlite:///{directory / 'pairs.db'}")
    with served(a_desk(store)) as url, httpx.Client(base_url=url, trust_env=False) as opened:
        yield opened
    store.close()


def test_the_effective_configuration_as_json(client: httpx.Client) -> None:
    """With every default filled in."""
    found = client.get("/api/config").json()
    assert found["listen"]["port"] == 18080
    assert found["routes"]["support"]["mirror"]["concurrency"] == 32


def test_the_effective_configuration_as_yaml_is_valid_again(client: httpx.Client) -> None:
    """What is printed can be copied into a file."""
    response = client.get("/api/config", headers={"accept": "application/yaml"})
    assert response.headers["content-type"].startswith("application/yaml")
    again = parse(response.content, "again").config
    assert again.routes == parse(CONFIG, "first").config.routes


def test_passwords_are_masked(tmp_path: Path) -> None:
    """The API is read by people who may not read the database."""
    config = parse(b"database: postgresql://user:hunter2@host/db\n" + CONFIG, "test").config
    store = Store.open(f"sqlite:///{tmp_path / 'pairs.db'}")
    with served(a_desk(store, config=lambda: config)) as url:
        both = (
            httpx.get(f"{url}/api/config").text + httpx.get(f"{url}/api/config", headers={"accept": "text/yaml"}).text
        )
    store.close()
    assert "hunter2" not in both
    assert "user" in both


def test_a_valid_file_is_valid_with_its_warnings(client: httpx.Client) -> None:
    """A deployment can ask before it rolls out."""
    response = client.post("/api/config/validate", content=CONFIG + b"tracing: {sample: 1}\n")
    body = response.json()
    assert (response.status_code, body["valid"], body["problems"]) == (200, True, [])
    assert [warning["key"] for warning in body["warnings"]] == ["tracing.sample"]


def test_an_invalid_file_gets_every_problem_with_its_line(client: httpx.Client) -> None:
    """One round is enough to mend it."""
    response = client.post("/api/config/validate", content=b"listn: {}\n" + CONFIG + b"    mirror: {percentage: 140}\n")
    body = response.json()
    assert (response.status_code, body["valid"]) == (422, False)
    assert [(fault["line"], fault["key"]) for fault in body["problems"]] == [
        (1, "listn"),
        (8, "routes.support.mirror.percentage"),
    ]
    assert "listen" in body["problems"][0]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 500, b"a: &a [*a]"])
def test_any_bytes_get_a_verdict(client: httpx.Client, body: bytes) -> None:
    """What is no YAML at all is a problem of the file, not of the port."""
    response = client.post("/api/config/validate", content=body)
    assert response.status_code == 422
    assert response.json()["problems"]
