"""``tool_call``: the reply calls tools when the teacher does, the same ones, with arguments that parse and fit.

Held against the reference, call by call and in any order. Where the teacher calls, the behavior is to make the same
calls as often: the same tools, arguments that are JSON and fit the tool's schema, and the same values. Values compare
by ``values.agreement``, which tells two choices from two wordings. A wrong number, identifier, date or option makes
another call, and diverges. A search query or a summary in other words does not: two good models never word them alike,
and a gate on them would measure style. Such a difference lowers the label's score and nothing else.

Where the teacher calls none, calling at all is the behavior, and so a gained one. Where the teacher's own calls are
malformed there is no standard to hold to. What calls do to the plan after a failure is ``plan_repair``'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.behaviors.case import Case, SchemaCheck, absent, not_applicable, parse_json, present
from routing.behaviors.conversation import Conversation
from routing.behaviors.label import Behavior, Label
from routing.behaviors.values.agreement import Agreement, agreement
from routing.behaviors.values.schema_facts import facts
from routing.observation import ToolCall
from routing.traits import Json, Tool

_MATCHED = 12  # calls of one tool; of more, each is held against the one in its place
_MALFORMED = 0.25  # what a call of the right tool is worth whose arguments cannot be used
_DIFFERENT = 0.5  # and at most one whose arguments can be used but are others
_NAMED = 3  # differences that a rule names


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose arguments were read; ``fault`` says why they cannot be used."""

    name: str
    arguments: Json = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Fit:
    """How the reply makes one of the reference's calls. ``trouble`` is "" if it does."""

    trouble: str
    credit: float


def detect(case: Case) -> Label:
    """Whether the reply makes the reference's calls."""
    tools = {tool.name: tool for tool in case.traits.tools}
    if not (tools or case.reference.tool_calls):
        return not_applicable(Behavior.TOOL_CALL)
    wanted = [read_call(call, tools, case.check) for call in case.reference.tool_calls]
    if any(call.fault for call in wanted):
        return not_applicable(Behavior.TOOL_CALL, "reference_malformed")
    made = case.reply.tool_calls
    if not wanted:
        return present(Behavior.TOOL_CALL, "uncalled_for") if made else absent(Behavior.TOOL_CALL)
    if not made:
        return absent(Behavior.TOOL_CALL, "no_call")
    return _against(wanted, [read_call(call, tools, case.check) for call in made], tools, case)


def _against(wanted: list[Call], made: list[Call], tools: Mapping[str, Tool], case: Case) -> Label:
    conversation = Conversation(case.traits.turns)
    fits = [
        fit
        for name in dict.fromkeys(call.name for call in wanted)
        for fit in _fits(_of(wanted, name), _of(made, name), tools.get(name), conversation)
    ]
    score = sum(fit.credit for fit in fits) / max(len(wanted), len(made))
    trouble = _other_tools(wanted, made) or next((fit.trouble for fit in fits if fit.trouble), "")
    if trouble:
        return absent(Behavior.TOOL_CALL, trouble, score)
    return present(Behavior.TOOL_CALL, "same_calls" if score == 1.0 else "same_calls reworded", score)


def _other_tools(wanted: list[Call], made: list[Call]) -> str:
    expected, found = Counter(call.name for call in wanted), Counter(call.name for call in made)
    missing, superfluous = list((expected - found).elements()), list((found - expected).elements())
    unknown = next((call.fault for call in made if call.fault.startswith(_UNKNOWN)), "")
    parts = (("missing", missing), ("superfluous", superfluous))
    return unknown or "; ".join(f"{word} {', '.join(names[:_NAMED])}" for word, names in parts if names)


def _fits(wanted: list[Call], made: list[Call], tool: Tool | None, conversation: Conversation) -> Iterator[Fit]:
    """For each wanted call of one tool, the best of those made that no better match has taken."""
    if max(len(wanted), len(made)) > _MATCHED:
        pairs = [(place, place) for place in range(min(len(wanted), len(made)))]
    else:
        pairs = [(left, right) for left in range(len(wanted)) for right in range(len(made))]
    fits = {pair: _fit(wanted[pair[0]], made[pair[1]], tool, conversation) for pair in pairs}
    while fits:
        left, right = max(fits, key=lambda pair: fits[pair].credit)
        yield fits[left, right]
        fits = {pair: fit for pair, fit in fits.items() if pair[0] != left and pair[1] != right}


def _fit(wanted: Call, made: Call, tool: Tool | None, conversation: Conversation) -> Fit:
    if made.fault:
        return Fit(made.fault, _MALFORMED)
    found = _agreement(wanted, made, tool, conversation)
    if not found.apart:
        return Fit("", found.share)
    return Fit(f"other arguments {', '.join(found.apart[:_NAMED])}", _DIFFERENT * found.share)


def _agreement(wanted: Call, made: Call, tool: Tool | None, conversation: Conversation) -> Agreement:
    if wanted.arguments == made.arguments and type(wanted.arguments) is str:  # free-form
        return Agreement(same=1)
    schema = tool.schema if tool is not None else None
    return agreement(wanted.arguments, made.arguments, facts(schema), conversation.says)


def _of(calls: list[Call], name: str) -> list[Call]:
    return [call for call in calls if call.name == name]


_UNKNOWN = "unknown_tool"


def read_call(call: ToolCall, tools: Mapping[str, Tool], check: SchemaCheck) -> Call:
    """A call with its arguments parsed, or what is wrong with it. Without a list of tools, any is known."""
    tool = tools.get(call.name)
    if tool is None and tools:
        return Call(call.name, fault=f"{_UNKNOWN} {call.name}")
    if tool is not None and tool.free_form:
        return Call(call.name, call.arguments)
    try:
        arguments = parse_json(call.arguments if call.arguments.strip() else "{}")
    except ValueError:
        return Call(call.name, fault="arguments_not_json")
    if not isinstance(arguments, Mapping):
        return Call(call.name, fault="arguments_not_an_object")
    complaint = check(tool.schema, arguments) if tool is not None and tool.schema is not None else ""
    return Call(call.name, arguments, f"arguments {complaint}" if complaint else "")
