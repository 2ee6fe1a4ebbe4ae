"""Chat's and Completions' events and whole replies, decoded straight into what confidence needs of them.

What does not fit raises ``ValueError`` and goes the long way, through ``chat_reply``, which reads the same.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from proxy.wire.heard import ABSENT, Heard, hear_arrays, hear_content, says
from proxy.wire.surplus import Values, Where

_FIRST = (0, None)
_CHOICE = Where.CHOICE


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    tool_calls: msgspec.Raw = ABSENT


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta | None = None
    text: str = ""
    index: int | None = 0
    finish_reason: str | None = None
    logprobs: msgspec.Raw = ABSENT


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice]
    error: msgspec.Raw = ABSENT


class _BareChoice(msgspec.Struct, gc=False):
    delta: dict[str, msgspec.Raw]
    finish_reason: None = None
    token_ids: None = None


class _BareChunk(msgspec.Struct, gc=False):
    choices: list[_BareChoice]


_chunk = msgspec.json.Decoder(_Chunk)
_bare = msgspec.json.Decoder(_BareChunk)


def chat(heard: Heard, data: bytes, *, hears: bool) -> Values:
    """An event of Chat, or a whole reply."""
    chunk = _read(heard, data, hear_content, hears)
    return Values(_logprobs(chunk), _CHOICE, None, _may_be_extra(chunk) and _is_extra(data))


def completion(heard: Heard, data: bytes, *, hears: bool) -> Values:
    """An event of Completions, or a whole reply."""
    chunk = _read(heard, data, hear_arrays, hears)
    return Values(_logprobs(chunk), _CHOICE)


def _logprobs(chunk: _Chunk) -> list[msgspec.Raw]:
    return [choice.logprobs for choice in chunk.choices if len(choice.logprobs)]


def _read(heard: Heard, data: bytes, hear: Callable[[Heard, msgspec.Raw], int], hears: bool) -> _Chunk:
    chunk = _chunk.decode(data)
    if len(chunk.error) and says(chunk.error):
        heard.failed = True
    for choice in chunk.choices:
        if choice.index in _FIRST:
            _hear(heard, choice, hear, hears)
            break
    return chunk


def _hear(heard: Heard, choice: _Choice, hear: Callable[[Heard, msgspec.Raw], int], hears: bool) -> None:
    if choice.finish_reason:
        heard.finished(choice.finish_reason)
    delta = choice.delta
    text = choice.text if delta is None else delta.content
    if text:
        heard.texts.append(text)
    if not hears:
        return
    said = bool(text) or (delta is not None and says(delta.tool_calls))
    heard.count(hear, choice.logprobs, said=said)


def _may_be_extra(chunk: _Chunk) -> bool:
    """Whether these are tokens without a word, as vLLM sends them for the sake of their log-probabilities."""
    for choice in chunk.choices:
        delta = choice.delta
        if delta is None or delta.content is not None:  # as nearly always
            return False
        if choice.finish_reason is not None or not says(choice.logprobs):
            return False
    return bool(chunk.choices)


def _is_extra(data: bytes) -> bool:
    try:
        return not any(choice.delta for choice in _bare.decode(data).choices)
    except ValueError:
        return False
