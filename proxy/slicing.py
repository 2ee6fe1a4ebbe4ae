"""A route's slice rules at work, and the slice that a caller names.

Both processes use this module, so that a request is in the same slice in each. A worker looks at the headers and hands
over which conditions on them hold, never their values, for they may be secrets; whoever reads the request's text asks
the rest of the rules. What a rule means is in ``routing.slices.rules``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from proxy.config.problems import nearest
from proxy.config.slice_rules import SliceRule
from proxy.patterns import Pattern
from proxy.upstream import Headers
from routing.slices.rules import Rule, Search
from routing.traits import Slice

HEADER = b"x-practicum-slice"
_SHOWN = 60  # characters of a value that is no slice


class UnknownSliceError(ValueError):
    """A caller named a slice that there is not. ``str()`` says which there are."""


def told(headers: Headers) -> Slice | None:
    """The slice that the caller names in a header, or None. Raises ``UnknownSliceError``."""
    named = next((value for name, value in headers if name == HEADER), None)
    if named is None:
        return None
    word = named.decode("latin-1").strip()
    try:
        return Slice(word.lower())
    except ValueError as exc:
        known = tuple(one.value for one in Slice)
        raise UnknownSliceError(
            f"The header {HEADER.decode()} names no slice: {word[:_SHOWN]!r}. {nearest(word.lower(), known)}"
        ) from exc


def conditions_met(declared: Sequence[SliceRule], headers: Headers) -> list[str]:
    """The rules' conditions on headers that hold for these (names in lower case), as the operator wrote them."""
    wanted = dict.fromkeys(rule.when.header for rule in declared if rule.when.header)
    return [condition for condition in wanted if _holds(condition, headers)]


@lru_cache(maxsize=256)
def rules_of(declared: tuple[SliceRule, ...]) -> tuple[Rule, ...]:
    """The rules that a route declares, their patterns compiled."""
    return tuple(
        Rule(
            Slice(rule.slice),
            header=rule.when.header or "",
            system=_search(rule.when.system_matches),
            prompt=_search(rule.when.prompt_matches),
            tool=_glob(rule.when.tool) if rule.when.tool else None,
        )
        for rule in declared
    )


def _holds(condition: str, headers: Headers) -> bool:
    name, equals, value = condition.partition("=")
    wanted = _glob(value if equals else "*")
    return any(wanted(content.decode("latin-1")) for key, content in headers if key == name.lower().encode())


def _search(pattern: str | None) -> Search | None:
    if pattern is None:
        return None
    compiled = Pattern(pattern)
    return lambda text: compiled.search(text) is not None


@lru_cache(maxsize=256)
def _glob(wanted: str) -> Search:
    """Whether a whole text is of this form: ``*`` stands for any characters, and nothing else is special."""
    parts = wanted.split("*")
    return lambda text: _fits(text, parts)


def _fits(text: str, parts: Sequence[str]) -> bool:
    if len(parts) == 1:
        return text == parts[0]
    if not (text.startswith(parts[0]) and text.endswith(parts[-1]) and len(text) >= len(parts[0]) + len(parts[-1])):
        return False
    place, end = len(parts[0]), len(text) - len(parts[-1])
    for part in parts[1:-1]:
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
