"""Replies as upstreams send them, and what they are read as: for the tests of the readers."""

from __future__ import annotations

import json

from proxy.wire.replies import observe
from routing.observation import Arm, Observation, Timing, ToolCall, Usage
from routing.traits import Endpoint, Json

TIMING = Timing(0.1, 0.5)
SSE = "text/event-stream; charset=utf-8"


def unary(endpoint: Endpoint, document: Json) -> Observation:
    """What a unary reply is read as."""
    body = json.dumps(document).encode()
    return observe(endpoint, Arm.STUDENT, 200, "application/json", body, False, None, TIMING)


def streamed(endpoint: Endpoint, body: bytes) -> Observation:
    """What a stream is read as."""
    return observe(endpoint, Arm.STUDENT, 200, SSE, body, True, None, TIMING)


def chunks(*documents: Json, done: bool = True) -> bytes:
    """A stream of unnamed events, as OpenAI's older endpoints send it."""
    lines = [f"data: {json.dumps(document)}\n\n" for document in documents]
    return "".join([*lines, "data: [DONE]\n\n" if done else ""]).encode()


def named(*documents: dict[str, Json]) -> bytes:
    """A stream of events named by their type, as the newer endpoints send it."""
    return "".join(f"event: {d['type']}\ndata: {json.dumps(d)}\n\n" for d in documents).encode()


def delta(content: dict[str, Json], finish: str | None = None, index: int = 0) -> dict[str, Json]:
    """A chunk of a chat stream."""
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "model": "small",
        "choices": [{"index": index, "delta": content, "finish_reason": finish}],
    }


def call(name: str, arguments: Json, **more: Json) -> dict[str, Json]:
    """An entry of a message's tool calls."""
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


OUTPUT: list[Json] = [
    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}, {"type": "summary_text", "text": "So"}]},
    {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Hi", "annotations": []}]},
    {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a":1}'},
    {"type": "web_search_call", "status": "completed"},
]
RESPONSE: dict[str, Json] = {
    "id": "r",
    "object": "response",
    "status": "completed",
    "error": None,
    "model": "small",
    "output": OUTPUT,
    "usage": {"input_tokens": 5, "output_tokens": 3},
}
RESPONDED = Observation(
    Arm.STUDENT,
    text="Hi",
    reasoning="Hm\nSo",
    tool_calls=(ToolCall("f", '{"a":1}', "c1"),),
    finish_reason="tool_calls",
    usage=Usage(5, 3),
    model="small",
    timing=TIMING,
)


def response_events(last: dict[str, Json]) -> bytes:
    """A Responses stream whose last event carries this response."""
    part: dict[str, Json] = {"type": "response.reasoning_summary_part.added", "output_index": 0}
    return named(
        {"type": "response.created", "response": {"status": "in_progress", "output": []}},
        part,
        {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": "Hm"},
        part,
        {"type": "response.reasoning_summary_text.delta", "output_index": 0, "delta": "So"},
        {"type": "response.output_item.added", "output_index": 1, "item": {"type": "message", "content": []}},
        {"type": "response.output_text.delta", "output_index": 1, "delta": "H"},
        {"type": "response.output_text.delta", "output_index": 1, "delta": "i"},
        {"type": "response.output_text.done", "output_index": 1, "text": "Hi"},
        {
            "type": "response.output_item.added",
            "output_index": 2,
            "item": {"type": "function_call", "call_id": "c1", "name": "f", "arguments": ""},
        },
        {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": '{"a"'},
        {"type": "response.function_call_arguments.delta", "output_index": 2, "delta": ":1}"},
        {"type": "response.output_item.done", "output_index": 2, "item": OUTPUT[2]},
        {"type": "response.completed", "response": last},
    )


def message_events() -> bytes:
    """An Anthropic stream with thinking, text and a tool's input in pieces."""
    return named(
        {
            "type": "message_start",
            "message": {
                "type": "message",
                "model": "small",
                "content": [],
                "usage": {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 1},
            },
        },
        {"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "Hm."}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "x"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "ping"},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "H"}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "i"}},
        {
            "type": "content_block_start",
            "index": 2,
            "content_block": {"type": "tool_use", "id": "t", "name": "f", "input": {}},
        },
        {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": '{"a"'}},
        {"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": ":1}"}},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    )
