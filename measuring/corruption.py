"""Calls spoiled, changed and rewritten on purpose, by fixed rules: labeled cases where no set of them exists.

``spoiled`` are the ways in which models break a call's arguments, ``changed`` those in which they call with other
values, ``rewritten`` those in which the same call is written otherwise. Nothing here is drawn by chance.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from routing.observation import ToolCall
from routing.traits import Json

_FREE = 80  # characters of a text that nobody copies word for word


def spoiled(call: ToolCall, schema: Json) -> Iterator[tuple[str, ToolCall]]:
    """The call with arguments that cannot be used, each with what was done to it."""
    text, value = call.arguments, json.loads(call.arguments)
    for name, broken in _broken(text, value):
        yield name, ToolCall(call.name, broken)
    yield "unknown tool", ToolCall(f"{call.name}_v2", text)
    if isinstance(schema, Mapping) and isinstance(value, dict):
        yield from ((name, ToolCall(call.name, json.dumps(bad))) for name, bad in _unfit(value, schema))


def _broken(text: str, value: Json) -> Iterator[tuple[str, str]]:
    yield "cut", text[: max(1, len(text) * 6 // 10)]
    yield "last brace missing", text.rstrip()[:-1]
    yield "brace too many", f"{text}}}"
    yield "trailing comma", f"{text.rstrip()[:-1]},}}"
    yield "fenced", f"```json\n{text}\n```"
    yield "prose before", f"Here are the arguments: {text}"
    yield "encoded twice", json.dumps(text)
    yield "in a list", f"[{text}]"
    yield "comment", f"{text} // done"
    yield "colon missing", text.replace(":", " ", 1)
    if '"' in text:
        yield "single quotes", repr(value)
        yield "quote missing", text.replace('"', "", 1)
        yield "line break in a string", text.replace('":', '\n":', 1)


def _unfit(value: dict[str, Json], schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    required, properties = schema.get("required"), schema.get("properties")
    for key in required if isinstance(required, list) else ():
        if key in value:
            yield f"{key} missing", {name: part for name, part in value.items() if name != key}
    for key, part in value.items():
        place = properties.get(key) if isinstance(properties, Mapping) else None
        kind = place.get("type") if isinstance(place, Mapping) else None
        if kind in {"string", "number", "integer", "boolean", "array", "object"}:
            yield f"{key} of another type", {**value, key: {"value": part} if kind != "object" else "x"}


def changed(call: ToolCall) -> Iterator[tuple[str, ToolCall]]:
    """The call with one value that anybody can check changed, dropped or added."""
    value = json.loads(call.arguments)
    for name, other in _varied(value):
        yield name, ToolCall(call.name, json.dumps(other))


def _varied(value: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from ((f"{key}: {name}", {**value, key: other}) for name, other in _varied(part))
    elif isinstance(value, list):
        if len(value) > 1:
            yield "element dropped", value[:-1]
        for place, part in enumerate(value[:2]):
            yield from ((name, [*value[:place], other, *value[place + 1 :]]) for name, other in _varied(part))
    elif isinstance(value, bool):
        yield "flag turned", not value
    elif isinstance(value, int | float):
        yield "number changed", value + 1
    elif isinstance(value, str) and _is_code(value):
        yield "identifier changed", value[:-1] + chr(ord(value[-1]) ^ 1)


def _is_code(text: str) -> bool:
    """An identifier, a date or a code: no words that could be put otherwise."""
    return bool(text) and " " not in text and text.isascii() and (any(c.isdigit() for c in text) or text.isupper())


def rewritten(call: ToolCall) -> Iterator[tuple[str, ToolCall]]:
    """The same call written otherwise."""
    value = json.loads(call.arguments)
    yield "spaced", ToolCall(call.name, json.dumps(value, indent=2))
    yield "compact", ToolCall(call.name, json.dumps(value, separators=(",", ":")))
    yield "unescaped", ToolCall(call.name, json.dumps(value, ensure_ascii=False))
    yield "reordered", ToolCall(call.name, json.dumps(_reordered(value)))
    yield "as floats", ToolCall(call.name, json.dumps(_as_floats(value)))
    if isinstance(value, dict):
        yield "null added", ToolCall(call.name, json.dumps({**value, "an_option": None}))


def reworded(call: ToolCall) -> Iterator[tuple[str, ToolCall]]:
    """The same call with a free text in other words: the text's own, from its end to its start."""
    value = json.loads(call.arguments)
    for key, part in value.items() if isinstance(value, dict) else ():
        if isinstance(part, str) and len(part) > _FREE and " " in part:
            other = {**value, key: " ".join(reversed(part.split()))}
            yield f"{key} reworded", ToolCall(call.name, json.dumps(other))


def _reordered(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _reordered(value[key]) for key in reversed(value)}
    return [_reordered(part) for part in value] if isinstance(value, list) else value


def _as_floats(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _as_floats(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_as_floats(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
