"""The commonest events of a stream, read in one step: pieces of a chat reply's text, with log-probabilities or without.

A stream has hundreds of them, in which nothing else counts. Whether an event is one is for the decoder to say, by its
type: one that does not fit it in every field that ``chat_reply`` reads goes the long way. What is read is the same on
both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from proxy.wire.draft import Draft
from proxy.wire.logprobs import Listed, decoded


class _Delta(msgspec.Struct, frozen=True, gc=False):
    content: str
    refusal: None = None
    reasoning_content: None = None
    reasoning: None = None
    tool_calls: None = None
    function_call: None = None


class _Choice(msgspec.Struct, frozen=True, gc=False):
    delta: _Delta
    index: Literal[0] = 0
    finish_reason: None = None
    logprobs: Listed | None = None


class _Chunk(msgspec.Struct, frozen=True, gc=False):
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
    draft.logprobs += decoded(chunk.choices[0].logprobs)
    return True


def take_texts(draft: Draft, objects: Sequence[bytes]) -> bool:
    """As ``take_text``, of many events at once; False where any of them is another, and nothing is taken.

    The decoder minds no lines, so what one event leaves open the next could close. It cannot where each is one line
    that begins and ends with a brace: between two braces that turn their backs on each other stands a comma, or a
    document ends. Then as many documents as there are events are one document each.
    """
    lines, breaks = b"\n".join(objects), len(objects) - 1
    alike = lines.count(b"}\n{") == lines.count(b"\n") == breaks and lines.startswith(b"{") and lines.endswith(b"}")
    try:
        chunks = _decoder.decode_lines(lines) if alike else []
    except (ValueError, RecursionError):
        return False
    if len(chunks) != len(objects) or not chunks:
        return False
    draft.recognized = True
    draft.model = next((chunk.model for chunk in reversed(chunks) if chunk.model), draft.model)
    draft.text += [chunk.choices[0].delta.content for chunk in chunks]
    for chunk in chunks:
        if (found := chunk.choices[0].logprobs) is not None:
            draft.logprobs += decoded(found)
    return True
