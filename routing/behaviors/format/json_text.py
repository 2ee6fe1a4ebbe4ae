"""JSON as a reply: whether a text is JSON, and if not, how near it came.

Two readers differ in what they forgive. A client in JSON mode parses the text as it stands: a code fence breaks it. Who
asked in prose accepts one fence around the whole. Prose around the JSON, a trailing comma and a missing end satisfy
neither. Nothing is repaired here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from routing.behaviors.case import parse_json
from routing.traits import Json

NEAR = 0.5
_FENCE = re.compile(r"\s*```[ \t]*(?:[a-zA-Z]{1,10})?[ \t]*\n?")
_COMMA = re.compile(r",\s{0,1000}[\]}]")
_OPENINGS = re.compile(r"[{\[]")
_TRIES = 5  # openings inside prose from which a value is read


@dataclass(frozen=True, slots=True)
class JsonReading:
    """``fault`` is "" where the text is JSON; else what is wrong, how near it came, and where that is seen."""

    value: Json = None
    fault: str = ""
    nearness: float = 0.0
    span: tuple[int, int] | None = None


def read_json(text: str) -> JsonReading:
    """The text as the JSON value it is."""
    try:
        return JsonReading(parse_json(text))
    except json.JSONDecodeError as exc:
        return _unparsed(text, exc.pos)
    except ValueError:  # NaN, an integer of thousands of digits, nesting: valid for nobody's parser
        return JsonReading(fault="not_json")


def read_fenced_json(text: str) -> JsonReading:
    """The same, for a reader who accepts one code fence around the whole."""
    found = read_json(text)
    return JsonReading(found.value) if found.fault == "fenced" else found


def _unparsed(text: str, place: int) -> JsonReading:
    if not text.strip():
        return JsonReading(fault="empty")
    if (inside := _inside_fence(text)) is not None:
        return _read_inside(text[slice(*inside)], inside[0])
    if (span := _in_prose(text)) is not None:
        return JsonReading(fault="json_in_prose", nearness=NEAR, span=span)
    if text.lstrip()[0] in "{[" and (comma := _COMMA.match(text, text.rfind(",", 0, place + 1))):
        return JsonReading(fault="trailing_comma", nearness=NEAR, span=comma.span())
    return JsonReading(fault="not_json", span=(place, min(place + 1, len(text))))


def _read_inside(inner: str, begins: int) -> JsonReading:
    found = read_json(inner)
    if not found.fault:
        return JsonReading(found.value, "fenced", NEAR)
    span = None if found.span is None else (begins + found.span[0], begins + found.span[1])
    return JsonReading(found.value, found.fault, found.nearness, span)


def _inside_fence(text: str) -> tuple[int, int] | None:
    """Where what stands inside the one fence around the whole text begins and ends, or None."""
    opening, whole = _FENCE.match(text), text.rstrip()
    if opening is None or not whole.endswith("```") or len(whole) - 3 < opening.end():
        return None
    inside = opening.end(), len(whole) - 3
    return None if "```" in text[slice(*inside)] else inside


def _in_prose(text: str) -> tuple[int, int] | None:
    """Where a JSON object or array of some size stands in a text that is more than it."""
    decoder = json.JSONDecoder()
    for opening, _ in zip(_OPENINGS.finditer(text), range(_TRIES), strict=False):
        try:
            value, end = decoder.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            continue
        if value and text[: opening.start()].strip() + text[end:].strip():
            return opening.start(), end
    return None
