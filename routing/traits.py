"""What a request asks for: the part of it that decisions and detectors look at.

``proxy.wire`` parses the four endpoints' JSON into these values; nothing here knows a wire format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Union

from routing.observation import ToolCall

Json = Union[None, bool, int, float, str, Sequence["Json"], Mapping[str, "Json"]]


class Endpoint(StrEnum):
    """The endpoints of the data port. ``OTHER`` is forwarded to the teacher and never mirrored."""

    CHAT = "chat_completions"
    COMPLETIONS = "completions"
    RESPONSES = "responses"
    MESSAGES = "messages"
    MODELS = "models"
    OTHER = "other"


class Slice(StrEnum):
    """What a request asks for, known before any reply: the unit by which traffic is shifted."""

    GENERAL = "general"
    REASONING = "reasoning"
    MATH = "math"
    CODE = "code"
    TOOL_USE = "tool_use"
    LONG_CONTEXT = "long_context"
    STEERABILITY = "steerability"
    MULTILINGUAL = "multilingual"


class FormatKind(StrEnum):
    """The form of reply a request demands."""

    TEXT = "text"
    JSON_OBJECT = "json_object"
    JSON_SCHEMA = "json_schema"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: its role (``system``, ``user``, ``assistant``, ``tool``), its text and the calls it made.

    ``failed`` is set where the format has a flag for a tool's failure and the client raised it.
    """

    role: str
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may call, with the JSON Schema of its arguments (None: unconstrained).

    A ``free_form`` tool takes any text, not JSON.
    """

    name: str
    schema: Json = None
    free_form: bool = False


@dataclass(frozen=True, slots=True)
class Traits:
    """What one request asks. ``required_tool`` is a forced tool's name, "*" for any, "" for none forced."""

    endpoint: Endpoint
    turns: tuple[Turn, ...] = ()
    tools: tuple[Tool, ...] = ()
    required_tool: str = ""
    format: FormatKind = FormatKind.TEXT
    schema: Json = None
    stream: bool = False
    max_tokens: int | None = None
    user: str = ""

    @property
    def last_said(self) -> str:
        """What the user said last; "" where the user said nothing."""
        for turn in reversed(self.turns):
            if turn.role == "user":
                return turn.text
        return ""
