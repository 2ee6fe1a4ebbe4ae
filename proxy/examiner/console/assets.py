"""The console's files: its style, its few lines of script, htmx, and its mark. Nothing is loaded from anywhere else.

They are read once and named with a digest of what is in them, so that a browser keeps each for good and never an old
one. Whoever has not signed in may load them: nothing in them is anybody's. htmx is a copy of version 2.0.11 as npm has
it (Zero-Clause BSD, ``static/htmx.LICENSE``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

PREFIX = "/static/"
_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".LICENSE": "text/plain"}
_FOR_GOOD = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, and the digest that names what is in it."""

    body: bytes
    media_type: str
    digest: str


def _asset(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body, _TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])


ASSETS: Mapping[str, Asset] = {path.name: _asset(path) for path in sorted(_FOLDER.iterdir()) if path.suffix in _TYPES}


def versioned(name: str) -> str:
    """The path under which a page loads a file. Raises ``KeyError`` where there is none."""
    return f"{PREFIX}{name}?{ASSETS[name].digest}"


async def asset(request: Request) -> Response:
    """The answer to a request for a file."""
    found = ASSETS.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("no such file\n", 404)
    return Response(found.body, 200, _FOR_GOOD, found.media_type)
