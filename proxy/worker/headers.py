"""Which headers pass, in both directions. Names are compared as lower case bytes; values are never touched.

End-to-end headers pass as they are. Hop-by-hop ones, those that ``Connection`` names, and every ``x-practicum-*`` do
not; a client's credentials pass to the teacher only where the teacher has no key of its own and this proxy asks none.
"""

from __future__ import annotations

from proxy.upstream import Headers

_HOP_BY_HOP = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding "
    b"upgrade".split()
)
_HOP_BY_HOP_AND_LENGTH = _HOP_BY_HOP | {b"content-length"}
_CREDENTIALS = frozenset((b"authorization", b"x-api-key", b"api-key"))
_NOT_FORWARDED = _HOP_BY_HOP | {b"host", b"content-length", b"expect"}
_NOT_FORWARDED_EITHER = _NOT_FORWARDED | _CREDENTIALS
_OURS = b"x-practicum-"
_BODILESS = frozenset((204, 304))


def value(headers: Headers, name: bytes) -> bytes:
    """The first value of a header given in lower case, b"" if there is none."""
    for key, found in headers:
        if key == name:
            return found
    return b""


def forwarded(headers: Headers, *, api_key: str | None, keep_credentials: bool) -> list[tuple[bytes, bytes]]:
    """A request's headers as the upstream gets them (names in lower case, as the server parsed them)."""
    dropped = _NOT_FORWARDED if keep_credentials and api_key is None else _NOT_FORWARDED_EITHER
    passed = _passed(headers, [name for name, _ in headers], dropped)
    if api_key is not None:
        passed += _credentials(headers, api_key)
    return passed


def returned(headers: Headers, status: int, *, pair: str, arm: str) -> list[tuple[bytes, bytes]]:
    """A reply's headers as the client gets them."""
    names = [name for name, _ in headers]
    unsized = status in _BODILESS or b"transfer-encoding" in names
    passed = _passed(headers, names, _HOP_BY_HOP_AND_LENGTH if unsized else _HOP_BY_HOP)
    passed += ((b"x-practicum-pair", pair.encode()), (b"x-practicum-arm", arm.encode()))
    return passed


def _passed(headers: Headers, names: list[bytes], dropped: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    """Those that are not dropped, named by Connection, or ours; ``names`` are the headers' own."""
    if b"connection" in names and (named := _named_by_connection(headers)):
        dropped |= named
    if b"\n".join(names).find(_OURS) < 0:  # one look at all names costs less than one at each
        return [header for header in headers if header[0] not in dropped]
    return [header for header in headers if header[0] not in dropped and not header[0].startswith(_OURS)]


def _credentials(headers: Headers, api_key: str) -> list[tuple[bytes, bytes]]:
    """The upstream's own key, in the header in which this client's API carries one."""
    if value(headers, b"x-api-key") or value(headers, b"anthropic-version"):
        return [(b"x-api-key", api_key.encode())]
    return [(b"authorization", b"Bearer " + api_key.encode())]


def _named_by_connection(headers: Headers) -> frozenset[bytes]:
    tokens = b",".join([content for name, content in headers if name == b"connection"])
    if tokens in {b"keep-alive", b"close"}:
        return frozenset()
    return frozenset(token.strip().lower() for token in tokens.split(b","))
