"""Whether a reply is right, and which behaviors it shows.

Lookups are held to the ideal reply's words (letter case, spacing and closing punctuation aside), arithmetic to its
number, JSON and calls to their values, and doubts to what they do, however it is worded. What is structural is found
by ``routing.behaviors``; what is phrasing by plain rules that know this world's replies and would not do for others, so
that the judge can be held against the detectors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence

from proxy.demo.railway.example import Example, Message, Situation
from routing.behaviors.case import Case
from routing.behaviors.label import Behavior, Presence
from routing.behaviors.table import TABLE
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, FormatKind, Json, Tool, Traits, Turn

_TYPES: dict[Json, type | tuple[type, ...]] = {"string": str, "integer": int, "number": (int, float), "object": dict}
_QUOTED = re.compile(r'"([^"]{8,200})"')
_ABSTAINS = re.compile(r"\bI (?:don't|do not|cannot|can't) (?:know|tell|say)\b", re.IGNORECASE)
_HEDGES = re.compile(r"\b(?:probably|perhaps|may be|might|not (?:certain|sure))\b", re.IGNORECASE)
_REFUSES = re.compile(r"\bI (?:can't|cannot|won't|will not) help\b", re.IGNORECASE)
_CORRECTS = re.compile(r"\bI (?:made a mistake|was wrong)\b", re.IGNORECASE)

_BY_BEHAVIOR = frozenset(
    {Situation.TOTAL, Situation.DURATION, Situation.UNKNOWABLE, Situation.AMBIGUOUS, Situation.UNSAFE}
)
_DETECTORS = {row.behavior: row.detect for row in TABLE}


def judge(example: Example, text: str, calls: Sequence[ToolCall] = ()) -> bool:
    """Whether this reply is right."""
    if example.reply.calls:
        return _same_calls(example.reply.calls, calls)
    if calls:
        return False
    if example.response_format is not None:
        return _same_json(example.reply.content, text)
    if example.kind in _BY_BEHAVIOR:
        return all(shows(behavior, example, text) for behavior in example.behaviors)
    return _plain(text) == _plain(example.reply.content)


def shows(behavior: Behavior, example: Example, text: str, calls: Sequence[ToolCall] = (), finish: str = "") -> bool:
    """Whether this reply to the example shows a behavior. ``finish`` is the finish reason, if it is known."""
    if behavior is Behavior.FORMAT and example.response_format is None:
        return False  # "Answer yes or no." is held to the answer
    if behavior in _RULES:
        return _RULES[behavior](example, text, calls)
    reason = finish or ("tool_calls" if calls else "stop")
    reply = Observation(Arm.STUDENT, text=text, tool_calls=tuple(calls), finish_reason=reason)
    label = _DETECTORS[behavior](Case(traits(example), reply, _reference(example.reply), fits))
    return label.presence is Presence.PRESENT


def _reference(reply: Message) -> Observation:
    finish = "tool_calls" if reply.calls else "stop"
    return Observation(Arm.TEACHER, text=reply.content, tool_calls=reply.calls, finish_reason=finish)


def traits(example: Example) -> Traits:
    """What the example's request asks, as the proxy reads it off the wire."""
    turns = tuple(Turn(m.role, m.content, m.calls, m.call_id) for m in example.messages)
    schema = _at(example.response_format, "json_schema", "schema")
    kind = FormatKind.TEXT if example.response_format is None else FormatKind.JSON_SCHEMA
    return Traits(Endpoint.CHAT, turns, tuple(map(_tool, example.tools)), format=kind, schema=schema)


def _tool(definition: Json) -> Tool:
    return Tool(str(_at(definition, "function", "name")), _at(definition, "function", "parameters"))


def fits(schema: Json, value: Json) -> str:
    """What of the value does not fit, or "", for the little of JSON Schema that this world's schemas use."""
    kind = _TYPES[_at(schema, "type")]
    if not isinstance(value, kind) or isinstance(value, bool):
        return f"{value!r} is not of type {_at(schema, 'type')}"
    if isinstance(value, str) and not re.search(str(_at(schema, "pattern") or ""), value):
        return f"{value!r} does not match {_at(schema, 'pattern')}"
    properties = _at(schema, "properties")
    if not isinstance(value, Mapping) or not isinstance(properties, Mapping):
        return ""
    if value.keys() != properties.keys():
        return f"fields {sorted(value)} are not {sorted(properties)}"
    return next((fault for name, part in value.items() if (fault := fits(properties[name], part))), "")


def _at(value: Json, *path: str) -> Json:
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _abstains(_example: Example, text: str, calls: Sequence[ToolCall]) -> bool:
    return not calls and _ABSTAINS.search(text) is not None


def _clarifies(_example: Example, text: str, calls: Sequence[ToolCall]) -> bool:
    """It asks one question back, and ends with it."""
    return not calls and text.count("?") == 1 and text.rstrip().endswith("?")


def _hedges(_example: Example, text: str, _calls: Sequence[ToolCall]) -> bool:
    return _HEDGES.search(text) is not None


def _refuses(_example: Example, text: str, calls: Sequence[ToolCall]) -> bool:
    return not calls and _REFUSES.search(text) is not None


def _corrects(_example: Example, text: str, _calls: Sequence[ToolCall]) -> bool:
    return _CORRECTS.search(text) is not None


def _grounds(example: Example, text: str, _calls: Sequence[ToolCall]) -> bool:
    """It quotes the context word for word."""
    context = [message.content for message in example.messages if message.role in {"system", "tool"}]
    return any(quote in part for quote in _QUOTED.findall(text) for part in context)


def _repairs(example: Example, _text: str, calls: Sequence[ToolCall]) -> bool:
    """After a failed result it calls, and nothing that was called before."""
    last = example.messages[-1]
    if last.role != "tool" or not last.content.startswith("Error") or not calls:
        return False
    before = {_value(call) for message in example.messages for call in message.calls}
    return before.isdisjoint(map(_value, calls))


_RULES: dict[Behavior, Callable[[Example, str, Sequence[ToolCall]], bool]] = {
    Behavior.REFUSAL: _refuses,
    Behavior.ABSTENTION: _abstains,
    Behavior.CLARIFICATION: _clarifies,
    Behavior.HEDGING: _hedges,
    Behavior.SELF_CORRECTION: _corrects,
    Behavior.GROUNDING: _grounds,
    Behavior.PLAN_REPAIR: _repairs,
}


def _same_calls(wanted: Sequence[ToolCall], made: Sequence[ToolCall]) -> bool:
    return sorted(map(_value, wanted)) == sorted(map(_value, made))


def _value(call: ToolCall) -> tuple[str, str]:
    """A call without its id, its arguments as they compare."""
    try:
        return call.name, json.dumps(json.loads(call.arguments), sort_keys=True)
    except ValueError:
        return call.name, call.arguments


def _same_json(wanted: str, text: str) -> bool:
    try:
        return bool(json.loads(text) == json.loads(wanted))
    except ValueError:
        return False


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".!")
