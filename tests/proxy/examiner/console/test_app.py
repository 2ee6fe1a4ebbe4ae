"""The console stands in front of the API, and answers for nothing but its own paths."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from proxy.examiner.console.app import owns
from proxy.examiner.status import Status
from tests.console.stage import console


@pytest.mark.parametrize("path", ["/", "/login", "/logout", "/events", "/pairs", "/pairs/x", "/routes/x", "/static/x"])
def test_these_are_the_consoles(path: str) -> None:
    """And are behind its door."""
    assert owns(path)


@pytest.mark.parametrize(
    "path",
    ["/livez", "/readyz", "/metrics", "/api/routes", "/api/pairs", "//pairs", "/routes", "/loginx", "/static", ""],
)
def test_these_are_not(path: str) -> None:
    """And stay behind the API's guard."""
    assert not owns(path)


def test_the_api_answers_as_it_did(tmp_path: Path) -> None:
    """With its own errors, its own rules, and none of the console's headers."""
    with console(tmp_path, token="secret") as url:
        unsigned = httpx.get(f"{url}/api/routes")
        missing = httpx.get(f"{url}/nothing", headers={"authorization": "Bearer secret"})
        probe = httpx.get(f"{url}/livez")
    assert (unsigned.status_code, unsigned.json()["error"]["code"]) == (401, "invalid_token")
    assert (missing.status_code, "see /api/routes" in missing.text) == (404, True)
    assert (probe.text, "content-security-policy" in probe.headers) == ("ok\n", False)


def test_a_fault_of_ours_shows_no_detail(tmp_path: Path) -> None:
    """What went wrong inside belongs into the log, not to whoever asks."""

    def broken() -> Status:
        raise RuntimeError("the inner secret")

    with console(tmp_path, status=broken) as url:
        response = httpx.get(f"{url}/")
    assert response.status_code == 500
    assert "inner secret" not in response.text
    assert "log has the trace" in response.text


def test_other_methods_are_refused(tmp_path: Path) -> None:
    """With those that are taken."""
    with console(tmp_path) as url:
        answer = httpx.delete(f"{url}/pairs", headers={"origin": url})
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
