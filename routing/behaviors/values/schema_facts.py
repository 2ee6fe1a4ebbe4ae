"""What a JSON Schema says of one place in a value, as far as comparing two values needs it.

References within the schema are followed, and the branches of ``anyOf``, ``oneOf`` and ``allOf`` are read side by side:
what any branch says counts. This is no validation: whether a value fits is ``SchemaCheck``'s to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.traits import Json

_PARTS = 16  # branches that are read
_BRANCHES = ("allOf", "anyOf", "oneOf")
_RESTRICTING = ("enum", "const", "format", "pattern")
_DATE_FORMATS = frozenset({"date", "date-time", "time"})
_SAYS_DATE = re.compile(r"\bdate\b|\bdob\b|\byyyy\b|\bhh:mm\b|\bdepart\w* time\b|\btime of day\b", re.IGNORECASE)
_EXAMINED = 400  # characters of a description

MISSING = object()
"""Stands for no default, since ``null`` is one."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds at one place: the schemas that apply there, the whole schema they refer into, the place's name."""

    parts: tuple[Mapping[str, Json], ...] = ()
    root: Json = None
    name: str = ""

    def at_key(self, key: str) -> Facts:
        """The facts of an object's field."""
        found = [_mapping(part.get("properties")).get(key) for part in self.parts]
        return facts_of(found, self.root, key)

    def at_item(self, index: int) -> Facts:
        """The facts of a list's element."""
        return facts_of([_item(part, index) for part in self.parts], self.root, self.name)

    @property
    def says_date(self) -> bool:
        """Whether it asks for a date or a time: by its format, its description or its name."""
        if any(part.get("format") in _DATE_FORMATS for part in self.parts):
            return True
        written = [self.name.replace("_", " ")]
        written += [said[:_EXAMINED] for part in self.parts if isinstance(said := part.get("description"), str)]
        return any(_SAYS_DATE.search(said) for said in written)

    @property
    def restricts(self) -> bool:
        """Whether it allows certain texts only, so that two different ones are two different choices."""
        return any(key in part for part in self.parts for key in _RESTRICTING)

    @property
    def lists_options(self) -> bool:
        """Whether the value is one of a list."""
        return any("enum" in part for part in self.parts)

    @property
    def unordered(self) -> bool:
        """Whether it is a set: the order of its elements says nothing."""
        return any(part.get("uniqueItems") is True for part in self.parts)

    @property
    def default(self) -> object:
        """What stands for a missing value, or ``MISSING``."""
        return next((part["default"] for part in self.parts if "default" in part), MISSING)


def facts(schema: Json) -> Facts:
    """The facts of a whole value."""
    return facts_of([schema], schema)


def facts_of(schemas: list[Json], root: Json, name: str = "") -> Facts:
    """The facts of a place to which these schemas apply."""
    return Facts(tuple(_parts(schemas, root)), root, name)


def _parts(schemas: list[Json], root: Json) -> Iterator[Mapping[str, Json]]:
    rest = list(schemas)
    for _ in range(_PARTS):
        if not rest:
            return
        part = _mapping(rest.pop(0))
        if isinstance(reference := part.get("$ref"), str):
            rest.append(_referred(root, reference))
        for key in _BRANCHES:
            branches = part.get(key)
            rest += branches if isinstance(branches, list) else []
        if part:
            yield part


def _referred(root: Json, reference: str) -> Json:
    """What a reference within the schema (``#/$defs/x``) points to; nothing for any other."""
    if not reference.startswith("#"):
        return None
    for step in reference[1:].split("/")[1:]:
        root = _mapping(root).get(step.replace("~1", "/").replace("~0", "~"))
    return root


def _item(part: Mapping[str, Json], index: int) -> Json:
    places = part.get("prefixItems")
    items = part.get("items")
    listed = places if isinstance(places, list) else items if isinstance(items, list) else []
    if index < len(listed):
        found: Json = listed[index]
        return found
    return items if isinstance(items, Mapping) else None


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
