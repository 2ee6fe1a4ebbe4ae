"""What a detector is given: one reply, what was asked, and what it is held against.

Detectors are pure functions ``Case -> Label``. They take time linear in bounded parts of the reply, never raise, and
name the rule that fired. JSON Schema is not in the standard library, so its check is passed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from routing.behaviors.label import Label, Presence
from routing.observation import Observation
from routing.traits import Json, Traits

SchemaCheck = Callable[[Json, Json], str | None]
"""(schema, value) -> "" if the value fits, the complaint if it does not, None if the schema cannot be used."""


@dataclass(frozen=True, slots=True)
class Case:
    """One reply to judge. ``reference`` is the teacher's reply to the same request, also when that is the reply."""

    traits: Traits
    reply: Observation
    reference: Observation
    check: SchemaCheck


Detector = Callable[[Case], Label]


def present(
    behavior: str, rule: str, score: float = 1.0, span: tuple[int, int] | None = None, variant: str = ""
) -> Label:
    """The reply shows it."""
    return Label(behavior, Presence.PRESENT, score, rule, span, variant)


def absent(behavior: str, rule: str = "", score: float = 0.0, span: tuple[int, int] | None = None) -> Label:
    """The reply does not show it; a score above 0 says that it came near, ``span`` where one sees that it does not."""
    if score or span:
        return Label(behavior, Presence.ABSENT, score, rule, span)
    return _bare(behavior, Presence.ABSENT, rule)


def not_applicable(behavior: str, rule: str = "") -> Label:
    """The request, or the reference, gives no occasion for it."""
    return _bare(behavior, Presence.NOT_APPLICABLE, rule)


@lru_cache(maxsize=128)
def _bare(behavior: str, presence: Presence, rule: str) -> Label:
    """A label without score and span: most are, and most of those are alike."""
    return Label(behavior, presence, rule=rule)


def parse_json(text: str) -> Json:
    """The JSON value that the text is, by the standard: no NaN. Raises ``ValueError`` for any other text."""
    try:
        value: Json = json.loads(text, parse_constant=_refuse)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
