"""The console's files over a real socket: open to all, kept for good, and the ones that npm has."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest

from proxy.examiner.console.assets import ASSETS, versioned
from tests.console.stage import console


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("console.css", "text/css"), ("console.js", "text/javascript"), ("htmx.min.js", "text/javascript")],
)
def test_files_are_served_by_type_and_kept(tmp_path: Path, name: str, media_type: str) -> None:
    """Before anybody signs in: the page that asks for the token has a style too."""
    with console(tmp_path, token="secret") as url:
        response = httpx.get(f"{url}{versioned(name)}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media_type)
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["nope.js", "..%2fapp.py", "%2e%2e", "console.css%00", "__init__.py"])
def test_nothing_else_is_served(tmp_path: Path, name: str) -> None:
    """A name is looked up in a table, and never on the disk."""
    with console(tmp_path) as url:
        assert httpx.get(f"{url}/static/{name}").status_code == 404


def test_a_changed_file_has_another_name() -> None:
    """A browser that keeps files for good must never run yesterday's script on today's page."""
    digest = hashlib.sha256(ASSETS["console.js"].body).hexdigest()
    assert versioned("console.js") == f"/static/console.js?{digest[:12]}"


def test_htmx_is_the_copy_that_is_named() -> None:
    """A vendored file that somebody edited is nobody's release any more."""
    found = ASSETS["htmx.min.js"]
    assert b'version:"2.0.11"' in found.body
    assert b"Zero-Clause BSD" in ASSETS["htmx.LICENSE"].body
