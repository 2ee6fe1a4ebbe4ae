"""Replies on the wire, in the shapes that vLLM sends: chat completions, completions, chunks of both, and errors.

It encodes, and decides nothing. ``UNSET`` fields are left out, ``None`` is ``null``. The counterpart is ``asks``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import uuid4

import msgspec
from msgspec import UNSET, UnsetType

from proxy.demo.engine.calls import Call
from proxy.demo.engine.narration import Ending, Piece
from proxy.demo.engine.vocabulary import Vocabulary

DONE = b"data: [DONE]\n\n"


class Usage(msgspec.Struct):
    """Tokens."""

    prompt_tokens: int
    total_tokens: int
    completion_tokens: int


class _Function(msgspec.Struct):
    name: str
    arguments: str


class _ToolCall(msgspec.Struct):
    index: int | UnsetType
    id: str
    type: str
    function: _Function


class _Message(msgspec.Struct):
    role: str
    content: str | None
    refusal: None = None
    tool_calls: list[_ToolCall] | UnsetType = UNSET


class _Delta(msgspec.Struct, omit_defaults=True):
    role: str | UnsetType = UNSET
    content: str | UnsetType = UNSET
    tool_calls: list[_ToolCall] | UnsetType = UNSET


class _Alternative(msgspec.Struct):
    token: str
    logprob: float
    bytes: list[int]


class _ChatToken(msgspec.Struct):
    token: str
    logprob: float
    bytes: list[int]
    top_logprobs: list[_Alternative]


class _ChatLogprobs(msgspec.Struct):
    content: list[_ChatToken]


class _TextLogprobs(msgspec.Struct):
    text_offset: list[int]
    token_logprobs: list[float]
    tokens: list[str]
    top_logprobs: list[dict[str, float]]


class _Choice(msgspec.Struct):
    """A choice of any of the four forms: exactly one of message, delta and text is there."""

    index: int = 0
    message: _Message | UnsetType = UNSET
    delta: _Delta | UnsetType = UNSET
    text: str | UnsetType = UNSET
    logprobs: _ChatLogprobs | _TextLogprobs | None = None
    finish_reason: str | None = None
    stop_reason: str | None = None


class _Reply(msgspec.Struct):
    id: str
    object: str
    created: int
    model: str
    choices: list[_Choice]
    usage: Usage | UnsetType = UNSET


class _Error(msgspec.Struct):
    message: str
    type: str
    param: str | None
    code: int


class _Failed(msgspec.Struct):
    error: _Error


def failed(message: str, kind: str, param: str | None, code: int) -> bytes:
    """An error's body; vLLM's ``code`` is the status."""
    return msgspec.json.encode(_Failed(_Error(message, kind, param, code)))


def event(body: bytes) -> bytes:
    """A body as a server-sent event."""
    return b"data: %b\n\n" % body


def spelling(vocabulary: Vocabulary, token: int) -> str:
    """A token as text; U+FFFD where it is a part of a letter."""
    return vocabulary.spelled(token).decode("utf-8", "replace")


class Form(Protocol):
    """How one endpoint writes a reply."""

    def whole(self, pieces: Sequence[Piece], usage: Usage) -> bytes:
        """The reply in one piece."""

    def opening(self) -> Iterable[bytes]:
        """What a stream says before the first token."""

    def chunk(self, piece: Piece) -> bytes:
        """One piece of a stream."""

    def usage(self, usage: Usage) -> bytes:
        """The chunk that has no choices."""


@dataclass(slots=True)
class _Written:
    """What the forms share: who replies, and whether log-probabilities are told."""

    model: str
    number: str
    vocabulary: Vocabulary
    logprobs: bool
    created: int = field(default_factory=lambda: int(time.time()))

    def _reply(self, kind: str, prefix: str, choices: list[_Choice], usage: Usage | UnsetType = UNSET) -> bytes:
        number = f"{prefix}-{self.number}"
        return msgspec.json.encode(_Reply(number, kind, self.created, self.model, choices, usage))


@dataclass(slots=True)
class ChatForm(_Written):
    """The chat completions endpoint; counts the calls told so far."""

    calls: int = 0

    def whole(self, pieces: Sequence[Piece], usage: Usage) -> bytes:
        """``chat.completion``."""
        text, ending = "".join(piece.text for piece in pieces), _ending(pieces)
        calls = [_tool_call(call, UNSET) for piece in pieces for call in piece.calls]
        message = _Message("assistant", text or None if calls else text, tool_calls=calls or UNSET)
        choice = _Choice(message=message, logprobs=self._logprobs(pieces))
        return self._reply("chat.completion", "chatcmpl", [_ended(choice, ending)], usage)

    def opening(self) -> Iterable[bytes]:
        """The role."""
        return [self._chunk([_Choice(delta=_Delta(role="assistant", content=""))])]

    def chunk(self, piece: Piece) -> bytes:
        """``chat.completion.chunk``."""
        calls = [_tool_call(call, self.calls + place) for place, call in enumerate(piece.calls)]
        self.calls += len(calls)
        delta = _Delta(content=piece.text if piece.text or not calls else UNSET, tool_calls=calls or UNSET)
        choice = _Choice(delta=delta, logprobs=self._logprobs([piece]))
        return self._chunk([_ended(choice, piece.ending)])

    def usage(self, usage: Usage) -> bytes:
        """The chunk that has no choices."""
        return self._chunk([], usage)

    def _chunk(self, choices: list[_Choice], usage: Usage | UnsetType = UNSET) -> bytes:
        return self._reply("chat.completion.chunk", "chatcmpl", choices, usage)

    def _logprobs(self, pieces: Sequence[Piece]) -> _ChatLogprobs | None:
        return _ChatLogprobs([self._token(piece) for piece in pieces]) if self.logprobs else None

    def _token(self, piece: Piece) -> _ChatToken:
        top = [self._alternative(other.token, other.logprob) for other in piece.drawn.top]
        own = self._alternative(piece.drawn.token, piece.drawn.logprob)
        return _ChatToken(own.token, own.logprob, own.bytes, top)

    def _alternative(self, token: int, logprob: float) -> _Alternative:
        return _Alternative(spelling(self.vocabulary, token), logprob, list(self.vocabulary.spelled(token)))


@dataclass(slots=True)
class TextForm(_Written):
    """The completions endpoint; counts the letters of the tokens told so far."""

    offset: int = 0

    def whole(self, pieces: Sequence[Piece], usage: Usage) -> bytes:
        """``text_completion``."""
        return self._text([self._choice(pieces)], usage)

    def opening(self) -> Iterable[bytes]:
        """Nothing."""
        return []

    def chunk(self, piece: Piece) -> bytes:
        """``text_completion`` again: its chunks have no name of their own."""
        return self._text([self._choice([piece])])

    def usage(self, usage: Usage) -> bytes:
        """The chunk that has no choices."""
        return self._text([], usage)

    def _text(self, choices: list[_Choice], usage: Usage | UnsetType = UNSET) -> bytes:
        return self._reply("text_completion", "cmpl", choices, usage)

    def _choice(self, pieces: Sequence[Piece]) -> _Choice:
        text = "".join(piece.text for piece in pieces)
        logprobs = self._logprobs(pieces) if self.logprobs else None
        return _ended(_Choice(text=text, logprobs=logprobs), _ending(pieces))

    def _logprobs(self, pieces: Sequence[Piece]) -> _TextLogprobs:
        told = _TextLogprobs([], [], [], [])
        for piece in pieces:
            token = spelling(self.vocabulary, piece.drawn.token)
            told.text_offset.append(self.offset)
            told.token_logprobs.append(piece.drawn.logprob)
            told.tokens.append(token)
            others = {spelling(self.vocabulary, other.token): other.logprob for other in reversed(piece.drawn.top)}
            told.top_logprobs.append({token: piece.drawn.logprob} | others | {token: piece.drawn.logprob})
            self.offset += len(token)
        return told


def _ending(pieces: Sequence[Piece]) -> Ending | None:
    return pieces[-1].ending


def _ended(choice: _Choice, ending: Ending | None) -> _Choice:
    if ending:
        choice.finish_reason, choice.stop_reason = ending.reason, ending.stop
    return choice


def _tool_call(call: Call, index: int | UnsetType) -> _ToolCall:
    return _ToolCall(index, f"chatcmpl-tool-{uuid4().hex}", "function", _Function(call.name, call.arguments))
