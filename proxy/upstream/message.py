"""A request as bytes. Nothing here waits.

Headers are written as they were given: latin-1 or not, in their order and number. Whatever would let one of them end
its line, or frame the message in another way than we do, is refused before anything is sent.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import lru_cache
from typing import Self
from urllib.parse import quote, urlsplit

from proxy.upstream.call import Request, UpstreamError
from routing.observation import Failure


def _only(allowed: bytes) -> bytes:
    """A table for ``bytes.translate`` that leaves these as they are, and nothing else."""
    return bytes(byte if byte in allowed else (byte + 1) % 256 for byte in range(256))


_TOKEN = _only(b"!#$%&'*+.^_`|~-" + string.digits.encode() + string.ascii_letters.encode())  # RFC 9110, section 5.6.2
_VALUE = _only(b"\t" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100)))
_TARGET = _only(bytes(range(0x21, 0x7F)) + bytes(range(0x80, 0x100)))
_FRAMING = frozenset((b"host", b"content-length", b"transfer-encoding"))
_OF_NO_BODY = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))  # whose absent body is not even said to be absent
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a base URL leads. ``host`` is bare, ``authority`` how a request names it, ``path`` starts each target."""

    host: str
    port: int
    tls: bool
    authority: bytes
    path: bytes

    @classmethod
    def of(cls, base_url: str) -> Self:
        """The origin of an http or https URL, as the configuration allows one."""
        parts = urlsplit(base_url.rstrip("/"))
        host, default = parts.hostname or "", _PORTS[parts.scheme]
        port = default if parts.port is None else parts.port
        name = f"[{host}]" if ":" in host else _ascii(host)
        authority = name if port == default else f"{name}:{port}"
        path = quote(parts.path, safe="/%!$&'()*+,;=:@~")
        return cls(host, port, parts.scheme == "https", authority.encode(), path.encode())


def _ascii(host: str) -> str:
    """A host's name as DNS has it; what cannot be one is left for the resolver to refuse."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return quote(host)


def head(request: Request, origin: Origin) -> bytes:
    """A request's head, its empty line included. Raises UpstreamError (INVALID) for one that HTTP cannot carry."""
    start = _start(request.method, request.target, origin.path, origin.authority)
    names = [name for name, _ in request.headers]
    _check(names, [content for _, content in request.headers])
    lines = [start, *map(b": ".join, request.headers)]
    if request.body or request.method not in _OF_NO_BODY:
        lines.append(b"Content-Length: %d" % len(request.body))
    return b"\r\n".join(lines) + b"\r\n\r\n"


@lru_cache(maxsize=32)  # nearly all requests have one of a few
def _start(method: str, target: str, path: bytes, authority: bytes) -> bytes:
    """The request's line, and the host's."""
    try:
        verb, whole = method.encode("ascii"), path + target.encode("latin-1")
    except UnicodeEncodeError as odd:
        raise _refused("a request line", str(odd)) from odd
    if not verb or _others(verb, _TOKEN) or _others(whole, _TARGET):
        raise _refused("a request line", repr(verb + b" " + whole)[:200])
    return b"%b %b HTTP/1.1\r\nHost: %b" % (verb, whole or b"/", authority)


def _check(names: list[bytes], values: list[bytes]) -> None:
    """One look at all of them: a look at each costs more than the rest of this file."""
    if _others(b"".join(names), _TOKEN) or b"" in names:
        raise _refused("a header's name", "it is empty, or has a character that is not allowed in one")
    if not _FRAMING.isdisjoint(names):
        raise _refused("a header", "host, content-length and transfer-encoding are the client's to write")
    if _others(b"".join(values), _VALUE):
        raise _refused("a header's value", "it has a control character, which could end its line")


def _others(text: bytes, allowed: bytes) -> bool:
    """Whether anything is there beside the allowed; in a third of the time that a regular expression takes."""
    return text.translate(allowed) != text


def _refused(what: str, why: str) -> UpstreamError:
    return UpstreamError(Failure.INVALID, f"{what} cannot be sent: {why}")
