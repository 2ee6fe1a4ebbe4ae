"""What no confidence outweighs: a student's reply that is broken, or may have lost a behavior that is not proven.

Everything is told without the teacher's reply, so no rule needs one. Broken is what any client would stumble over: no
JSON or no usable tool call where one was asked for, nothing at all, a loop, a text that ran on until the student's own
server cut it. Of a behavior whose gate does not pass, a reply may have

- *gained* it where it shows it: perhaps the teacher would have as well, and then asking it costs no more than time;
- *lost* it where the request alone calls for it and the reply does not show it: a form to keep, a plan to repair.

What only the teacher's reply could show, such as another answer, is for confidence to doubt (``acceptance``). Behaviors
that an operator has judged by a model of its own are not told here either: that takes another call.

Workers ask whether a reply is turned down as things stand. Of a pair's reply its ``objections`` are asked for, once:
what would turn it down, whatever is proven some day. ``holds`` says of these what ``broken`` says of the reply.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from routing.assessment import BENIGN
from routing.behaviors import degenerate
from routing.behaviors.case import Case, SchemaCheck
from routing.behaviors.format import detection as form
from routing.behaviors.format.asked import asked
from routing.behaviors.format.demand import Form
from routing.behaviors.format.kept import kept
from routing.behaviors.label import Behavior, Label, Presence
from routing.behaviors.table import TABLE, Row
from routing.behaviors.tool_call import read_call
from routing.divergence import Direction
from routing.fallback import FallbackReason, disqualified
from routing.observation import Arm, Failure, Observation
from routing.traits import Endpoint, FormatKind, Traits

RULES = "1"
"""The version of the rules. Whoever changes what they turn down raises it: what was certified of replies that other
rules left says nothing of those that these leave. A detector's own change is one of ``divergence.COMPARATOR``."""

ALWAYS = "*"
"""The objection to a reply that is turned down whatever is proven; no behavior has this name."""

_CALLED_FOR = frozenset((Behavior.FORMAT, Behavior.PLAN_REPAIR))
"""Behaviors whose absence is a loss by the request alone: their detectors say where it gives no occasion."""

_NOBODY = Observation(Arm.TEACHER, finish_reason="length")
"""A teacher that said nothing and excuses nothing, but that a reply was cut: the limit may be the request's."""

_BEGINS_JSON = tuple('{["-0123456789tfn')


def broken(
    traits: Traits,
    reply: Observation,
    unproven: Collection[str],
    check: SchemaCheck,
    table: Iterable[Row] = TABLE,
) -> FallbackReason | None:
    """Why a whole reply is not to be served, whatever its confidence; None where no rule speaks against it.

    ``unproven`` are the behaviors whose gate acts and does not pass in the request's slice, ``table`` the detectors,
    an operator's own among them. ``check`` validates a value against a JSON Schema.
    """
    if reason := _is_none(reply):
        return reason
    case = Case(traits, reply, _NOBODY, check)
    if _is_malformed(case):
        return FallbackReason.MALFORMED
    if _ran_on(traits, reply) or _shows(degenerate.detect(case).presence):
        return FallbackReason.DEGENERATE
    if any(_may_differ(case, row) for row in table if row.behavior in unproven):
        return FallbackReason.LOST_BEHAVIOR
    return FallbackReason.TRUNCATED if traits.stream and not reply.finish_reason else None


def broken_opening(
    traits: Traits,
    opening: Observation,
    unproven: Collection[str],
    check: SchemaCheck,
    table: Iterable[Row] = TABLE,
) -> FallbackReason | None:
    """The same of a reply's beginning, of which only what shows by then can be told: a loop, a gained refusal.

    ``opening`` is what has come of the reply, as if it were all of it.
    """
    said = opening.text.lstrip()
    if said and not opening.tool_calls and _asks_json(traits) and not said.startswith(_BEGINS_JSON):
        return FallbackReason.MALFORMED
    case = Case(traits, opening, opening, check)  # its own reference: that it breaks off is no fault of a beginning
    if said and _shows(degenerate.detect(case).presence):
        return FallbackReason.DEGENERATE
    gained = any(_has_gained(case, row) for row in table if row.behavior in unproven)
    return FallbackReason.LOST_BEHAVIOR if gained else None


def objections(traits: Traits, reply: Observation, check: SchemaCheck, table: Iterable[Row] = TABLE) -> frozenset[str]:
    """What turns a whole reply down: the behaviors for which ``broken`` does while they are unproven, or ``ALWAYS``.

    A ``table`` of ``known`` labels spares detecting them again.
    """
    if broken(traits, reply, (), check) is not None:
        return frozenset((ALWAYS,))
    case = Case(traits, reply, _NOBODY, check)
    return frozenset(row.behavior for row in table if _may_differ(case, row))


def opening_objections(
    traits: Traits, opening: Observation, check: SchemaCheck, table: Iterable[Row] = TABLE
) -> frozenset[str]:
    """The same of a reply's beginning, by ``broken_opening``."""
    if broken_opening(traits, opening, (), check) is not None:
        return frozenset((ALWAYS,))
    case = Case(traits, opening, opening, check)
    return frozenset(row.behavior for row in table if _has_gained(case, row))


def holds(found: Collection[str], unproven: Collection[str]) -> bool:
    """Whether a reply to which these objections were found is turned down while these behaviors are unproven."""
    return ALWAYS in found or any(one in unproven for one in found)


def known(labels: Iterable[Label]) -> tuple[Row, ...]:
    """The built-in behaviors as ``divergence.compare`` has labeled them, in place of their detectors.

    Only labels that need no teacher's reply are looked at here, so it is the same whose they were compared with.
    """
    by_behavior = {label.behavior: label for label in labels}
    return tuple(_known(row, by_behavior[row.behavior]) if row.behavior in by_behavior else row for row in TABLE)


def _known(row: Row, label: Label) -> Row:
    return Row(row.behavior, lambda _: label, row.relative)


def _is_none(reply: Observation) -> FallbackReason | None:
    """Why there is nothing to be judged."""
    if reply.failure is Failure.TOO_LARGE:
        return FallbackReason.HOLD_FULL
    if reason := disqualified(reply.failure, reply.status):
        return reason
    said = reply.text.strip() or reply.refusal.strip() or reply.tool_calls
    return None if said else FallbackReason.EMPTY


def _is_malformed(case: Case) -> bool:
    """Whether a reply lacks the JSON or the call that the request asks for, or makes a call that nobody can use."""
    traits, reply = case.traits, case.reply
    tools = {tool.name: tool for tool in traits.tools}
    if any(read_call(call, tools, case.check).fault for call in reply.tool_calls):
        return True
    if reply.refusal.strip():
        return False
    called = {call.name for call in reply.tool_calls}
    if traits.required_tool and not (traits.required_tool in called or (called and traits.required_tool == "*")):
        return True
    if _asks_json(traits):
        return form.detect(case).presence is Presence.ABSENT
    return not called and _breaks_json_in_prose(traits, reply.text)


def _asks_json(traits: Traits) -> bool:
    return traits.format is not FormatKind.TEXT


def _breaks_json_in_prose(traits: Traits, text: str) -> bool:
    """Whether the request asks for JSON in words, and this is none, fenced or not."""
    if not any("json" in turn.text.lower() for turn in traits.turns if turn.role != "tool"):
        return False  # as with most requests: reading demands costs more than looking for the word
    return any(not kept(text, demand).kept for demand in asked(traits) if demand.form is Form.JSON)


def _ran_on(traits: Traits, reply: Observation) -> bool:
    """Whether it was cut for length though the request set no limit. Completions' default is sixteen tokens."""
    return reply.finish_reason == "length" and traits.max_tokens is None and traits.endpoint is not Endpoint.COMPLETIONS


def _may_differ(case: Case, row: Row) -> bool:
    return _has_gained(case, row) or _has_lost(case, row)


def _has_gained(case: Case, row: Row) -> bool:
    """Whether it shows what the teacher perhaps would not have. Calls show themselves; what is relative does not."""
    if (row.behavior, Direction.GAINED) in BENIGN:
        return False
    if row.behavior == Behavior.TOOL_CALL:
        return bool(case.reply.tool_calls)
    return not row.relative and _shows(row.detect(case).presence)


def _has_lost(case: Case, row: Row) -> bool:
    return row.behavior in _CALLED_FOR and row.detect(case).presence is Presence.ABSENT


def _shows(presence: Presence) -> bool:
    return presence is Presence.PRESENT
