"""Events and whole replies of Responses, decoded straight into what confidence needs of them.

What does not fit raises ``ValueError`` and goes the long way, through ``responses_reply``, which reads the same.
"""

from __future__ import annotations

import msgspec

from proxy.wire.heard import ABSENT, Heard, hear_entries, says
from proxy.wire.surplus import Values, Where

_CALLS = frozenset({"function_call", "custom_tool_call"})
_ARGUMENTS = frozenset({"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"})
_TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed"})


class _Part(msgspec.Struct, gc=False):
    logprobs: msgspec.Raw = ABSENT


class _Item(msgspec.Struct, gc=False):
    type: str = ""
    content: list[_Part] = []


class _Details(msgspec.Struct, gc=False):
    reason: str = ""


class _Response(msgspec.Struct, gc=False):
    output: list[_Item] = []
    status: str | None = None
    incomplete_details: _Details | None = None
    top_logprobs: msgspec.Raw = ABSENT
    store: msgspec.Raw = ABSENT
    error: msgspec.Raw = ABSENT


class _Event(msgspec.Struct, gc=False):
    type: str
    delta: str = ""
    logprobs: msgspec.Raw = ABSENT
    part: _Part | None = None
    item: _Item | None = None
    response: _Response | None = None
    error: msgspec.Raw = ABSENT


_event = msgspec.json.Decoder(_Event)
_response = msgspec.json.Decoder(_Response)


def event(heard: Heard, data: bytes, *, hears: bool) -> Values:
    """An event of a stream."""
    found = _event.decode(data)
    kind = found.type
    if kind == "error" or says(found.error):
        heard.failed = True
    if kind.endswith(".delta"):
        _hear_delta(heard, kind, found, hears=hears)
    if found.item is not None and found.item.type in _CALLS:
        heard.calls = True
    if kind in _TERMINAL:
        heard.ended = True
        _about(heard, found.response or _Response())
    return _values(found, heard)


def response(heard: Heard, data: bytes, *, hears: bool) -> Values:
    """A whole reply."""
    found = _response.decode(data)
    _about(heard, found)
    for item in found.output if hears else ():
        for part in item.content if item.type == "message" else ():
            heard.count(hear_entries, part.logprobs, said=False)
    return _of_response(found, heard)


def _hear_delta(heard: Heard, kind: str, found: _Event, *, hears: bool) -> None:
    is_text = kind == "response.output_text.delta"
    if is_text and found.delta:
        heard.texts.append(found.delta)
    heard.calls = heard.calls or kind in _ARGUMENTS
    if hears:
        heard.count(hear_entries, found.logprobs, said=bool(found.delta) and (is_text or kind in _ARGUMENTS))


def _about(heard: Heard, found: _Response) -> None:
    heard.failed = heard.failed or says(found.error) or found.status == "failed"
    heard.calls = heard.calls or any(item.type in _CALLS for item in found.output)
    if found.status == "completed":
        heard.finished("tool_calls" if heard.calls else "stop")
    elif found.status == "incomplete":
        filtered = found.incomplete_details is not None and found.incomplete_details.reason == "content_filter"
        heard.finished("content_filter" if filtered else "length")


def _values(found: _Event, heard: Heard) -> Values:
    """Of an event that has them in more than one place, their order is not known: that goes the long way."""
    items = [] if found.item is None else [found.item]
    parts = _parts(items) if found.part is None else [found.part.logprobs, *_parts(items)]
    if found.response is None and not parts:
        return Values([found.logprobs] if len(found.logprobs) else [], Where.EVENT)
    if len(found.logprobs) or (found.response is not None and parts):
        raise ValueError("log-probabilities in more than one place")
    if found.response is not None:
        return _of_response(found.response, heard)
    return Values([raw for raw in parts if len(raw)], Where.PART)


def _of_response(found: _Response, heard: Heard) -> Values:
    heard.stores = heard.stores or len(found.store) > 0
    return Values(_parts(found.output), Where.PART, found.top_logprobs if says(found.top_logprobs) else None)


def _parts(items: list[_Item]) -> list[msgspec.Raw]:
    return [part.logprobs for item in items for part in item.content if len(part.logprobs)]
