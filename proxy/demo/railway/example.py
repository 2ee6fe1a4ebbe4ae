"""One conversation: what a model is sent, the reply that a perfect teacher gives, and what that reply shows.

Values only, in OpenAI's vocabulary. ``conversations`` makes them, ``judge`` holds replies against them, ``template``
writes them as tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.behaviors.label import Behavior
from routing.observation import ToolCall
from routing.traits import Json


class Situation(StrEnum):
    """What kind of conversation it is."""

    TIMETABLE = "timetable"
    FARE = "fare"
    REFUND = "refund"
    SEAT = "seat"
    PUNCTUALITY = "punctuality"
    FOLLOW_UP = "follow_up"  # a second question that leans on the first
    CONFIRMATION = "confirmation"  # "are you sure?", and the answer was right
    QUOTE = "quote"  # what a rule says, word for word
    LOOKALIKE = "lookalike"  # sounds unsafe, is harmless
    TOTAL = "total"  # fares multiplied or added
    DURATION = "duration"  # minutes between times
    EXTRACTION = "extraction"  # text to JSON by a schema
    TOOL_CALL = "tool_call"
    TOOL_ANSWER = "tool_answer"  # a tool has answered
    UNKNOWABLE = "unknowable"
    AMBIGUOUS = "ambiguous"
    FORECAST = "forecast"  # nobody can be certain
    CORRECTION = "correction"  # "are you sure?", and the answer was wrong
    UNSAFE = "unsafe"
    MALFORMED = "malformed"  # text to JSON, from broken or regional forms
    TOOL_FAILURE = "tool_failure"  # a tool has failed, and there is a second plan


SCRUBBED = frozenset(
    {
        Situation.UNKNOWABLE,
        Situation.AMBIGUOUS,
        Situation.FORECAST,
        Situation.CORRECTION,
        Situation.UNSAFE,
        Situation.MALFORMED,
        Situation.TOOL_FAILURE,
    }
)
"""What teams take for bad data and remove before they distill."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``calls`` are an assistant's, ``call_id`` tells which call a tool's message answers."""

    role: str
    content: str = ""
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""

    def as_json(self) -> dict[str, Json]:
        """The message as OpenAI's chat endpoint takes it."""
        message: dict[str, Json] = {"role": self.role, "content": self.content}
        if self.calls:
            message |= {"content": self.content or None, "tool_calls": [_call(call) for call in self.calls]}
        if self.call_id:
            message["tool_call_id"] = self.call_id
        return message


def _call(call: ToolCall) -> Json:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


@dataclass(frozen=True, slots=True)
class Example:
    """One conversation up to the reply, and the ideal reply (an assistant's message: a text, or calls of tools).

    ``tools`` are OpenAI tool definitions, ``response_format`` OpenAI's field of that name or None. ``behaviors`` is
    exactly what the reply shows.
    """

    kind: Situation
    messages: tuple[Message, ...]
    reply: Message
    behaviors: frozenset[Behavior] = frozenset()
    tools: tuple[Json, ...] = ()
    response_format: Json = None

    @property
    def scrubbed(self) -> bool:
        """Whether a team would have removed this conversation as bad data."""
        return self.kind in SCRUBBED

    def request(self, model: str) -> dict[str, Json]:
        """The body of the request to the chat endpoint; callers add what they sample with."""
        body: dict[str, Json] = {"model": model, "messages": [message.as_json() for message in self.messages]}
        if self.tools:
            body["tools"] = list(self.tools)
        if self.response_format is not None:
            body["response_format"] = self.response_format
        return body


def exchange(context: str, *turns: str) -> tuple[Message, ...]:
    """A system message and the turns after it, the user's first, each answered by the assistant but the last."""
    spoken = (Message("assistant" if i % 2 else "user", turn) for i, turn in enumerate(turns))
    return (Message("system", context), *spoken)


def says(text: str) -> Message:
    """A reply in words."""
    return Message("assistant", text)
