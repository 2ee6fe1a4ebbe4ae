"""Replies that a server was asked for log-probabilities in, beside what it would have sent unasked: for the tests.

Both are written side by side, so that no reader is needed to tell what should be left: values that nobody asked for are
a pair of spellings, everything else is spelled once, in whatever order, with whatever spaces and escapes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from routing.traits import Json

NULL, NONE = b"null", b"[]"
SAID = ["", "Hi", " é", "\U0001f600", '"logprobs":null', '{"logprobs": 1}', "\\", "a\nb", '"top_logprobs":5']
KEYS = ["id", "model", "x", "é", "", "usage", "logprob", "logprobs\\", "metadata"]
NESTED = ["logprobs", "top_logprobs", "content", "choices", "output", "part"]


class Spelled(NamedTuple):
    """Bytes as they come when asked, and as they would come unasked."""

    asked: bytes
    unasked: bytes


class Reply(NamedTuple):
    """An event, or a whole reply: its bytes, and what it says for sure. ``unasked`` is None if it would not be sent."""

    spelled: Spelled
    text: str = ""
    tokens: tuple[tuple[str, float], ...] = ()
    name: str = ""
    extra: bool = False


_scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 0) | st.sampled_from(SAID)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS + NESTED), inner, max_size=3),
    max_leaves=6,
)
spaces = st.sampled_from([b"", b"", b"", b" ", b"\n", b" \t"])


@st.composite
def written(draw: st.DrawFn, value: Json) -> bytes:
    """A value in one of the ways to write it."""
    ascii_only, spaced = draw(st.booleans()), draw(st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]))
    return json.dumps(
        value, ensure_ascii=ascii_only, separators=spaced, indent=draw(st.sampled_from([None, 1]))
    ).encode()


@st.composite
def same(draw: st.DrawFn, value: Json) -> Spelled:
    """A value that is the same, asked or not."""
    spelled = draw(written(value))
    return Spelled(spelled, spelled)


@st.composite
def array(draw: st.DrawFn, items: Sequence[Spelled]) -> Spelled:
    """An array of these."""
    inside = [(draw(spaces), item, draw(spaces)) for item in items]
    return Spelled(*(b"[" + b",".join(a + item[kind] + b for a, item, b in inside) + b"]" for kind in (0, 1)))


@st.composite
def record(draw: st.DrawFn, members: dict[str, Spelled]) -> Spelled:
    """An object with these members and some more, in any order."""
    more = draw(st.lists(st.sampled_from(KEYS), max_size=2, unique=True))
    extra = {key: draw(same(draw(_values))) for key in more if key not in members}
    order = draw(st.permutations(sorted(members | extra)))
    parts = []
    for key in order:
        a, b, c, d = (draw(spaces) for _ in range(4))
        name = a + draw(written(key)).strip() + b + b":" + c
        parts.append(((members | extra)[key], name, d))
    return Spelled(*(b"{" + b",".join(name + item[kind] + d for item, name, d in parts) + b"}" for kind in (0, 1)))


_names = st.sampled_from(SAID)
_numbers = st.floats(-20, 0, allow_nan=False).map(lambda number: round(number, 6))
tokens = st.lists(st.tuples(_names, _numbers), min_size=1, max_size=3)


def listed(found: list[tuple[str, float]]) -> list[Json]:
    """Tokens as Chat and Responses list them."""
    return [{"token": t, "logprob": p, "bytes": [1], "top_logprobs": [{"token": t, "logprob": p}]} for t, p in found]


def parallel(found: list[tuple[str, float]]) -> dict[str, Json]:
    """Tokens as Completions have them."""
    return {
        "tokens": [token for token, _ in found],
        "token_logprobs": [number for _, number in found],
        "top_logprobs": [{token: number} for token, number in found],
        "text_offset": [0 for _ in found],
    }


@st.composite
def _choice(draw: st.DrawFn, members: dict[str, Json], logprobs: Json, index: int) -> Spelled:
    spelled = {key: draw(same(value)) for key, value in members.items()}
    spelled["index"] = draw(same(index))
    spelled["logprobs"] = Spelled(draw(written(logprobs)), NULL) if logprobs is not None else Spelled(NULL, NULL)
    return draw(record(spelled))


@st.composite
def chat_events(draw: st.DrawFn) -> Reply:
    """An event of a chat stream, with one choice or two, or one that would not be sent unasked."""
    if draw(st.integers(0, 4)) == 0:
        return draw(_extra_events())
    text = draw(_names)
    delta: dict[str, Json] = {"content": text}
    if draw(st.booleans()):
        delta["tool_calls"] = [{"index": 0, "function": {"name": "f", "arguments": '{"logprobs":null}'}}]
    found = draw(tokens)
    members: dict[str, Json] = {"delta": delta, "finish_reason": draw(st.sampled_from([None, "stop"]))}
    choices = [draw(_choice(members, {"content": listed(found)}, 0))]
    if draw(st.booleans()):
        choices.append(draw(_choice({"delta": {"content": "b"}}, {"content": listed(draw(tokens))}, 1)))
    return Reply(draw(record({"choices": draw(array(choices))})), text, tuple(found))


@st.composite
def _extra_events(draw: st.DrawFn) -> Reply:
    found = draw(tokens)
    members: dict[str, Json] = {"delta": {}, "finish_reason": None, "token_ids": None}
    choice = draw(_choice(members, {"content": listed(found)}, 0))
    return Reply(draw(record({"choices": draw(array([choice]))})), "", tuple(found), extra=True)


@st.composite
def chat_replies(draw: st.DrawFn) -> Reply:
    """A whole reply of Chat."""
    found = draw(tokens)
    message: Json = {"role": "assistant", "content": draw(_names), "logprobs": draw(_values)}
    choices = [draw(_choice({"message": message}, {"content": listed(found)}, 0))]
    choices += [draw(_choice({"message": message}, None, n + 1)) for n in range(draw(st.integers(0, 2)))]
    return Reply(draw(record({"choices": draw(array(choices))})), "", tuple(found))


@st.composite
def completions(draw: st.DrawFn) -> Reply:
    """An event of a Completions stream, or a whole reply: they have the same shape."""
    text, found = draw(_names), draw(tokens)
    choices = [draw(_choice({"text": text, "prompt_logprobs": None}, parallel(found), 0))]
    choices += [draw(_choice({"text": "b"}, parallel(found), 1))] if draw(st.booleans()) else []
    return Reply(draw(record({"choices": draw(array(choices))})), text, tuple(found))


@st.composite
def _response(draw: st.DrawFn, found: list[tuple[str, float]], part: bytes, echo: bytes) -> Spelled:
    call = draw(same({"type": "function_call", "name": "f", "arguments": '{"logprobs":[1]}'}))
    items = [draw(_message(found, part)), call] if found else [call]
    members = {"output": draw(array(items)), "top_logprobs": Spelled(b"5", echo)}
    if part == NONE:
        members["store"] = draw(same(draw(st.booleans())))
    return draw(record(members))


@st.composite
def _part(draw: st.DrawFn, found: list[tuple[str, float]], part: bytes) -> Spelled:
    logprobs = Spelled(draw(written(listed(found))), part)
    return draw(record({"type": draw(same("output_text")), "text": draw(same("x")), "logprobs": logprobs}))


@st.composite
def _message(draw: st.DrawFn, found: list[tuple[str, float]], part: bytes) -> Spelled:
    parts = draw(array([draw(_part(found, part))]))
    return draw(record({"type": draw(same("message")), "content": parts}))


@st.composite
def responses(draw: st.DrawFn, *, openai: bool) -> Reply:
    """A whole reply of Responses, of OpenAI's form or of vLLM's."""
    found = draw(tokens)
    part, echo = (NONE, b"0") if openai else (NULL, NULL)
    return Reply(draw(_response(found, part, echo)), "", tuple(found))


@st.composite
def response_streams(draw: st.DrawFn, *, openai: bool) -> list[Reply]:
    """The events of a Responses stream, each with a name."""
    part, echo = (NONE, b"0") if openai else (NULL, NULL)
    found, text = draw(tokens), draw(_names)
    kinds: list[tuple[str, dict[str, Spelled]]] = [
        ("response.created", {"response": draw(_response([], part, echo))}),
        ("response.content_part.added", {"part": draw(same({"type": "output_text", "text": "", "logprobs": []}))}),
        (
            "response.output_text.delta",
            {"delta": draw(same(text)), "logprobs": Spelled(draw(written(listed(found))), NONE)},
        ),
        ("response.output_text.done", {"text": draw(same(text)), "logprobs": Spelled(NONE, NONE)}),
        ("response.content_part.done", {"part": draw(_part(found, part))}),
        ("response.output_item.done", {"item": draw(_message(found, part))}),
        ("response.completed", {"response": draw(_response(found, part, echo))}),
    ]
    replies = []
    for kind, members in kinds:
        spelled = draw(record(members | {"type": draw(same(kind))}))
        said = (text, tuple(found)) if kind == "response.output_text.delta" else ("", ())
        replies.append(Reply(spelled, *said, name=kind))
    return replies


def unusual(reply: Reply) -> Reply:
    """The same with a number that only lenient readers take."""
    asked, unasked = (spelled[:-1] + b',"n":NaN}' for spelled in reply.spelled)
    return reply._replace(spelled=Spelled(asked, unasked))


@st.composite
def streams(draw: st.DrawFn, events: list[Reply]) -> Spelled:
    """The events as a stream, with comments and any line ends; whether the last one is ended is left to chance."""
    line = draw(st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"]))
    prefix = draw(st.sampled_from([b"data: ", b"data:"]))
    asked, unasked = bytearray(), bytearray()
    for event in events:
        lines = [draw(st.sampled_from([b"", b"", b": ping" + line, b"id: 1" + line]))]
        lines += [b"event: " + event.name.encode() + line] if event.name else []
        told, left = (_lines(spelled, prefix, line) for spelled in event.spelled)
        asked += b"".join([*lines, told])
        unasked += b"" if event.extra else b"".join([*lines, left])
    return Spelled(bytes(asked), bytes(unasked))


def _lines(spelled: bytes, prefix: bytes, line: bytes) -> bytes:
    return b"".join([*(prefix + piece + line for piece in spelled.split(b"\n")), line])
