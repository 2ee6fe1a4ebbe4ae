"""How ``tool_call`` and ``plan_repair`` are measured.

The set of failed results has labels for failures only. Calls have no labels anywhere, so theirs are made: the agent's
own calls, and calls drawn up for the requests that bring schemas, each spoiled, changed and rewritten by the rules of
``corruption``. What the agent did after a failure was read by hand; ``_GAVE_UP`` is what that found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from measuring.corruption import changed, reworded, rewritten, spoiled
from measuring.data import Reply
from measuring.judging import NONE, Verdict, verdict
from measuring.scores import Result, Subject, scored
from measuring.trajectories import Step, steps, tools_of
from proxy.wire.schemas import check_schema
from routing.behaviors import plan_repair, tool_call
from routing.behaviors.case import Case
from routing.behaviors.label import Label, Presence
from routing.behaviors.tool_failure import failure
from routing.observation import Arm, Observation, ToolCall
from routing.traits import Endpoint, Json, Tool, Traits, Turn

TAU = "tau_tool_failures"
_GAVE_UP = frozenset({"tau-airline-15-t0-16"})
_MALFORMED = ("arguments_", "arguments ", "unknown_tool")
_TYPES = {"dict": "object", "float": "number", "tuple": "array"}
_SAMPLES: dict[str, Json] = {"integer": 3, "number": 2.5, "boolean": True}
_MADE = "made by rule from the calls"


@dataclass(frozen=True, slots=True)
class Made:
    """A case made by rule: the wanted call, the one that is made instead, and how that is to be judged."""

    turns: tuple[Turn, ...]
    tools: tuple[Tool, ...]
    wanted: tuple[ToolCall, ...]
    made: tuple[ToolCall, ...]
    same: bool
    malformed: bool = False


def results(data: Path) -> list[Result]:
    """The lines of the report."""
    found = steps(data)
    lines = [line for source, made in _made(data, found).items() if made for line in _of_calls(source, made)]
    return lines + (_of_failures(found) if found else [])


def verdicts(data: Path) -> Iterator[Verdict]:
    """Of the calls made by rule, whether they are the same; and of what came after a failure, whether it repairs."""
    found = steps(data)
    for source, made in _made(data, found).items():
        for case in made:
            label, asked = _judged(case), " ".join(map(_written, case.wanted))
            reply = Reply(" ".join(map(_written, case.made)), asked, "", "")
            yield verdict(source, reply, "tool_call" if case.same else NONE, label)
    for step, following, repairs in _after_failures(found):
        reply = Reply(following.text or " ".join(map(_written, following.tool_calls)), step.result, "", "")
        yield verdict(TAU, reply, "plan_repair" if repairs else NONE, _repair(step, following))


def _made(data: Path, found: list[Step]) -> dict[str, list[Made]]:
    return {TAU: list(_cases_of_steps(found)), "slices (requests with functions)": list(_cases_of_requests(data))}


def _written(call: ToolCall) -> str:
    return f"{call.name}({call.arguments})"


def _after_failures(found: list[Step]) -> Iterator[tuple[Step, Observation, bool]]:
    """What followed each failed result, and the failed call made again; with whether that repairs the plan."""
    failed = [step for step in found if step.failed]
    yield from ((step, step.following, step.key not in _GAVE_UP) for step in failed if step.following)
    yield from ((step, Observation(Arm.STUDENT, tool_calls=(step.call,)), False) for step in failed)


def _of_calls(source: str, cases: list[Made]) -> list[Result]:
    labels = [_judged(case) for case in cases]
    same = [label.presence is Presence.PRESENT for label in labels]
    malformed = [label.rule.startswith(_MALFORMED) for label in labels]
    subject = Subject("tool_call", source, "same call", note=_MADE)
    other = Subject("tool_call", source, "malformed", note=_MADE)
    return [scored(subject, [c.same for c in cases], same), scored(other, [c.malformed for c in cases], malformed)]


def _of_failures(found: list[Step]) -> list[Result]:
    truth, seen = [step.failed for step in found], [bool(failure(step.result)) for step in found]
    pairs = [
        (repairs, _repair(step, following).presence is Presence.PRESENT)
        for step, following, repairs in _after_failures(found)
    ]
    note = "what the agent did next, read by hand, and the failed call again"
    return [
        scored(Subject("plan_repair", TAU, "failed result"), truth, seen),
        scored(Subject("plan_repair", TAU, "repaired", note=note), *map(list, zip(*pairs, strict=True))),
    ]


def _repair(step: Step, reply: Observation) -> Label:
    return plan_repair.detect(Case(Traits(Endpoint.CHAT, step.turns), reply, reply, check_schema))


def _judged(case: Made) -> Label:
    wanted, made = (Observation(Arm.STUDENT, tool_calls=calls) for calls in (case.wanted, case.made))
    return tool_call.detect(Case(Traits(Endpoint.CHAT, case.turns, case.tools), made, wanted, check_schema))


def _cases_of_steps(found: list[Step]) -> Iterator[Made]:
    tools = tools_of(found)
    for step in found:
        yield from _variants(step.before, tools, step.call)


def _cases_of_requests(data: Path) -> Iterator[Made]:
    path = data / "slices" / "dev.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(line)
        for function in row.get("functions", [])[:1]:
            tool = Tool(str(function["name"]), _standard(function["parameters"]))
            call = ToolCall(tool.name, json.dumps(_sample(tool.schema, str(row["prompt"]))))
            yield from _variants((Turn("user", str(row["prompt"])),), (tool,), call)


def _variants(turns: tuple[Turn, ...], tools: tuple[Tool, ...], call: ToolCall) -> Iterator[Made]:
    schema = next(tool.schema for tool in tools if tool.name == call.name)
    if check_schema(schema, json.loads(call.arguments)):
        return
    other = ToolCall(next((tool.name for tool in tools if tool.name != call.name), f"{call.name}_too"), "{}")
    for _, variant in (*rewritten(call), *reworded(call)):
        yield Made(turns, tools, (call,), (variant,), same=True)
    for _, variant in changed(call):
        fits = not check_schema(schema, json.loads(variant.arguments))
        yield Made(turns, tools, (call,), (variant,), same=False, malformed=not fits)
        yield (
            Made(turns, tools, (call, variant), (variant, call), same=fits)
            if fits
            else Made(turns, tools, (call,), (variant, call), same=False, malformed=True)
        )
    for _, variant in spoiled(call, schema):
        yield Made(turns, tools, (call,), (variant,), same=False, malformed=True)
    yield Made(turns, tools, (call,), (), same=False)
    yield Made(turns, tools, (call,), (call, call), same=False)
    yield Made(turns, tools, (call, other), (call,), same=False)


def _standard(schema: Json) -> Json:
    """A schema of the benchmark's dialect in the standard's words."""
    if isinstance(schema, list):
        return [_standard(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _standard(part) for key, part in schema.items() if not (key == "type" and part == "any")}
    kind = plain.get("type")
    return {**plain, "type": _TYPES.get(kind, kind)} if isinstance(kind, str) else plain


def _sample(schema: Json, prompt: str) -> Json:
    """A value that fits: of texts, a word of the prompt's, so that it is one to copy."""
    if not isinstance(schema, dict):
        return "x"
    options, kind = schema.get("enum"), schema.get("type")
    if isinstance(options, list) and options:
        first: Json = options[0]
        return first
    if kind == "object":
        properties = schema.get("properties")
        return {key: _sample(part, prompt) for key, part in properties.items()} if isinstance(properties, dict) else {}
    if kind == "array":
        return [_sample(schema.get("items"), prompt)]
    return _SAMPLES.get(str(kind), max(prompt.split()[:12], key=len))
