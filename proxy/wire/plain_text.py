"""The commonest event of a stream, read in one step: a piece of a chat reply's text, and nothing else that counts.

A stream has hundreds of them. Whether an event is one is for the decoder to say, by its type: one that does not fit it
in every field that ``chat_reply`` reads goes the long way. What is read is the same on both.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from proxy.wire.draft import Draft


class _Delta(msgspec.Struct, frozen=True):
    content: str
    refusal: None = None
    reasoning_content: None = None
    reasoning: None = None
    tool_calls: None = None
    function_call: None = None


class _Choice(msgspec.Struct, frozen=True):
    delta: _Delta
    index: Literal[0] = 0
    finish_reason: None = None
    logprobs: None = None


class _Chunk(msgspec.Struct, frozen=True):
    choices: tuple[_Choice]
    model: str = ""
    usage: None = None
    error: None = None


_decoder = msgspec.json.Decoder(_Chunk)


def take_text(draft: Draft, data: bytes) -> bool:
    """Takes over the text of such an event; False for any other, of which nothing is taken."""
    try:
        chunk = _decoder.decode(data)
    except (ValueError, RecursionError):
        return False
    draft.recognized = True
    draft.model = chunk.model or draft.model
    draft.text.append(chunk.choices[0].delta.content)
    return True
