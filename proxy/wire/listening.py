"""A student's events, or its whole reply, as they concern confidence: what was said, and what nobody asked for.

The usual event is decoded straight into the few fields that matter here, in a few microseconds (``choices``,
``response_events``); one that does not fit goes the long way through the readers of ``replies``. What is heard is the
same on both. Nothing raises. Its counterpart is ``student_reply``, which knows streams.
"""

from __future__ import annotations

from typing import Protocol

from proxy.wire import choices, response_events, tree
from proxy.wire.chat_reply import CHAT, COMPLETIONS
from proxy.wire.draft import Draft, Reader
from proxy.wire.heard import Heard
from proxy.wire.messages_reply import MESSAGES
from proxy.wire.requests import Document
from proxy.wire.responses_reply import RESPONSES
from proxy.wire.surplus import OPENAI, VLLM, Edit, Surplus, Unasked, Values, edits, search_edits
from routing.traits import Endpoint

_DONE = b"[DONE]"
_FIRST = (0, None)
_READERS: dict[Endpoint, Reader] = {
    Endpoint.CHAT: CHAT,
    Endpoint.COMPLETIONS: COMPLETIONS,
    Endpoint.RESPONSES: RESPONSES,
    Endpoint.MESSAGES: MESSAGES,
}
LISTENED = frozenset(_READERS)
"""The endpoints whose replies can be listened to."""


class _Quick(Protocol):
    def __call__(self, heard: Heard, data: bytes, *, hears: bool) -> Values: ...


_EVENTS: dict[Endpoint, _Quick] = {
    Endpoint.CHAT: choices.chat,
    Endpoint.COMPLETIONS: choices.completion,
    Endpoint.RESPONSES: response_events.event,
}
_WHOLE: dict[Endpoint, _Quick] = _EVENTS | {Endpoint.RESPONSES: response_events.response}


class Listening:
    """Hears one reply. ``hears`` may be unset once no more tokens need to be; texts and what is surplus are still."""

    __slots__ = ("_edits_none", "_endpoint", "_event", "_surplus", "heard", "hears")

    def __init__(self, endpoint: Endpoint, surplus: Surplus) -> None:
        self.heard = Heard()
        self.hears = True
        self._endpoint = endpoint
        self._event = _EVENTS.get(endpoint)
        self._surplus = surplus
        self._edits_none = surplus is Surplus.NOTHING

    def event(self, name: str, data: bytes) -> list[Edit] | None:
        """Hear an event; the edits that make it what it would be unasked, None if it would not have been sent."""
        if name == "error":
            self.heard.failed = True
        if self._event is not None:
            try:
                values = self._event(self.heard, data, hears=self.hears)
            except (ValueError, RecursionError):
                pass
            else:
                return None if values.extra and not self._edits_none else self._edits(data, values)
        return self._long(name, data)

    def whole(self, body: bytes) -> list[Edit]:
        """Hear a whole unary reply; the edits that make it what it would be unasked."""
        quick = _WHOLE.get(self._endpoint)
        if quick is not None:
            try:
                return self._edits(body, quick(self.heard, body, hears=self.hears))
            except (ValueError, RecursionError):
                pass
        return self._long_whole(body)

    def _unasked(self) -> Unasked:
        return OPENAI[self._surplus] if self.heard.stores else VLLM

    def _edits(self, data: bytes, values: Values) -> list[Edit]:
        if self._edits_none:
            return []
        return edits(self._endpoint, data, values, self._unasked())

    def _long(self, name: str, data: bytes) -> list[Edit] | None:
        if data.strip() == _DONE:
            self.heard.ended = self.heard.ended or self._endpoint in {Endpoint.CHAT, Endpoint.COMPLETIONS}
            return []
        document = _document(data)
        if document is None:
            return []
        draft = Draft()
        _READERS[self._endpoint].event(draft, name, document)
        self._take(draft, document)
        extra = self._endpoint is Endpoint.CHAT and _is_extra(document)
        if self._edits_none:
            return []
        return None if extra else search_edits(self._endpoint, data, self._unasked())

    def _long_whole(self, body: bytes) -> list[Edit]:
        document = _document(body)
        if document is None:
            return []
        draft = Draft()
        _READERS[self._endpoint].unary(draft, document)
        self._take(draft, document)
        return [] if self._edits_none else search_edits(self._endpoint, body, self._unasked())

    def _take(self, draft: Draft, document: Document) -> None:
        """What an event said, read the long way. The last one of a Responses stream repeats what was heard before."""
        heard = self.heard
        heard.failed = heard.failed or draft.error or bool(document.get("error"))
        heard.calls = heard.calls or bool(draft.calls)
        heard.stores = heard.stores or "store" in tree.mapping(document.get("response", document))
        heard.ended = heard.ended or draft.ended
        if draft.finish_reason:
            heard.finished("tool_calls" if heard.calls and draft.finish_reason == "stop" else draft.finish_reason)
        if draft.ended:
            return
        heard.texts += [text for text in map(tree.whole, draft.text) if text]
        if self.hears:
            heard.tokens += draft.logprobs
            said = any(draft.text) or bool(draft.calls)
            heard.unheard += max(_entries(document), said) - len(draft.logprobs)


def _document(data: bytes) -> Document | None:
    try:
        document = tree.parse(data)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _first(document: Document) -> Document:
    found = map(tree.mapping, tree.items(document.get("choices")))
    return next((choice for choice in found if tree.integer(choice.get("index")) in _FIRST), {})


def _entries(document: Document) -> int:
    """How many tokens an event has, of whatever shape they are."""
    logprobs = tree.mapping(_first(document).get("logprobs"))
    return len(tree.items(document.get("logprobs") or logprobs.get("content") or logprobs.get("token_logprobs")))


def _is_extra(document: Document) -> bool:
    found = [tree.mapping(choice) for choice in tree.items(document.get("choices"))]
    return bool(found) and all(
        choice.get("delta") == {}
        and bool(choice.get("logprobs"))
        and choice.get("finish_reason") is None
        and choice.get("token_ids") is None
        for choice in found
    )
