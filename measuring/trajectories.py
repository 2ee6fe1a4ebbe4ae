"""Turns of agents around a tool's result, from the labeled set: what was called, what came back, what was done next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from routing.observation import Arm, Observation, ToolCall
from routing.traits import Json, Tool, Turn


@dataclass(frozen=True, slots=True)
class Step:
    """One call and its result. ``following`` is what the model did next, if the set has it."""

    key: str
    before: tuple[Turn, ...]
    call: ToolCall
    result: str
    failed: bool
    following: Observation | None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The conversation up to the result."""
        return (*self.before, Turn("assistant", "", (self.call,)), Turn("tool", self.result))


def steps(data: Path) -> list[Step]:
    """The set's steps in its order; none where it is not there."""
    path = data / "tau_tool_failures" / "dev.jsonl"
    return [_step(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def tools_of(found: list[Step]) -> tuple[Tool, ...]:
    """The tools that were called, each with the schema that all of its calls fit. The set itself has none."""
    calls: dict[str, list[Json]] = {}
    for step in found:
        calls.setdefault(step.call.name, []).append(json.loads(step.call.arguments))
    return tuple(Tool(name, _schema(values)) for name, values in sorted(calls.items()))


def _schema(values: list[Json]) -> Json:
    """The narrowest simple schema of these values: types, fields, and which fields all of them have."""
    objects = [value for value in values if isinstance(value, Mapping)]
    if objects and len(objects) == len(values):
        fields = {key: [value[key] for value in objects if key in value] for value in objects for key in value}
        required = [key for key, found in fields.items() if len(found) == len(objects)]
        properties = {key: _schema(found) for key, found in fields.items()}
        return {"type": "object", "properties": properties, "required": required}
    if values and all(isinstance(value, list) for value in values):
        return {
            "type": "array",
            "items": _schema([item for value in values if isinstance(value, list) for item in value]),
        }
    kinds: dict[str, type | tuple[type, ...]] = {"string": str, "boolean": bool, "number": (int, float)}
    return next(({"type": kind} for kind, types in kinds.items() if all(isinstance(v, types) for v in values)), {})


def _step(row: Mapping[str, list[dict[str, str]]]) -> Step:
    following = row["next_messages"]
    response = json.loads(json.dumps(row["response"]))
    return Step(
        key=str(row["id"]),
        before=tuple(_turn(message) for message in row["prompt"]),
        call=_calls(response)[0],
        result=str(row["tool_result"]),
        failed=str(row["label"]) == "tool_failed",
        following=_observation(following[0]) if following else None,
    )


def _observation(message: Mapping[str, Json]) -> Observation:
    return Observation(Arm.STUDENT, text=str(message.get("content") or ""), tool_calls=_calls(message))


def _turn(message: Mapping[str, Json]) -> Turn:
    return Turn(str(message["role"]), str(message.get("content") or ""), _calls(message))


def _calls(message: Mapping[str, Json]) -> tuple[ToolCall, ...]:
    listed = message.get("tool_calls")
    entries = [entry for entry in listed if isinstance(entry, Mapping)] if isinstance(listed, list) else []
    return tuple(ToolCall(str(entry["name"]), str(entry["arguments"])) for entry in entries)
