"""The kinds of value a setting can have: for each, how text becomes a value, how it is shown, how JSON Schema says it.

One row per kind, so that the three never part. A row judges a value by itself; what needs two keys is in ``rules``.
Nothing here shows a secret: a kind that may hold one says so, and its refused values are not echoed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import SplitResult, urlsplit

from proxy.config import units
from proxy.config.problems import Refused, nearest, quoted
from proxy.patterns import MAX_PATTERN, Pattern, PatternError
from routing.traits import Json, Slice

NUMBERS = frozenset({"int", "float"})
ANY_SCALAR = frozenset({"str", "int", "float", "bool", "null", "timestamp"})

ENV_NAME = r"^[A-Z][A-Z0-9_]{0,127}$"
ROUTE_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
BEHAVIOR_NAME = r"^[a-z][a-z0-9_]{0,63}$"
STICKY_SOURCE = (
    r"^(?:header:[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}|body:[A-Za-z_][A-Za-z0-9_.-]{0,127}|api_key|conversation)$"
)
HEADER_CONDITION = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}(?:=[ -~]{1,256})?$"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
DATABASE_SCHEMES = ("sqlite", "postgresql", "postgresql+psycopg")
_COUNT = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,15})")
_PORTS = 65535
_MAX_PROSE = 20_000  # characters


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of scalar.

    ``tags`` are the YAML types it is written as. ``shown`` is how messages show a refused value, "" for not at all.
    """

    noun: str
    tags: frozenset[str]
    read: Callable[[str], Any]
    schema: Mapping[str, Json]
    placeholder: str | float | bool = ""
    write: Callable[[Any], Json] = lambda value: value
    shown: Callable[[str], str] = quoted


def mask_password(url: str) -> str:
    """A URL with its password, wherever it stands, replaced by ``***``."""
    text = re.sub(r"(?<=//)([^/@:]*):.*@", r"\1:***@", url)
    return re.sub(r"([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&]*", r"\1***", text, flags=re.IGNORECASE)


def _masked_url(text: str) -> str:
    """A refused URL without its credentials; nothing of a text that is no URL, for it may be a key."""
    return quoted(mask_password(re.sub(r"//.*@", "//***@", text))) if "://" in text else ""


def loopback(host: str) -> bool:
    """Whether only this host can reach a server that listens there."""
    return host in {"localhost", "::1"} or re.fullmatch(r"127(\.[0-9]{1,3}){3}", host) is not None


def _text(text: str) -> str:
    if not text.strip():
        raise Refused("is empty", "write something, or leave the key out")
    if not text.isprintable():
        raise Refused("holds characters that cannot be shown", "write one line of plain text")
    return text


def _prose(text: str) -> str:
    if len(text) > _MAX_PROSE:
        raise Refused(f"is {len(text)} characters long, more than the limit of {_MAX_PROSE}", "say it in fewer words")
    _text(" ".join(text.split("\n")))
    return text


def _pattern(text: str) -> str:
    if not text:
        raise Refused("is empty", "write a pattern, such as (?i)\\bsection \\d+")
    try:
        Pattern(text)
    except PatternError as exc:
        raise Refused(str(exc), "write it in RE2's syntax, without lookaround or backreference, and shorter") from exc
    return text


def _timeout(text: str) -> float:
    seconds = units.parse_duration(text)
    if not seconds:
        raise Refused("leaves no time at all", "write a duration above zero, such as 10s")
    return seconds


def _integer(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise Refused("is not a whole number", "write it in plain decimal digits, such as 100")
    return int(text)


def _between(least: int, most: int | None) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = _integer(text)
        if value < least or (most is not None and value > most):
            bound = f"{least} or more" if most is None else f"{least} to {most}"
            raise Refused("is out of range", f"write a whole number, {bound}")
        return value

    return read


def _boolean(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise Refused("is neither true nor false", "write true or false")
    return text.lower() == "true"


def _matching(pattern: str, why: str, remedy: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise Refused(why, remedy)
        return text

    return read


def _date(text: str) -> str:
    try:
        real = re.fullmatch(DATE, text) and date.fromisoformat(text)
    except ValueError as exc:
        raise Refused("is not a day of the calendar", "write a real date, such as 2027-03-01") from exc
    if not real:
        raise Refused("is not a date", "write it as year-month-day, such as 2027-03-01")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError as exc:
        raise Refused("is not a URL", "write it like https://host:8000/v1") from exc
    return parts


def _base_url(text: str) -> str:
    return _url(text).rstrip("/")  # a path is appended to it


def _url(text: str) -> str:
    parts = _split(_text(text))
    if "@" in parts.netloc:
        raise Refused("carries credentials", "name the environment variable that holds the key in api_key_env instead")
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", text):
        raise Refused("is not an http or https URL", "write it like https://host/v1 or http://host:8000/v1")
    if parts.query or parts.fragment:
        raise Refused("has a query or a fragment", "end it with the path, such as /v1")
    return text


def _database(text: str) -> str:
    parts = _split(_text(text))
    if parts.scheme not in DATABASE_SCHEMES:
        raise Refused("is not a database URL", "write sqlite:///FILE or postgresql://user@host/database")
    if parts.scheme == "sqlite" and not re.fullmatch(r"sqlite:///[^?#]+", text):
        raise Refused("names no file", "write sqlite:///practicum.db")
    if parts.scheme != "sqlite" and not parts.path.strip("/"):
        raise Refused("names no database", "write postgresql://user@host/database")
    return text


def choice(choices: tuple[str, ...]) -> Kind:
    """The kind whose values are these words."""

    def read(text: str) -> str:
        if text not in choices:
            raise Refused("is not one of the choices", nearest(text, choices))
        return text

    return Kind("one of " + ", ".join(choices), ANY_SCALAR, read, {"enum": list(choices)}, choices[0])


SLICE_OR_DEFAULT = choice((*(s.value for s in Slice), "default"))
"""The keys of a mapping by slice."""

_STR = frozenset({"str"})
_INT = frozenset({"int"})
_HTTP_URL: Mapping[str, Json] = {"type": "string", "pattern": "^https?://[^/@?#]+(/[^?#]*)?$"}
_DURATION: Mapping[str, Json] = {
    "type": "string",
    "pattern": units.DURATION_PATTERN,
    "description": "A duration, as in 10s or 1h30m.",
}


def _integers(noun: str, least: int, most: int | None = None) -> Kind:
    bounds = {"minimum": least} | ({} if most is None else {"maximum": most})
    return Kind(noun, _INT, _between(least, most), {"type": "integer", **bounds}, least)


def _patterned(noun: str, pattern: str, why: str, remedy: str, shown: Callable[[str], str] = quoted) -> Kind:
    read = _matching(pattern, why, remedy)
    return Kind(noun, ANY_SCALAR, read, {"type": "string", "pattern": pattern}, shown=shown)


KINDS: Mapping[str, Kind] = {
    "duration": Kind("a duration", ANY_SCALAR, units.parse_duration, _DURATION, 0.0, units.format_duration),
    "timeout": Kind("a duration", ANY_SCALAR, _timeout, _DURATION, 1.0, units.format_duration),
    "size": Kind(
        "a size",
        ANY_SCALAR,
        units.parse_size,
        {"type": "string", "pattern": units.SIZE_PATTERN, "description": "A size, such as 64KiB, 8MiB, 500kB."},
        0,
        units.format_size,
    ),
    "percent": Kind(
        "a percentage",
        NUMBERS,
        units.parse_percent,
        {"type": "number", "minimum": 0, "maximum": 100, "description": "Percent, with up to three decimals."},
        0.0,
        units.plain_percent,
    ),
    "price": Kind(
        "a price",
        NUMBERS,
        units.parse_price,
        {"type": "number", "minimum": 0, "maximum": 999_999_999, "description": "For a million tokens."},
        0.0,
        units.plain_percent,
    ),
    "integer": Kind("a whole number", _INT, _integer, {"type": "integer"}, 0),
    "count": _integers("a whole number", 0),
    "positive count": _integers("a whole number", 1),
    "port": _integers("a port", 0, _PORTS),
    "boolean": Kind("true or false", frozenset({"bool"}), _boolean, {"type": "boolean"}, placeholder=False),
    "text": Kind("text", _STR, _text, {"type": "string", "minLength": 1}),
    "prose": Kind("text", _STR, _prose, {"type": "string", "minLength": 1, "maxLength": _MAX_PROSE}),
    "regular expression": Kind(
        "a regular expression", _STR, _pattern, {"type": "string", "minLength": 1, "maxLength": MAX_PATTERN}
    ),
    "url": Kind("a URL", _STR, _base_url, _HTTP_URL, shown=_masked_url),
    "webhook url": Kind("a URL", _STR, _url, _HTTP_URL, shown=_masked_url),
    "database url": Kind(
        "a database URL",
        _STR,
        _database,
        {"type": "string", "pattern": r"^(sqlite:///|postgresql(\+psycopg)?://)"},
        write=mask_password,
        shown=_masked_url,
    ),
    "date": Kind("a date", ANY_SCALAR, _date, {"type": "string", "format": "date", "pattern": DATE}),
    "slice": choice(tuple(s.value for s in Slice)),
    "environment variable": _patterned(
        "the name of an environment variable",
        ENV_NAME,
        "is not the name of an environment variable",
        "put the secret in the environment and write the variable's name here, such as TEACHER_API_KEY",
        shown=lambda _: "",  # it may be the secret itself
    ),
    "route name": _patterned(
        "a name",
        ROUTE_NAME,
        "is not a name for a route",
        "use 1 to 64 letters, digits, dots, dashes and underscores, the first a letter or digit",
    ),
    "behavior": _patterned(
        "a behavior",
        BEHAVIOR_NAME,
        "is not the name of a behavior",
        "use 1 to 64 lower-case letters, digits and underscores, the first a letter",
    ),
    "header condition": _patterned(
        "a condition on a header",
        HEADER_CONDITION,
        "is not a condition on a header",
        "write the header's NAME, or NAME=VALUE with * for any characters, such as x-team=ide-*",
    ),
    "sticky source": _patterned(
        "a source of the sticky unit",
        STICKY_SOURCE,
        "is not a source of the sticky unit",
        "write header:NAME, body:FIELD, api_key or conversation",
    ),
}
"""Every kind, by the word that stands in ``settings``."""
