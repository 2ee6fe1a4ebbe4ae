"""Replies of Chat Completions and of legacy Completions, unary and streamed. Of several choices the first is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from proxy.wire import tree
from proxy.wire.draft import CallDraft, Draft, Reader
from proxy.wire.logprobs import Listed, decoded, listed, parallel
from proxy.wire.plain_text import take_text, take_texts
from proxy.wire.requests import Document
from routing.traits import Json

_TEXT = frozenset({"text", "output_text"})
_PLAIN = frozenset({"role", "content"})
_FIRST = frozenset({0, None})
_THINKING = frozenset({"thinking", "reasoning"})


class _Choice(msgspec.Struct, frozen=True):
    message: Any = None
    index: Any = None
    finish_reason: Any = None
    logprobs: Listed | None = None


class _Reply(msgspec.Struct, frozen=True):
    """A unary reply with one choice: all that is read of it, as it is, but for its log-probabilities."""

    choices: tuple[_Choice]
    model: Any = None
    usage: Any = None
    error: Any = None


_reply = msgspec.json.Decoder(_Reply)


def _document(draft: Draft, document: Document) -> Document | None:
    """What every document of either endpoint says beside its choice; gives the choice with index 0, if there is one."""
    choices = document.get("choices")
    if isinstance(choices, list):
        draft.recognized = True
    if document.get("error"):
        draft.error = True
    draft.model = tree.text(document.get("model")) or draft.model
    if usage := tree.mapping(document.get("usage")):
        draft.count(usage, ("prompt_tokens",), "completion_tokens")
    choice = _first(choices)
    if choice and (reason := tree.text(choice.get("finish_reason"))):
        draft.finish_reason = "tool_calls" if reason == "function_call" else reason
    return choice


def _first(choices: Json) -> Document | None:
    for choice in map(tree.mapping, tree.items(choices)):
        if tree.integer(choice.get("index")) in _FIRST:
            return choice
    return None


def _chat_unary(draft: Draft, document: Document) -> None:
    choice = _document(draft, document)
    draft.recognized = choice is not None and isinstance(choice.get("message"), Mapping)
    if choice is not None:
        _chat(draft, choice, tree.mapping(choice.get("message")))


def _quick_unary(draft: Draft, body: bytes) -> bool:
    """Reads a reply whose log-probabilities are in good shape, as ``_chat_unary`` does; False for any other."""
    try:
        reply = _reply.decode(body)
    except (ValueError, RecursionError):
        return False
    (choice,) = reply.choices
    alone: Document = {"index": choice.index, "message": choice.message, "finish_reason": choice.finish_reason}
    _chat_unary(draft, {"choices": [alone], "model": reply.model, "usage": reply.usage, "error": reply.error})
    if _first([alone]) is not None:
        draft.logprobs += decoded(choice.logprobs)
    return True


def _chat_event(draft: Draft, _name: str, document: Document) -> None:
    choice = _document(draft, document)
    if choice is not None:
        _chat(draft, choice, tree.mapping(choice.get("delta")))


def _chat(draft: Draft, choice: Document, message: Document) -> None:
    content = message.get("content")
    if isinstance(content, str) and message.keys() <= _PLAIN:  # as nearly every event of a stream
        draft.text.append(content)
    else:
        _whole_message(draft, message)
    if logprobs := choice.get("logprobs"):
        draft.logprobs += listed(tree.mapping(logprobs).get("content"))


def _whole_message(draft: Draft, message: Document) -> None:
    draft.text += _content(message.get("content"))
    draft.refusal.append(tree.text(message.get("refusal")))
    draft.reasoning.append(tree.text(message.get("reasoning_content")) or tree.text(message.get("reasoning")))
    draft.reasoning += _thinking(message.get("content"))
    for entry in tree.items(message.get("tool_calls")):
        _call(draft, tree.mapping(entry))
    if legacy := tree.mapping(message.get("function_call")):
        _call(draft, {"index": 0, "function": legacy})


def _content(content: Json) -> list[str]:
    return tree.part_texts(content, _TEXT)


def _thinking(content: Json) -> Iterator[str]:
    """Thinking that some upstreams put among the content's parts, as text or as parts of its own."""
    parts = () if isinstance(content, str) else tree.items(content)
    for part in map(tree.mapping, parts):
        if tree.text(part.get("type")) in _THINKING:
            yield "".join(_content(part.get("thinking")) or _content(part.get("text")))


def _call(draft: Draft, entry: Document) -> None:
    """Adds a call, or a piece of one."""
    function = tree.mapping(entry.get("function")) or tree.mapping(entry.get("custom"))
    name, call_id = tree.text(function.get("name")), tree.text(entry.get("id"))
    call = _continued(draft, tree.integer(entry.get("index")), name, call_id)
    call.name = call.name or name
    call.id = call.id or call_id
    call.arguments.append(tree.written(function.get("arguments", function.get("input"))))


def _continued(draft: Draft, index: int | None, name: str, call_id: str) -> CallDraft:
    """The call that a piece belongs to: the one at its index, or a new one.

    Some upstreams leave the index out, and some give every parallel call the index 0; then a name begins a call.
    """
    place = len(draft.calls) - (not name) if index is None else index
    call = draft.call_at(place)
    another = bool(name) and call is not None and bool(call.name) and call_id not in {"", call.id}
    return draft.begin(place) if call is None or another else call


def _completion_unary(draft: Draft, document: Document) -> None:
    choice = _document(draft, document)
    draft.recognized = choice is not None and isinstance(choice.get("text"), str)
    _completion(draft, choice or {})


def _completion_event(draft: Draft, _name: str, document: Document) -> None:
    _completion(draft, _document(draft, document) or {})


def _completion(draft: Draft, choice: Document) -> None:
    draft.text.append(tree.text(choice.get("text")))
    draft.logprobs += parallel(tree.mapping(choice.get("logprobs")))


CHAT = Reader(_chat_unary, _chat_event, take_text, take_texts, _quick_unary)
COMPLETIONS = Reader(_completion_unary, _completion_event)
