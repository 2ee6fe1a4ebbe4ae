"""The script's lines in the wire forms of the four endpoints: whole replies, and events of a stream.

It knows as much of each form as the official clients read, and refuses to be a general encoder: ``arms`` sends these,
``proxy.wire`` reads them. Every call is a function of its arguments; the time in a reply is fixed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from proxy.demo.prompts import Exercise, Line
from routing.observation import ToolCall
from routing.traits import Endpoint, Json

PATHS = {
    Endpoint.CHAT: "/chat/completions",
    Endpoint.COMPLETIONS: "/completions",
    Endpoint.RESPONSES: "/responses",
    Endpoint.MESSAGES: "/messages",
}
_CREATED = 1_750_000_000
_MAX_TOKENS = 512


class _Message(msgspec.Struct):
    content: str


class _StreamOptions(msgspec.Struct):
    include_usage: bool = False


class _Body(msgspec.Struct):
    model: str
    messages: list[_Message] = []
    prompt: str = ""
    input: str = ""
    stream: bool = False
    stream_options: _StreamOptions | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an arm reads of a request. ``usage``: the stream is to end with a chunk that counts tokens."""

    model: str
    question: str
    stream: bool
    usage: bool


def read(endpoint: Endpoint, body: bytes) -> Asked:
    """The request in any of the four forms. Raises ``msgspec.DecodeError`` on a body that has another."""
    form = msgspec.json.decode(body, type=_Body)
    last = form.messages[-1].content if form.messages else ""
    question = {Endpoint.COMPLETIONS: form.prompt, Endpoint.RESPONSES: form.input}.get(endpoint, last)
    return Asked(form.model, question, form.stream, bool(form.stream_options and form.stream_options.include_usage))


def request(exercise: Exercise, model: str) -> bytes:
    """An exercise as the body of a request to its endpoint."""
    turns: Json = [{"role": "user", "content": exercise.question}]
    body: dict[str, Json] = {"model": model}
    match exercise.endpoint:
        case Endpoint.COMPLETIONS:
            body |= {"prompt": exercise.question, "max_tokens": _MAX_TOKENS}
        case Endpoint.RESPONSES:
            body |= {"input": exercise.question}
        case Endpoint.MESSAGES:
            body |= {"messages": turns, "max_tokens": _MAX_TOKENS}
        case _:
            body |= {"messages": turns} | _demands(exercise)
    return json.dumps(body | ({"stream": True} if exercise.stream else {})).encode()


def _demands(exercise: Exercise) -> dict[str, Json]:
    demands: dict[str, Json] = {}
    if exercise.tools:
        demands["tools"] = list(exercise.tools)
    if exercise.schema is not None:
        schema: Json = {"name": "ticket", "strict": True, "schema": exercise.schema}
        demands["response_format"] = {"type": "json_schema", "json_schema": schema}
    return demands


def unary(endpoint: Endpoint, line: Line, asked: Asked, number: int) -> bytes:
    """A whole reply."""
    match endpoint:
        case Endpoint.COMPLETIONS:
            reply = _completion(line, asked, number)
        case Endpoint.RESPONSES:
            reply = _response(line, asked, number, "completed")
        case Endpoint.MESSAGES:
            reply = _message(line, asked, number)
        case _:
            reply = _chat(line, asked, number)
    return json.dumps(reply).encode()


def events(endpoint: Endpoint, line: Line, asked: Asked, number: int) -> Iterator[bytes]:
    """A reply as the events of a stream, framed; one event for each word."""
    match endpoint:
        case Endpoint.COMPLETIONS:
            return _data_only(_completion_chunks(line, asked, number))
        case Endpoint.RESPONSES:
            return _named(_response_events(line, asked, number))
        case Endpoint.MESSAGES:
            return _named(_message_events(line, asked, number))
        case _:
            return _data_only(_chat_chunks(line, asked, number))


def _data_only(chunks: Iterator[Mapping[str, Json]]) -> Iterator[bytes]:
    for chunk in chunks:
        yield b"data: " + json.dumps(chunk).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def _named(chunks: Iterator[Mapping[str, Json]]) -> Iterator[bytes]:
    for chunk in chunks:
        yield f"event: {chunk['type']}\ndata: {json.dumps(chunk)}\n\n".encode()


def _words(text: str) -> list[str]:
    """The text cut before each space, so that its pieces joined are the text again."""
    head, *rest = text.split(" ")
    return [word for word in (head, *(" " + word for word in rest)) if word]


def _tokens(asked: Asked, line: Line) -> tuple[int, int]:
    spoken = line.text + "".join(call.arguments for call in line.calls)
    return len(asked.question.split()), len(spoken.split())


def _usage(asked: Asked, line: Line) -> Json:
    prompt, completion = _tokens(asked, line)
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _finish(line: Line) -> str:
    return "tool_calls" if line.calls else "stop"


def _call(index: int, call: ToolCall) -> dict[str, Json]:
    function: Json = {"name": call.name, "arguments": call.arguments}
    return {"id": f"call_{index}", "type": "function", "function": function}


def _head(kind: str, prefix: str, asked: Asked, number: int) -> dict[str, Json]:
    return {"id": f"{prefix}-{number}", "object": kind, "created": _CREATED, "model": asked.model}


def _chat(line: Line, asked: Asked, number: int) -> dict[str, Json]:
    message: dict[str, Json] = {"role": "assistant", "content": line.text or None}
    if line.calls:
        message["tool_calls"] = [_call(index, call) for index, call in enumerate(line.calls)]
    choice: Json = {"index": 0, "message": message, "finish_reason": _finish(line), "logprobs": None}
    return _head("chat.completion", "chatcmpl", asked, number) | {"choices": [choice], "usage": _usage(asked, line)}


def _chat_chunks(line: Line, asked: Asked, number: int) -> Iterator[Mapping[str, Json]]:
    head = _head("chat.completion.chunk", "chatcmpl", asked, number)

    def chunk(delta: Json, finish: str | None = None) -> Mapping[str, Json]:
        return head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}

    yield chunk({"role": "assistant", "content": ""})
    for word in _words(line.text):
        yield chunk({"content": word})
    for index, call in enumerate(line.calls):
        yield chunk({"tool_calls": [{"index": index} | _call(index, call)]})
    yield chunk({}, _finish(line))
    if asked.usage:
        yield head | {"choices": [], "usage": _usage(asked, line)}


def _completion(line: Line, asked: Asked, number: int) -> dict[str, Json]:
    choice: Json = {"index": 0, "text": line.text, "finish_reason": "stop", "logprobs": None}
    return _head("text_completion", "cmpl", asked, number) | {"choices": [choice], "usage": _usage(asked, line)}


def _completion_chunks(line: Line, asked: Asked, number: int) -> Iterator[Mapping[str, Json]]:
    head = _head("text_completion", "cmpl", asked, number)
    for word in _words(line.text):
        yield head | {"choices": [{"index": 0, "text": word, "finish_reason": None, "logprobs": None}]}
    yield head | {"choices": [{"index": 0, "text": "", "finish_reason": "stop", "logprobs": None}]}
    if asked.usage:
        yield head | {"choices": [], "usage": _usage(asked, line)}


def _item(line: Line, number: int, status: str) -> dict[str, Json]:
    part: Json = {"type": "output_text", "text": line.text, "annotations": []}
    content: Json = [part] if status == "completed" else []
    return {"id": f"msg_{number}", "type": "message", "role": "assistant", "status": status, "content": content}


def _response(line: Line, asked: Asked, number: int, status: str) -> dict[str, Json]:
    prompt, completion = _tokens(asked, line)
    done = status == "completed"
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": _CREATED,
        "status": status,
        "model": asked.model,
        "output": [_item(line, number, status)] if done else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {"input_tokens": prompt, "output_tokens": completion, "total_tokens": prompt + completion}
        if done
        else None,
    }


def _response_events(line: Line, asked: Asked, number: int) -> Iterator[Mapping[str, Json]]:
    for sequence, event in enumerate(_response_script(line, asked, number)):
        yield event | {"sequence_number": sequence}


def _response_script(line: Line, asked: Asked, number: int) -> Iterator[dict[str, Json]]:
    place: dict[str, Json] = {"item_id": f"msg_{number}", "output_index": 0, "content_index": 0}
    part: Json = {"type": "output_text", "text": line.text, "annotations": []}
    empty: Json = {"type": "output_text", "text": "", "annotations": []}
    begun, finished = _item(line, number, "in_progress"), _item(line, number, "completed")
    yield {"type": "response.created", "response": _response(line, asked, number, "in_progress")}
    yield {"type": "response.output_item.added", "output_index": 0, "item": begun}
    yield {"type": "response.content_part.added", "part": empty} | place
    for word in _words(line.text):
        yield {"type": "response.output_text.delta", "delta": word, "logprobs": []} | place
    yield {"type": "response.output_text.done", "text": line.text, "logprobs": []} | place
    yield {"type": "response.content_part.done", "part": part} | place
    yield {"type": "response.output_item.done", "output_index": 0, "item": finished}
    yield {"type": "response.completed", "response": _response(line, asked, number, "completed")}


def _message(line: Line, asked: Asked, number: int) -> dict[str, Json]:
    prompt, completion = _tokens(asked, line)
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": asked.model,
        "content": [{"type": "text", "text": line.text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": prompt, "output_tokens": completion},
    }


def _message_events(line: Line, asked: Asked, number: int) -> Iterator[Mapping[str, Json]]:
    _, completion = _tokens(asked, line)
    unfinished: dict[str, Json] = {"content": [], "stop_reason": None}
    yield {"type": "message_start", "message": _message(line, asked, number) | unfinished}
    yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
    for word in _words(line.text):
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}}
    yield {"type": "content_block_stop", "index": 0}
    ending: Json = {"stop_reason": "end_turn", "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": completion}}
    yield {"type": "message_stop"}
