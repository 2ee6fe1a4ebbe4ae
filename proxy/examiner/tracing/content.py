"""What was said, as attributes of a span: only where ``tracing.content`` is set, and never more than may be stored.

A request that forbids storing shows nothing, nor does a route that stores digests; one that stores redacted pairs shows
redacted texts. Long texts are cut, for a span is no archive: the pair is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from proxy.config.settings import Route
from proxy.examiner.tracing.span import Attributes
from proxy.handover import Record
from proxy.store.redacted_json import redact
from proxy.telemetry import conventions as name
from proxy.wire.content import decompress
from proxy.wire.errors import WireError
from proxy.wire.replies import observe
from proxy.wire.requests import read_traits
from routing.observation import Arm, Failure, Observation, Timing, ToolCall
from routing.traits import Endpoint, Json, Traits

MOST = 4096
"""Characters of one text."""
TURNS = 32
"""How many messages are shown, the last ones."""

Mask = Callable[[str], str]


def mask_of(route: Route, *, wanted: bool, store: bool) -> Mask | None:
    """How a text may be shown; None where it may not be."""
    if not wanted or not store or route.privacy.store == "digest":
        return None
    return redact if route.privacy.store == "redacted" else str


def of_exchange(record: Record, most: int, mask: Mask) -> Attributes:
    """What a caller asked and was answered; nothing of a request that cannot be read."""
    endpoint, arm = Endpoint(record.endpoint), Arm(record.arm)
    try:
        traits = read_traits(endpoint, record.request)
    except WireError:
        return {}
    failure = Failure(record.failure) if record.failure else None
    body, timing = decompress(record.reply, record.encoding, most).body, Timing(record.first_token, record.total)
    seen = observe(endpoint, arm, record.status, record.content_type, body, traits.stream, failure, timing)
    return {**asked(traits, mask), **answered(seen, mask)}


def asked(traits: Traits, mask: Mask) -> Attributes:
    """The conversation that the model was given."""
    messages = [_message(turn.role, turn.text, turn.tool_calls, mask) for turn in traits.turns[-TURNS:]]
    return {name.GEN_AI_INPUT_MESSAGES: _written(messages)}


def answered(seen: Observation, mask: Mask) -> Attributes:
    """What a model answered."""
    message = _message("assistant", seen.text, seen.tool_calls, mask)
    return {name.GEN_AI_OUTPUT_MESSAGES: _written([{**message, "finish_reason": seen.finish_reason}])}


def _message(role: str, text: str, calls: Iterable[ToolCall], mask: Mask) -> dict[str, Json]:
    parts: list[Json] = [{"type": "text", "content": _cut(mask(text))}] if text else []
    parts += [
        {"type": "tool_call", "id": call.id, "name": call.name, "arguments": _cut(mask(call.arguments))}
        for call in calls
    ]
    return {"role": role, "parts": parts}


def _cut(text: str) -> str:
    return text if len(text) <= MOST else text[:MOST] + "…"


def _written(messages: list[dict[str, Json]]) -> str:
    return msgspec.json.encode(messages).decode()
