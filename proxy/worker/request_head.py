"""What a request's head must be for there to be one way to read it, beyond what the parser holds it to.

A request that two servers in a row read differently is one request to the first and two to the second, which is how a
client gets at another's answers. Whatever could be read so is refused. ``http`` asks this of each head.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

import httptools

from proxy.upstream import Headers

NO_HTTP = "Invalid HTTP request received. This port speaks HTTP/1.1."
TOO_LONG = "The request's head exceeds listen.max_header, {} bytes."
_SHOWN = 60  # characters of what is refused


class RefusedError(Exception):
    """What came is refused, and the connection ends: where the next request begins is not known."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def is_modern(version: str) -> bool:
    """Whether a client speaks HTTP/1.1, and not 1.0. Raises RefusedError for any other."""
    if version not in {"1.1", "1.0"}:
        raise RefusedError(505, f"HTTP/{version} is not spoken here. {NO_HTTP}")
    return version == "1.1"


def check_coding(headers: Headers, *, modern: bool) -> None:
    """Only chunks, said once, and only in HTTP/1.1 (``modern``). Raises RefusedError."""
    if not modern:
        raise RefusedError(400, f"A request of HTTP/1.0 has no transfer-encoding. {NO_HTTP}")
    codings = [value.strip().lower() for name, value in headers if name == b"transfer-encoding"]
    if codings != [b"chunked"]:
        shown = b", ".join(codings).decode("latin-1")[:_SHOWN]
        raise RefusedError(501, f"The transfer-encoding {shown!r} is not known here. Send chunked or content-length.")


def check_upgrade(fields: Mapping[bytes, bytes]) -> None:
    """The parser takes a body behind an upgrade for bytes of another protocol. Raises RefusedError."""
    if b"transfer-encoding" in fields or fields.get(b"content-length", b"0") != b"0":
        raise RefusedError(400, "This port does not upgrade connections. Send a request with a body without Upgrade.")


def check_size(target: bytes, headers: Headers, most: int) -> None:
    """No more bytes than ``listen.max_header``. Raises RefusedError."""
    if len(target) + sum(len(name) + len(value) + len(b": \r\n") for name, value in headers) > most:
        raise RefusedError(431, TOO_LONG.format(most))


@lru_cache(maxsize=32)  # nearly all requests have one of a few
def split(url: bytes) -> tuple[str, str]:
    """The target without authority and fragment, and its path without percent-encoding. Raises RefusedError."""
    try:
        if not url.startswith(b"/") or url.find(b"#") >= 0:  # ``in`` raises and catches an error on its way
            parsed = httptools.parse_url(url)
            url = (parsed.path or b"/") + (b"?" + parsed.query if parsed.query else b"")
        target = url.decode("ascii")
    except (httptools.HttpParserInvalidURLError, UnicodeDecodeError) as odd:
        raise RefusedError(400, NO_HTTP) from odd
    path = target.partition("?")[0]
    return target, unquote(path) if "%" in path else path
