"""Canned replies of an OpenAI- and Anthropic-shaped upstream, with every legal oddity a proxy must not tidy away.

Unknown fields, unusual whitespace, numbers that a JSON library would rewrite, comments, CRLF, ``data:`` without the
space, bytes after ``[DONE]``. Deterministic: the same request gets the same bytes. ``behaviors`` puts them on a wire.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

JSON_TYPE = b"application/json"
SSE_TYPE = b"text/event-stream; charset=utf-8"
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Canned:
    """A reply before it has a status line. ``pieces`` are the writes of a stream, each a whole number of events."""

    content_type: bytes
    pieces: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """All of its bytes."""
        return b"".join(self.pieces)


def event(data: bytes, name: bytes = b"") -> bytes:
    """One server-sent event."""
    return (b"event: " + name + b"\n" if name else b"") + b"data: " + data + b"\n\n"


def typed(kind: bytes, rest: bytes = b"") -> bytes:
    """An event that says its type twice, as ``/v1/responses`` and ``/v1/messages`` send them."""
    return event(b'{"type":"' + kind + b'"' + (b"," + rest if rest else b"") + b"}", kind)


_CHAT = (
    b'{"id":"chatcmpl-2","object":"chat.completion","created":1700000000,"model":"gpt-large",'
    b'"choices":[{"index":0,"message":%s,"finish_reason":"%s"}],'
    b'"usage":{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16}}'
)
_DELTA = (
    b'{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"gpt-large",'
    b'"choices":[{"index":0,"delta":%s,"finish_reason":%s}]%s}'
)
_TEXT = (
    b'{"id":"cmpl-1","object":"text_completion","created":1700000000,"model":"gpt-large",'
    b'"choices":[{"text":"%s","index":0,"logprobs":null,"finish_reason":%s}]}'
)
_OUTPUT = (
    b'{"type":"message","id":"msg_1","status":"%s","role":"assistant",'
    b'"content":[{"type":"output_text","text":"%s","annotations":[]}]}'
)
_RESPONSE = (
    b'{"id":"resp_1","object":"response","created_at":1700000000,"status":"%s","error":null,'
    b'"incomplete_details":null,"instructions":null,"metadata":{},"model":"gpt-large","output":[%s],'
    b'"parallel_tool_calls":true,"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":%s}'
)
_RESPONSE_USAGE = (
    b'{"input_tokens":5,"input_tokens_details":{"cached_tokens":0,"cache_write_tokens":0},"output_tokens":2,'
    b'"output_tokens_details":{"reasoning_tokens":0},"total_tokens":7}'
)
_MESSAGE = (
    b'{"id":"msg_1","type":"message","role":"assistant","model":"gpt-large","content":[%s],"stop_reason":%s,'
    b'"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":3},"x_unknown":{"kept":1.50}}'
)
_CALL = b'{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":%s}]}'

CHAT = b"""{"id": "chatcmpl-1",  "object":"chat.completion","created":1700000000,\t"model":"gpt-large",
 "choices":[ {"index":0,"message":{"role":"assistant","content":"Four, \\u00e9\xc3\xa9.","x_unknown":[1,2.50,1e3]},
 "finish_reason":"stop","logprobs":null}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12},
 "x_vendor": 12345678901234567890123, "x_vendor": "twice" }\r\n  \n"""
CHAT_TOOLS = _CHAT % (_CALL % rb'{"name":"weather","arguments":"{\"city\": \"Oslo\"}"}', b"tool_calls")
CHAT_JSON = _CHAT % (rb'{"role":"assistant","content":"{\"city\":\"Oslo\",\"degrees\":4}"}', b"stop")
COMPLETION = _TEXT % (b" four", b'"stop"') + b"\n"
RESPONSE = _RESPONSE % (b"completed", _OUTPUT % (b"completed", b"Four."), _RESPONSE_USAGE)
MESSAGE = _MESSAGE % (b'{"type":"text","text":"Four."}', b'"end_turn"')
MESSAGE_TOOLS = _MESSAGE % (
    b'{"type":"tool_use","id":"toolu_1","name":"weather","input":{"city":"Oslo"}}',
    b'"tool_use"',
)

CHAT_STREAM = (
    b": keep-alive\n\n",
    event(_DELTA % (b'{"role":"assistant","content":""}', b"null", b',"x_unknown":1.50')),
    b"data:" + _DELTA % (b'{"content":"Fo"}', b"null", b"") + b"\r\n\r\n",
    event(_DELTA % (b'{"content":"ur, \xc3\xa9."}', b"null", b"")) + b": keep-alive\r\n\r\n",
    event(_DELTA % (b"{}", b'"stop"', b"")),
    DONE + b" \n",
)
_CALL_STARTS = b'{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":""}}'
CHAT_TOOLS_STREAM = (
    event(_DELTA % (b'{"role":"assistant","tool_calls":[' + _CALL_STARTS + b"]}", b"null", b"")),
    event(_DELTA % (rb'{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\": "}}]}', b"null", b"")),
    event(_DELTA % (rb'{"tool_calls":[{"index":0,"function":{"arguments":"\"Oslo\"}"}}]}', b"null", b"")),
    event(_DELTA % (b"{}", b'"tool_calls"', b"")),
    DONE,
)
COMPLETION_STREAM = (
    event(_TEXT % (b" fo", b"null")),
    event(_TEXT % (b"ur", b"null")),
    event(_TEXT % (b"", b'"stop"')),
    DONE,
)
_AT = b'"item_id":"msg_1","output_index":0,"content_index":0'
RESPONSE_STREAM = (
    typed(b"response.created", b'"sequence_number":0,"response":' + _RESPONSE % (b"in_progress", b"", b"null")),
    typed(
        b"response.output_item.added",
        b'"sequence_number":1,"output_index":0,"item":' + _OUTPUT % (b"in_progress", b""),
    ),
    typed(
        b"response.content_part.added",
        b'"sequence_number":2,' + _AT + b',"part":{"type":"output_text","text":"","annotations":[]}',
    ),
    typed(b"response.output_text.delta", b'"sequence_number":3,' + _AT + b',"delta":"Four.","logprobs":[]'),
    typed(b"response.completed", b'"sequence_number":4,"response":' + RESPONSE),
)
MESSAGE_STREAM = (
    typed(b"message_start", b'"message":' + _MESSAGE % (b"", b"null")),
    typed(b"content_block_start", b'"index":0,"content_block":{"type":"text","text":""}'),
    event(b'{"type": "ping"}', b"ping"),
    typed(b"content_block_delta", b'"index":0,"delta":{"type":"text_delta","text":"Fo"}'),
    typed(b"content_block_delta", b'"index":0,"delta":{"type":"text_delta","text":"ur."}'),
    typed(b"content_block_stop", b'"index":0'),
    typed(b"message_delta", b'"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":3}'),
    typed(b"message_stop"),
)

EMBEDDING = (
    b'{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,0.250]}],"model":"gpt-large",'
    b'"usage":{"prompt_tokens":2,"total_tokens":2}}'
)
BINARY = bytes(range(256)) * 300
ERROR_429 = (
    b'{"error": {"message":"Slow down, \xc3\xa9.", "type":"rate_limit_error", "param":null, "code":"rate_limited"}}\n'
)
ERROR_500 = b'{"error":{"message":"The teacher tripped.","type":"server_error","param":null,"code":null}}'
ERROR_EVENT = (
    b'data: {"error": {"message": "overloaded", "type": "server_error", "param": null, "code": "overloaded"}}\n\n'
)

REFUSAL = b"I'm sorry, but I can't help with that. "
_FOUR = re.compile(rb"\b[Ff]o(?=ur|\")")  # streams break the word after its second letter

_UNARY = {
    "/v1/chat/completions": CHAT,
    "/v1/completions": COMPLETION,
    "/v1/responses": RESPONSE,
    "/v1/messages": MESSAGE,
    "/v1/embeddings": EMBEDDING,
}
_STREAMS = {
    "/v1/chat/completions": CHAT_STREAM,
    "/v1/completions": COMPLETION_STREAM,
    "/v1/responses": RESPONSE_STREAM,
    "/v1/messages": MESSAGE_STREAM,
}


def refused(reply: Canned) -> Canned:
    """The same reply, declining: its text begins with a refusal, wherever its form has text."""
    return Canned(reply.content_type, tuple(_FOUR.sub(REFUSAL, piece) for piece in reply.pieces))


def reply_to(path: str, body: bytes) -> Canned:
    """What a well-behaved upstream answers to this path and body."""
    asked = _asked(body)
    if asked.get("stream") is True and path in _STREAMS:
        chat_tools = path == "/v1/chat/completions" and "tools" in asked
        return Canned(SSE_TYPE, CHAT_TOOLS_STREAM if chat_tools else _STREAMS[path])
    if path not in _UNARY:
        return Canned(b"application/octet-stream", (BINARY,))
    return Canned(JSON_TYPE, (_special(path, asked) or _UNARY[path],))


def _special(path: str, asked: dict[str, object]) -> bytes | None:
    """The reply to a request for tools or for JSON, or None."""
    if "tools" in asked:
        return {"/v1/chat/completions": CHAT_TOOLS, "/v1/messages": MESSAGE_TOOLS}.get(path)
    return CHAT_JSON if "response_format" in asked and path == "/v1/chat/completions" else None


def _asked(body: bytes) -> dict[str, object]:
    """The request's fields; none where it is no JSON object."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
