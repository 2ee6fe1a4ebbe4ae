"""What one arm did with one request.

An observation is the same for a unary reply and a stream, for all four endpoints, and for a failure: an arm that
timed out is data that can be compared, counted and gated, not an exception. ``proxy.wire`` builds observations from
bytes; nothing here knows a wire format.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Arm(StrEnum):
    """The trusted and the candidate model of a route."""

    TEACHER = "teacher"
    STUDENT = "student"


class Failure(StrEnum):
    """Why an arm gave no complete reply. A closed set: it labels metrics."""

    CONNECT = "connect"  # refused, unresolvable, TLS, or no connection within connect_timeout
    RESET = "reset"  # the connection broke, before or in the body
    FIRST_TOKEN_TIMEOUT = "first_token_timeout"  # noqa: S105 -- a reason, not a credential
    STALL_TIMEOUT = "stall_timeout"
    TOTAL_TIMEOUT = "total_timeout"
    HTTP_ERROR = "http_error"  # a status of 400 or above
    ERROR_EVENT = "error_event"  # a success whose stream, or body, then carried an error
    TRUNCATED = "truncated"  # a stream that ended without its terminal event
    INVALID = "invalid"  # a body that is not a reply of the endpoint
    EMPTY = "empty"  # a success without a body
    DEGENERATE = "degenerate"  # stopped by us, because it repeated itself over and over
    TOO_LARGE = "too_large"  # larger than what is kept for comparison


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool: its name and its arguments as the model wrote them (JSON text, perhaps malformed)."""

    name: str
    arguments: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens the upstream says it used."""

    prompt: int
    completion: int


@dataclass(frozen=True, slots=True)
class TokenLogprob:
    """A generated token, its log-probability (nats) and those of the alternatives the upstream returned."""

    token: str
    logprob: float
    top: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds from the start of the call. ``first_token`` is None where no body byte came."""

    first_token: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What one arm did. Of several choices the first is observed.

    ``text`` is what the user reads; ``refusal`` the structured refusal field; ``reasoning`` the thinking text that
    some upstreams return beside it. ``finish_reason`` is in OpenAI's chat vocabulary (``stop``, ``length``,
    ``tool_calls``, ``content_filter``) whatever the endpoint, or "" if none was given.
    """

    arm: Arm
    status: int = 200
    failure: Failure | None = None
    text: str = ""
    refusal: str = ""
    reasoning: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = ""
    usage: Usage | None = None
    logprobs: tuple[TokenLogprob, ...] = ()
    model: str = ""
    timing: Timing = Timing(None, 0.0)
