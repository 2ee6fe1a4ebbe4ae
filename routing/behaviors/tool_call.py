"""``tool_call``: the reply calls tools when the teacher does, the same ones, with arguments that parse and fit.

Held against the reference: where the teacher calls, the behavior is to call the same tools as often, in any order,
well-formed; argument values may differ, for two good calls often do. Where the teacher calls none, calling at all is
the behavior, and so a gained one. Where the teacher's own calls are malformed there is no standard to hold to.
"""

from __future__ import annotations

from collections import Counter

from routing.behaviors.case import Case, SchemaCheck, absent, not_applicable, parse_json, present
from routing.behaviors.label import Behavior, Label
from routing.observation import ToolCall
from routing.traits import Json, Tool

_NEAR = 0.5  # the right tools, with arguments that do not fit


def detect(case: Case) -> Label:
    """Whether the reply calls tools as the reference does."""
    if not case.traits.tools:
        return not_applicable(Behavior.TOOL_CALL)
    tools = {tool.name: tool for tool in case.traits.tools}
    wanted, made = case.reference.tool_calls, case.reply.tool_calls
    if _fault(wanted, tools, case.check):
        return not_applicable(Behavior.TOOL_CALL, "reference_malformed")
    if not wanted:
        return present(Behavior.TOOL_CALL, "uncalled_for") if made else absent(Behavior.TOOL_CALL)
    return _against(wanted, made, tools, case.check)


def _against(
    wanted: tuple[ToolCall, ...], made: tuple[ToolCall, ...], tools: dict[str, Tool], check: SchemaCheck
) -> Label:
    if not made:
        return absent(Behavior.TOOL_CALL, "no_call")
    expected, found = Counter(call.name for call in wanted), Counter(call.name for call in made)
    if expected != found:
        shared = (expected & found).total() / max(expected.total(), found.total())
        return absent(Behavior.TOOL_CALL, "other_tools", _NEAR * shared)
    if fault := _fault(made, tools, check):
        return absent(Behavior.TOOL_CALL, fault, _NEAR)
    return present(Behavior.TOOL_CALL, "same_tools")


def _fault(calls: tuple[ToolCall, ...], tools: dict[str, Tool], check: SchemaCheck) -> str:
    """What is wrong with the first malformed call, or ""."""
    return next((fault for call in calls if (fault := _call_fault(call, tools.get(call.name), check))), "")


def _call_fault(call: ToolCall, tool: Tool | None, check: SchemaCheck) -> str:
    if tool is None:
        return "unknown_tool"
    if tool.free_form:
        return ""
    try:
        arguments: Json = parse_json(call.arguments or "{}")
    except ValueError:
        return "arguments_not_json"
    complaint = check(tool.schema, arguments) if tool.schema is not None else ""
    return f"arguments {complaint}" if complaint else ""
