"""A span as this package makes it: plain values, with explicit times, that know nothing of a client library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import urlsplit

from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Place

Value = str | bool | int | float | tuple[str, ...]
Attributes = Mapping[str, Value | None]

_NANO = 1_000_000_000
_PORTS = {"http": 80, "https": 443}
_CLIENT_ERROR = 400


class Kind(StrEnum):
    """Whose side of a call a span is."""

    SERVER = "server"
    CLIENT = "client"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Span:
    """One span. Times are Unix nanoseconds; ``error`` is its ``error.type``, "" where it went well.

    ``remote`` says whether its parent is of another process; an attribute that is None is left out.
    """

    name: str
    place: Place
    kind: Kind
    start: int
    end: int
    attributes: Attributes
    parent: Place | None = None
    remote: bool = False
    links: tuple[Place, ...] = ()
    error: str = ""


def nanoseconds(since: float, offset: float = 0.0) -> int:
    """A moment in Unix nanoseconds, so many seconds after another in Unix seconds."""
    return int(since * _NANO) + int(offset * _NANO)


@lru_cache(256)
def server(base_url: str) -> Attributes:
    """Whom a client span calls. As many URLs as are configured: each is taken apart once."""
    parts = urlsplit(base_url)
    return {name.SERVER_ADDRESS: parts.hostname, name.SERVER_PORT: parts.port or _PORTS.get(parts.scheme)}


def error_of_call(outcome: str, status: int) -> str:
    """The ``error.type`` of a call of an upstream, by how ``upstream_attempts_total`` counts its end."""
    if status >= _CLIENT_ERROR:
        return str(status)
    return "" if outcome in {"ok", "cancelled", "client_gone"} else outcome
