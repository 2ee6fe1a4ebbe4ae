"""A JSON document read without trusting its types: what is missing or of another type reads as empty.

Upstreams and clients disagree with their own specifications daily, and shadow work must not fall over one of them.
The reader is strict msgspec first and the standard library second, which takes what Python servers write (``NaN``,
lone surrogates, halves of an emoji in two chunks) and what SSE says about bad UTF-8 (replace it). It refuses to edit
documents; ``fields`` does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import msgspec

from routing.traits import Json

# What a decoder gives is a dict or a list; asking an abstract class costs ten times as much, so it is asked last.
_decoder = msgspec.json.Decoder()


def parse(data: bytes) -> Json:
    """The document. Raises ``ValueError`` or ``RecursionError`` for bytes that no lenient reader takes."""
    try:
        document: Json = _decoder.decode(data)
    except (ValueError, RecursionError):
        document = json.loads(data.decode("utf-8", "replace"))
    return document


def whole(text: str) -> str:
    """The text as it can be encoded: halves of a surrogate pair joined, lone ones replaced."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def mapping(value: Json) -> Mapping[str, Json]:
    """The object, or an empty one."""
    return value if isinstance(value, (dict, Mapping)) else {}


def items(value: Json) -> Sequence[Json]:
    """The array, or an empty one."""
    if isinstance(value, list):
        return value
    return value if value and isinstance(value, Sequence) and not isinstance(value, str) else ()


def text(value: Json) -> str:
    """The string, or ""."""
    return value if isinstance(value, str) else ""


def integer(value: Json) -> int | None:
    """The integer, or None; booleans are none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def finite(value: Json) -> float | None:
    """The number as a float if it is finite, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def written(value: Json) -> str:
    """A value as compact JSON text; a string as it is, for it is JSON text already. Absent values write nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return ""


def part_texts(value: Json, kinds: frozenset[str]) -> list[str]:
    """The texts in a content value: a bare string, or the ``text`` of parts whose ``type`` is one of the kinds."""
    if isinstance(value, str):
        return [value]
    parts = [mapping(part) for part in items(value)]
    return [text(part.get("text")) for part in parts if text(part.get("type")) in kinds]
