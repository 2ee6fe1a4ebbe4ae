"""Replies of Anthropic's Messages endpoint, unary and streamed, in the vocabulary of the others."""

from __future__ import annotations

from proxy.wire import tree
from proxy.wire.draft import Draft, Reader
from proxy.wire.requests import Document

_PROMPT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
_FINISH = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "pause_turn": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}


def _unary(draft: Draft, document: Document) -> None:
    draft.recognized = isinstance(document.get("content"), list)
    draft.error = document.get("type") == "error"
    _about(draft, document)
    for place, block in enumerate(tree.items(document.get("content"))):
        _block(draft, place, tree.mapping(block))


def _event(draft: Draft, name: str, document: Document) -> None:
    kind = tree.text(document.get("type")) or name
    draft.recognized = draft.recognized or kind == "message_start"
    draft.ended = draft.ended or kind == "message_stop"
    draft.error = draft.error or kind == "error"
    place = tree.integer(document.get("index")) or 0
    if kind == "message_start":
        _about(draft, tree.mapping(document.get("message")))
    elif kind == "content_block_start":
        _block(draft, place, tree.mapping(document.get("content_block")), begun=True)
    elif kind == "content_block_delta":
        _delta(draft, place, tree.mapping(document.get("delta")))
    elif kind == "message_delta":
        _about(draft, {"usage": document.get("usage"), **tree.mapping(document.get("delta"))})


def _about(draft: Draft, message: Document) -> None:
    """The model, the stop reason and the usage. A message's delta repeats only what changed of the counts."""
    draft.model = tree.text(message.get("model")) or draft.model
    draft.finish_reason = _FINISH.get(tree.text(message.get("stop_reason")), draft.finish_reason)
    draft.count(tree.mapping(message.get("usage")), _PROMPT, "output_tokens")


def _block(draft: Draft, place: int, block: Document, *, begun: bool = False) -> None:
    """A content block, whole or (``begun``) with its content still to come: its input is then a placeholder."""
    kind = block.get("type")
    if kind == "text":
        draft.text.append(tree.text(block.get("text")))
    elif kind == "thinking":
        draft.reasoning.append(tree.text(block.get("thinking")))
    elif kind == "tool_use":
        call = draft.begin(place)
        call.name, call.id = tree.text(block.get("name")), tree.text(block.get("id"))
        if block.get("input") or not begun:
            call.arguments.append(tree.written(block.get("input")))


def _delta(draft: Draft, place: int, delta: Document) -> None:
    kind = delta.get("type")
    if kind == "text_delta":
        draft.text.append(tree.text(delta.get("text")))
    elif kind == "thinking_delta":
        draft.reasoning.append(tree.text(delta.get("thinking")))
    elif kind == "input_json_delta" and (call := draft.call_at(place)):
        call.arguments.append(tree.text(delta.get("partial_json")))


MESSAGES = Reader(_unary, _event)
