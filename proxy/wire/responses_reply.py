"""Replies of the Responses endpoint, unary and streamed.

A stream's last event repeats the whole response, but not every upstream fills it in, and a cut stream has none: so
the deltas are assembled, and the repetition serves for what deltas do not carry (status, usage) or did not.
"""

from __future__ import annotations

from proxy.wire import tree
from proxy.wire.draft import Draft, Reader
from proxy.wire.logprobs import listed
from proxy.wire.requests import Document

_TERMINAL = {"response.completed", "response.incomplete", "response.failed"}
_CALLS = {"function_call": "arguments", "custom_tool_call": "input"}
_TEXT = frozenset({"output_text", "text"})
_REASONING = frozenset({"summary_text", "reasoning_text", "text"})


def _unary(draft: Draft, document: Document) -> None:
    draft.recognized = isinstance(document.get("output"), list)
    for place, item in enumerate(tree.items(document.get("output"))):
        _item(draft, place, tree.mapping(item))
    _about(draft, document)


def _event(draft: Draft, name: str, document: Document) -> None:
    kind = tree.text(document.get("type")) or name
    place = tree.integer(document.get("output_index")) or 0
    if kind == "error":
        draft.error = True
    elif kind in {"response.output_item.added", "response.output_item.done"}:
        _call(draft, place, tree.mapping(document.get("item")))
    elif kind == "response.reasoning_summary_part.added":
        _reasoning_part(draft)
    elif kind.endswith(".delta"):
        draft.logprobs += listed(document.get("logprobs"))
        _delta(draft, kind, place, tree.text(document.get("delta")))
    elif kind in _TERMINAL:
        draft.ended = True
        _last(draft, tree.mapping(document.get("response")))
    draft.recognized = draft.recognized or kind.startswith("response.")


def _last(draft: Draft, response: Document) -> None:
    repeated = Draft()
    _unary(repeated, response)
    draft.text = draft.text if any(draft.text) else repeated.text
    draft.refusal = draft.refusal if any(draft.refusal) else repeated.refusal
    draft.reasoning = draft.reasoning if any(draft.reasoning) else repeated.reasoning
    draft.calls = draft.calls or repeated.calls
    draft.logprobs = repeated.logprobs or draft.logprobs  # deltas lack the tokens that made no text of their own
    _about(draft, response)


def _about(draft: Draft, response: Document) -> None:
    draft.model = tree.text(response.get("model")) or draft.model
    draft.count(tree.mapping(response.get("usage")), ("input_tokens",), "output_tokens")
    draft.error = draft.error or bool(response.get("error")) or response.get("status") == "failed"
    if response.get("status") == "completed":
        draft.finish_reason = "tool_calls" if draft.calls else "stop"
    elif response.get("status") == "incomplete":
        why = tree.mapping(response.get("incomplete_details")).get("reason")
        draft.finish_reason = "content_filter" if why == "content_filter" else "length"


def _item(draft: Draft, place: int, item: Document) -> None:
    """A whole output item. Those of tools the upstream runs itself are not the reply's."""
    kind = tree.text(item.get("type"))
    if kind == "message":
        draft.text += tree.part_texts(item.get("content"), _TEXT)
        parts = map(tree.mapping, tree.items(item.get("content")))
        for part in parts:
            draft.refusal += [tree.text(part.get("refusal"))] if part.get("type") == "refusal" else []
            draft.logprobs += listed(part.get("logprobs"))
    elif kind == "reasoning":
        for text in (t for key in ("summary", "content") for t in tree.part_texts(item.get(key), _REASONING)):
            _reasoning_part(draft)
            draft.reasoning.append(text)
    else:
        _call(draft, place, item)


def _call(draft: Draft, place: int, item: Document) -> None:
    """A call as an item has it. Its final arguments replace the pieces, which an item just added has not yet."""
    key = _CALLS.get(tree.text(item.get("type")))
    if key:
        call = draft.call_at(place) or draft.begin(place)
        call.name, call.id = tree.text(item.get("name")), tree.text(item.get("call_id"))
        call.arguments = [tree.written(item.get(key))]


def _reasoning_part(draft: Draft) -> None:
    """Parts of the reasoning are lines of their own, whole or streamed."""
    if any(draft.reasoning):
        draft.reasoning.append("\n")


def _delta(draft: Draft, kind: str, place: int, delta: str) -> None:
    if kind == "response.output_text.delta":
        draft.text.append(delta)
    elif kind == "response.refusal.delta":
        draft.refusal.append(delta)
    elif kind.startswith("response.reasoning"):
        draft.reasoning.append(delta)
    elif kind in {"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"}:
        (draft.call_at(place) or draft.begin(place)).arguments.append(delta)


RESPONSES = Reader(_unary, _event)
