"""``plan_repair``: after a failed tool result, the reply changes the plan rather than repeat the same call or give up.

The occasion is in the request: among the tool results that the model has not answered yet, one failed
(``tool_failure``). Calling another tool, or the same one with other arguments, changes the plan; so does asking for
what is missing, and saying what went wrong and showing another way. Making only calls that have just failed does not,
also where the failure may pass: a retry is half as bad. Neither does owning up and leaving it there, passing the
failure over, or claiming that all went well.

Whether the new plan is a good one cannot be seen here. Words are judged in eight languages (``repair_talk``); in others
only calls and questions are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from routing.behaviors.case import Case, absent, not_applicable, parse_json, present
from routing.behaviors.label import Behavior, Label
from routing.behaviors.phrasing.reading import read
from routing.behaviors.repair_talk import Deed, talk
from routing.behaviors.tool_failure import failure
from routing.observation import ToolCall
from routing.traits import Json, Turn

_RETRIED = 0.5
_OWNED_UP = 0.25
_SAMPLE = 2_000  # characters of a result
_PASSING = re.compile(
    r"time-?d?[ -]?out|rate[ -]?limit|too many requests|temporar|try again|unavailable|overloaded|"
    r"\b(?:429|502|503|504)\b|connection (?:reset|refused|error)|is (?:down|busy)",
    re.IGNORECASE,
)


def detect(case: Case) -> Label:
    """Whether the reply changes the plan after a failure."""
    turns = case.traits.turns
    failed = _unanswered_failures(turns)
    if not failed:
        return not_applicable(Behavior.PLAN_REPAIR)
    reply = case.reply
    if reply.tool_calls:
        return _of_calls(reply.tool_calls, _failed_calls(turns), failed)
    if reply.text.strip():
        return _of_words(reply.text, failed[0])
    if reply.refusal.strip():  # a field of its own; spans are of the text
        return replace(_of_words(reply.refusal, failed[0]), span=None)
    return absent(Behavior.PLAN_REPAIR, "no_reply")


def _of_calls(calls: tuple[ToolCall, ...], before: list[tuple[str, Json]], failed: list[Turn]) -> Label:
    new = next((call for call in calls if _value(call) not in before), None)
    if new is None:
        passing = len(before) == len(failed) and any(_PASSING.search(turn.text[:_SAMPLE]) for turn in failed)
        return absent(Behavior.PLAN_REPAIR, "same_call retried" if passing else "same_call", _RETRIED * passing)
    same_tool = any(name == new.name for name, _ in before)
    return present(Behavior.PLAN_REPAIR, "other_arguments" if same_tool else f"other_tool {new.name}")


def _of_words(text: str, failed: Turn) -> Label:
    found = talk(text, failed.text[:_SAMPLE])
    if found.deed in {Deed.ASKS, Deed.ANOTHER_WAY}:
        return present(Behavior.PLAN_REPAIR, found.deed.value, span=found.span)
    if read(text).language is None:
        return not_applicable(Behavior.PLAN_REPAIR, "language")
    score = _OWNED_UP if found.deed is Deed.GIVES_UP else 0.0
    return absent(Behavior.PLAN_REPAIR, found.deed.value, score, found.span)


def _unanswered_failures(turns: tuple[Turn, ...]) -> list[Turn]:
    """The failed results after the model's last turn, whatever the user has said since."""
    found: list[Turn] = []
    for turn in reversed(turns):
        if turn.role == "assistant":
            break
        if turn.role == "tool" and _has_failed(turn):
            found.append(turn)
    return found[::-1]


def _has_failed(turn: Turn) -> bool:
    return turn.failed or bool(failure(turn.text))


def _failed_calls(turns: tuple[Turn, ...]) -> list[tuple[str, Json]]:
    """The calls that failed since the user last spoke before the model's last turn: those a loop would repeat."""
    answered = [place for place, turn in enumerate(turns) if turn.role == "assistant"]
    last = answered[-1] if answered else 0
    since = max((place for place, turn in enumerate(turns[:last]) if turn.role == "user"), default=0)
    return [_value(call) for call in _failing(turns[since:])]


def _failing(turns: tuple[Turn, ...]) -> Iterator[ToolCall]:
    """The calls whose results failed: by their id, or, where results carry none, one after another."""
    open_calls: list[ToolCall] = []
    for turn in turns:
        if turn.role == "assistant":
            open_calls = [*open_calls, *turn.tool_calls] if turn.tool_calls and not turn.text else [*turn.tool_calls]
        elif turn.role == "tool" and open_calls:
            call = next((call for call in open_calls if call.id and call.id == turn.tool_call_id), open_calls[0])
            open_calls.remove(call)
            if _has_failed(turn):
                yield call


def _value(call: ToolCall) -> tuple[str, Json]:
    """A call as it compares: its tool and its arguments' value, or their text where they are no JSON."""
    try:
        return call.name, parse_json(call.arguments)
    except ValueError:
        return call.name, " ".join(call.arguments.split())
