"""Whose request it is, and in which slice: the facts that ``routing.decision`` asks for, each worked out on demand.

The unit is the first of the route's ``sticky.by`` that the request has: a header's value, a field of its body, its API
key (a digest of it) or its conversation. The slice follows the rules by which the examiner tells it. The body is parsed
at most once, and only where a unit or a slice cannot be told without it. This module refuses to decide, and to fail: a
body that cannot be read has no unit in it, which makes the request the teacher's.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

from proxy.config.settings import Route
from proxy.slicing import conditions_met, rules_of
from proxy.upstream import Headers
from proxy.wire.conversation import conversation_key
from proxy.wire.errors import WireError
from proxy.wire.requests import Document, read_document, traits_of
from proxy.worker.headers import value
from routing.slices import slice_of
from routing.traits import Endpoint, Json, Slice, Traits

_KEYS = (b"x-api-key", b"api-key")
_DIGEST = 32  # hex digits: 128 bits


class RequestFacts:
    """``routing.decision.Facts`` of a client's request. ``told`` is the slice that the client named.

    What every decision asks for is an attribute, because one is made for every request.
    """

    __slots__ = ("_body", "_document", "_route", "_told", "_traits", "endpoint", "headers", "override", "route")

    def __init__(self, route: Route, endpoint: Endpoint, headers: Headers, body: bytes, told: Slice | None) -> None:
        self.route = route.name
        self.endpoint = endpoint
        self.override = value(headers, b"x-practicum-arm").lower() == b"teacher"  # nobody may ask for the student
        self.headers = headers
        self._route = route
        self._body = body
        self._told = told
        self._document: Document | None = None
        self._traits: Traits | None = None

    @property
    def salt(self) -> str:
        """The route's salt: its name unless configured."""
        return self._route.sticky.salt or self._route.name

    def unit(self) -> str:
        """What the first source gives that gives anything, or ""."""
        for source in _sources(self._route.sticky.by):
            if found := source(self):
                return found
        return ""

    def slice(self) -> Slice:
        """The slice by which the traffic is shifted; a body that cannot be read is general, as the examiner has it."""
        if self._told is not None:
            return self._told
        traits = self.traits
        if traits is None:
            return Slice.GENERAL
        declared = self._route.slices
        return slice_of(traits, rules_of(declared), conditions_met(declared, self.headers))

    @property
    def document(self) -> Document:
        """The body, parsed at most once; empty if it cannot be."""
        if self._document is None:
            try:
                self._document = read_document(self._body)
            except WireError:
                self._document = {}
        return self._document

    @property
    def traits(self) -> Traits | None:
        """What the request asks, read at most once; None if the body cannot be."""
        if self._traits is None and self.document:
            self._traits = traits_of(self.endpoint, self.document)
        return self._traits


Source = Callable[[RequestFacts], str]


@lru_cache(maxsize=256)
def _sources(declared: tuple[str, ...]) -> tuple[Source, ...]:
    """The functions that look where ``sticky.by`` says."""
    return tuple(map(_source, declared))


def _source(declared: str) -> Source:
    kind, _, name = declared.partition(":")
    if kind == "header":
        return partial(_header, name.lower().encode())
    if kind == "body":
        return partial(_field, tuple(name.split(".")))
    return _api_key if kind == "api_key" else _conversation


def _header(name: bytes, facts: RequestFacts) -> str:
    return value(facts.headers, name).decode("latin-1")


def _field(path: tuple[str, ...], facts: RequestFacts) -> str:
    """A string or a number in the body; any other value is as good as absent."""
    found: Json = facts.document
    for key in path:
        if not isinstance(found, Mapping):
            return ""
        found = found.get(key)
    if isinstance(found, str):
        return found
    number = isinstance(found, int) and not isinstance(found, bool)
    return str(found) if number or (isinstance(found, float) and math.isfinite(found)) else ""


def _api_key(facts: RequestFacts) -> str:
    """A digest of the key that the client sent, whichever header carried it; the key itself stays where it is."""
    key = value(facts.headers, b"authorization").rpartition(b" ")[2]
    key = key or next((found for name in _KEYS if (found := value(facts.headers, name))), b"")
    return hashlib.sha256(key).hexdigest()[:_DIGEST] if key else ""


def _conversation(facts: RequestFacts) -> str:
    """As the examiner tells conversations apart: the unit of evidence is the unit that is served."""
    named = _header(b"x-practicum-conversation", facts)
    if named:
        return named
    traits = facts.traits
    return conversation_key(traits) if traits else ""
