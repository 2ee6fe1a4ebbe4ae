"""Replies of the four endpoints, unary and streamed, as observations."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.replies import observe
from routing.observation import Arm, Failure, Observation, Timing, TokenLogprob, ToolCall, Usage
from routing.traits import Endpoint, Json

FOUR = [Endpoint.CHAT, Endpoint.COMPLETIONS, Endpoint.RESPONSES, Endpoint.MESSAGES]
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


# Chat


def test_a_unary_chat() -> None:
    """Everything a chat's message may hold beside tool calls."""
    seen = unary(
        Endpoint.CHAT,
        {
            "id": "c",
            "object": "chat.completion",
            "model": "small",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": "Hi", "refusal": None, "reasoning_content": "Hm."},
                    "logprobs": {
                        "content": [
                            {
                                "token": "Hi",
                                "logprob": -0.5,
                                "bytes": [72, 105],
                                "top_logprobs": [{"token": "Hi", "logprob": -0.5}, {"token": "Yo", "logprob": -1.5}],
                            }
                        ]
                    },
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 7, "completion_tokens": 1, "total_tokens": 8},
        },
    )
    assert seen == Observation(
        Arm.STUDENT,
        text="Hi",
        reasoning="Hm.",
        finish_reason="stop",
        usage=Usage(7, 1),
        logprobs=(TokenLogprob("Hi", -0.5, (-0.5, -1.5)),),
        model="small",
        timing=TIMING,
    )


def test_a_streamed_chat_is_read_as_the_unary_one() -> None:
    """Otherwise a stream and a unary reply could not be compared."""
    entry: Json = {"token": "Hi", "logprob": -0.5, "top_logprobs": []}
    with_logprobs = delta({"content": "Hi"})
    with_logprobs["choices"] = [{"index": 0, "delta": {"content": "Hi"}, "logprobs": {"content": [entry]}}]
    usage: Json = {"model": "small", "choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
    role: dict[str, Json] = {"role": "assistant", "content": "", "reasoning": "Hm"}
    seen = streamed(
        Endpoint.CHAT,
        b": processing\n\n" + chunks(delta(role), delta({"reasoning": "."}), with_logprobs, delta({}, "stop"), usage),
    )
    assert seen == Observation(
        Arm.STUDENT,
        text="Hi",
        reasoning="Hm.",
        finish_reason="stop",
        usage=Usage(7, 2),
        logprobs=(TokenLogprob("Hi", -0.5),),
        model="small",
        timing=TIMING,
    )


def test_tool_calls_are_assembled_from_their_pieces() -> None:
    """Parallel calls may interleave."""

    def piece(index: int, arguments: str, **more: Json) -> Json:
        call_id: dict[str, Json] = {"id": f"c{index}", "type": "function"} if more else {}
        return {"index": index, "function": {"arguments": arguments, **more}, **call_id}

    seen = streamed(
        Endpoint.CHAT,
        chunks(
            delta({"tool_calls": [piece(0, "", name="f")]}),
            delta({"tool_calls": [piece(0, '{"a"'), piece(1, "", name="g")]}),
            delta({"tool_calls": [piece(1, "{}")]}),
            delta({"tool_calls": [piece(0, ": 1}")]}),
            delta({}, "tool_calls"),
        ),
    )
    assert seen.tool_calls == (ToolCall("f", '{"a": 1}', "c0"), ToolCall("g", "{}", "c1"))
    assert (seen.finish_reason, seen.failure) == ("tool_calls", None)


def call(name: str, arguments: Json, **more: Json) -> dict[str, Json]:
    """An entry of a message's tool calls."""
    return {"type": "function", "function": {"name": name, "arguments": arguments}, **more}


@pytest.mark.parametrize(
    "entries",
    [
        [call("f", "{}", index=0, id="a"), call("f", '{"x":1}', index=0, id="b")],
        [call("f", "{}", id="a"), call("f", '{"x":1}', id="b")],
        [call("f", {}, id="a"), call("f", {"x": 1}, id="b")],
    ],
)
def test_odd_upstreams_parallel_calls_are_kept_apart(entries: list[Json]) -> None:
    """Some give every call the index 0, some none, some the arguments as an object."""
    expected = (ToolCall("f", "{}", "a"), ToolCall("f", '{"x":1}', "b"))
    assert (
        streamed(Endpoint.CHAT, chunks(*(delta({"tool_calls": [entry]}) for entry in entries))).tool_calls == expected
    )
    message: Json = {"role": "assistant", "content": None, "tool_calls": entries}
    assert unary(Endpoint.CHAT, {"choices": [{"message": message}]}).tool_calls == expected


def test_pieces_without_an_index_continue_the_last_call() -> None:
    """A name begins a call, anything else goes on with it."""
    pieces: list[Json] = [call("f", '{"x"', id="a"), {"function": {"arguments": ":1}"}}, call("g", "{}")]
    seen = streamed(Endpoint.CHAT, chunks(*(delta({"tool_calls": [piece]}) for piece in pieces)))
    assert seen.tool_calls == (ToolCall("f", '{"x":1}', "a"), ToolCall("g", "{}"))


def test_a_legacy_function_call_is_a_tool_call() -> None:
    """Old upstreams live as long as old clients."""
    seen = streamed(
        Endpoint.CHAT,
        chunks(
            delta({"function_call": {"name": "f", "arguments": ""}}),
            delta({"function_call": {"arguments": "{}"}}),
            delta({}, "function_call"),
        ),
    )
    assert (seen.tool_calls, seen.finish_reason) == ((ToolCall("f", "{}"),), "tool_calls")


def test_only_the_first_choice_is_read() -> None:
    """Choices of ``n`` interleave, and mixing them would make nonsense of the text."""
    body = chunks(delta({"content": "no"}, index=1), delta({"content": "yes"}), delta({"content": "no"}, "length", 1))
    seen = streamed(Endpoint.CHAT, body)
    assert (seen.text, seen.finish_reason) == ("yes", "")


def test_the_refusal_field_is_kept_apart() -> None:
    """Structured output refuses there, and the text stays empty."""
    seen = streamed(Endpoint.CHAT, chunks(delta({"refusal": "I "}), delta({"refusal": "can't."}, "stop")))
    assert (seen.text, seen.refusal) == ("", "I can't.")


def test_content_in_parts_is_text_and_thinking() -> None:
    """Some upstreams send the message's content as parts."""
    content: Json = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
        {"type": "text", "text": "Hi"},
    ]
    seen = unary(Endpoint.CHAT, {"choices": [{"message": {"content": content}}]})
    assert (seen.text, seen.reasoning) == ("Hi", "Hm.")


def test_logprobs_that_are_no_finite_numbers_are_dropped() -> None:
    """One infinity makes every mean infinite."""
    numbers = ["-0.5", "NaN", "-Infinity", "null", '"x"', "-1"]
    entries = ",".join(f'{{"token": "t", "logprob": {n}, "top_logprobs": [{{"logprob": {n}}}]}}' for n in numbers)
    body = f'data: {{"choices": [{{"delta": {{}}, "logprobs": {{"content": [{entries}]}}}}]}}\n\ndata: [DONE]\n\n'
    seen = streamed(Endpoint.CHAT, body.encode())
    assert seen.logprobs == (TokenLogprob("t", -0.5, (-0.5,)), TokenLogprob("t", -1.0, (-1.0,)))


def test_an_emoji_split_over_two_chunks_is_whole() -> None:
    """As two escapes, one in each delta."""
    body = b'data: {"choices":[{"delta":{"content":"\\ud83d"}}]}\n\n'
    body += b'data: {"choices":[{"delta":{"content":"\\ude00"}}]}\n\ndata: [DONE]\n\n'
    assert streamed(Endpoint.CHAT, body).text == "😀"


# Completions


def test_completions_unary_and_streamed() -> None:
    """Legacy log-probabilities are parallel arrays, with a null for an echoed first token."""
    logprobs: Json = {
        "tokens": ["a", " b"],
        "token_logprobs": [None, -0.25],
        "top_logprobs": [None, {" b": -0.25, " c": -2.0}],
    }
    choice: dict[str, Json] = {"index": 0, "text": "a b", "logprobs": logprobs, "finish_reason": "length"}
    usage: Json = {"prompt_tokens": 1, "completion_tokens": 2}
    expected = Observation(
        Arm.STUDENT,
        text="a b",
        finish_reason="length",
        usage=Usage(1, 2),
        logprobs=(TokenLogprob(" b", -0.25, (-0.25, -2.0)),),
        model="small",
        timing=TIMING,
    )
    document: Json = {"model": "small", "choices": [choice], "usage": usage}
    assert unary(Endpoint.COMPLETIONS, document) == expected
    start: Json = {"model": "small", "choices": [{"index": 0, "text": "a", "finish_reason": None}]}
    rest: Json = {"model": "small", "choices": [choice | {"text": " b"}]}
    stream = chunks(start, rest, {"choices": [], "usage": usage})
    assert streamed(Endpoint.COMPLETIONS, stream) == expected


# Responses

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


def test_a_unary_response() -> None:
    """Items of many types, of which three are the reply's."""
    assert unary(Endpoint.RESPONSES, RESPONSE) == RESPONDED


@pytest.mark.parametrize("output", [OUTPUT, []])
def test_a_streamed_response_is_read_as_the_unary_one(output: list[Json]) -> None:
    """Whether or not the upstream repeats the output in its last event."""
    assert streamed(Endpoint.RESPONSES, response_events(RESPONSE | {"output": output})) == RESPONDED


def test_a_response_without_deltas_is_read_from_its_last_event() -> None:
    """Nothing obliges an upstream to send deltas."""
    assert streamed(Endpoint.RESPONSES, named({"type": "response.completed", "response": RESPONSE})) == RESPONDED


@pytest.mark.parametrize(
    ("reason", "expected"), [("max_output_tokens", "length"), ("content_filter", "content_filter"), (None, "length")]
)
def test_incomplete_responses_say_why(reason: str | None, expected: str) -> None:
    """In the vocabulary of chat."""
    response = RESPONSE | {"status": "incomplete", "incomplete_details": {"reason": reason}}
    assert unary(Endpoint.RESPONSES, response).finish_reason == expected
    stream = named({"type": "response.incomplete", "response": response})
    assert (streamed(Endpoint.RESPONSES, stream).finish_reason, streamed(Endpoint.RESPONSES, stream).failure) == (
        expected,
        None,
    )


def test_a_refusal_part_of_a_response() -> None:
    """It stands beside the text parts."""
    content: Json = [{"type": "refusal", "refusal": "No."}]
    seen = unary(Endpoint.RESPONSES, {"status": "completed", "output": [{"type": "message", "content": content}]})
    assert (seen.text, seen.refusal) == ("", "No.")
    stream = named({"type": "response.refusal.delta", "delta": "No."}, {"type": "response.completed", "response": {}})
    assert streamed(Endpoint.RESPONSES, stream).refusal == "No."


# Messages


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


def test_messages_unary_and_streamed() -> None:
    """Blocks become text, thinking and calls; the prompt's tokens include the cached ones."""
    expected = Observation(
        Arm.STUDENT,
        text="Hi",
        reasoning="Hm.",
        tool_calls=(ToolCall("f", '{"a":1}', "t"),),
        finish_reason="tool_calls",
        usage=Usage(7, 9),
        model="small",
        timing=TIMING,
    )
    document: Json = {
        "type": "message",
        "model": "small",
        "content": [
            {"type": "thinking", "thinking": "Hm."},
            {"type": "text", "text": "Hi"},
            {"type": "tool_use", "id": "t", "name": "f", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 5, "cache_read_input_tokens": 2, "output_tokens": 9},
    }
    assert unary(Endpoint.MESSAGES, document) == expected
    assert streamed(Endpoint.MESSAGES, message_events()) == expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("refusal", "content_filter"),
        ("new", ""),
    ],
)
def test_stop_reasons_of_messages(reason: str, expected: str) -> None:
    """In the vocabulary of chat, which is closed."""
    assert unary(Endpoint.MESSAGES, {"content": [], "stop_reason": reason}).finish_reason == expected


# Failures

CHAT_REPLY: Json = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}]}
CHAT_STREAM = chunks(delta({"content": "Hel"}), delta({"content": "lo"}, "stop"))


@pytest.mark.parametrize("endpoint", FOUR)
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, b"oops", Failure.HTTP_ERROR),
        (429, b"", Failure.HTTP_ERROR),
        (200, b"", Failure.EMPTY),
        (200, b" \n", Failure.EMPTY),
        (200, b"<html>", Failure.INVALID),
        (200, b"[]", Failure.INVALID),
        (200, b"{}", Failure.INVALID),
        (200, b'{"choices": []}', Failure.INVALID),
        (200, b'{"choices": [7], "output": 7, "content": 7}', Failure.INVALID),
        (200, b"[" * 100_000, Failure.INVALID),
        (200, b'{"error": {"message": "overloaded"}}', Failure.ERROR_EVENT),
    ],
)
def test_failures_of_unary_replies(endpoint: Endpoint, status: int, body: bytes, expected: Failure) -> None:
    """An arm's failure is data: it is counted by its name."""
    seen = observe(endpoint, Arm.STUDENT, status, "application/json", body, False, None, TIMING)
    assert (seen.failure, seen.status, seen.text) == (expected, status, "")


@pytest.mark.parametrize("endpoint", FOUR)
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", Failure.EMPTY),
        (b'data: {"error": {"message": "overloaded", "code": 500}}\n\ndata: [DONE]\n\n', Failure.ERROR_EVENT),
        (b'event: error\ndata: {"type": "error", "error": {"type": "overloaded_error"}}\n\n', Failure.ERROR_EVENT),
        (b"event: error\ndata: overloaded\n\n", Failure.ERROR_EVENT),
        (b"<html>502</html>", Failure.INVALID),
        (b"data: {broken\n\n", Failure.INVALID),
        (b"data: 7\n\n", Failure.INVALID),
        (b"data: [DONE]\n\n", Failure.INVALID),
        (b": ping\n\n", Failure.TRUNCATED),
        (b'data: {"cho', Failure.TRUNCATED),
    ],
)
def test_failures_of_streams(endpoint: Endpoint, body: bytes, expected: Failure) -> None:
    """Also where the first event is an error under a status of 200."""
    assert streamed(endpoint, body).failure is expected


@pytest.mark.parametrize(
    ("endpoint", "stream", "last"),
    [
        (Endpoint.CHAT, CHAT_STREAM, b"data: [DONE]\n\n"),
        (Endpoint.COMPLETIONS, chunks({"choices": [{"text": "a"}]}), b"data: [DONE]\n\n"),
        (Endpoint.RESPONSES, response_events(RESPONSE), b"event: response.completed"),
        (Endpoint.MESSAGES, message_events(), b"event: message_stop"),
    ],
)
def test_cut_streams_are_truncated_wherever_they_are_cut(endpoint: Endpoint, stream: bytes, last: bytes) -> None:
    """And show what was said until then. Cut inside the terminal event they may be whole already."""
    whole = streamed(endpoint, stream)
    assert whole.failure is None
    for cut in range(1, stream.index(last)):
        seen = streamed(endpoint, stream[:cut])
        assert seen.failure is Failure.TRUNCATED, stream[:cut]
        assert whole.text.startswith(seen.text)


def test_an_error_in_the_middle_keeps_what_was_said() -> None:
    """The pair shows how far the arm came."""
    seen = streamed(Endpoint.CHAT, chunks(delta({"content": "Hel"}), {"error": {"message": "gone"}}))
    assert (seen.failure, seen.text) == (Failure.ERROR_EVENT, "Hel")


def test_a_failed_response_is_an_error() -> None:
    """Unary or streamed."""
    response: dict[str, Json] = {"status": "failed", "error": {"code": "server_error"}, "output": []}
    assert unary(Endpoint.RESPONSES, response).failure is Failure.ERROR_EVENT
    stream = named({"type": "response.failed", "response": response})
    assert streamed(Endpoint.RESPONSES, stream).failure is Failure.ERROR_EVENT


def test_what_the_transport_reported_stands() -> None:
    """It knows more than the bytes: a stalled stream is not merely truncated."""
    body = CHAT_STREAM[:60]
    seen = observe(Endpoint.CHAT, Arm.TEACHER, 200, SSE, body, True, Failure.STALL_TIMEOUT, TIMING)
    assert (seen.arm, seen.failure) == (Arm.TEACHER, Failure.STALL_TIMEOUT)


def test_the_content_type_overrules_what_was_asked() -> None:
    """Upstreams answer a stream request in one piece, and the other way round."""
    body = json.dumps(CHAT_REPLY).encode()
    assert observe(Endpoint.CHAT, Arm.STUDENT, 200, "application/json", body, True, None, TIMING).text == "Hi"
    assert observe(Endpoint.CHAT, Arm.STUDENT, 200, SSE, CHAT_STREAM, False, None, TIMING).text == "Hello"
    assert observe(Endpoint.CHAT, Arm.STUDENT, 200, "", CHAT_STREAM, True, None, TIMING).text == "Hello"


def test_other_endpoints_are_observed_from_outside() -> None:
    """We know no more of them than status and size."""
    assert observe(Endpoint.OTHER, Arm.TEACHER, 200, "audio/mpeg", b"\xff", False, None, TIMING).failure is None


JUNK: st.SearchStrategy[Json] = st.sampled_from(
    [None, True, -1, 1.5, float("nan"), "", "x", "\ud800", [], [[]], [None], {}, {"type": {}}]
)
DOCUMENTS: list[Json] = [
    delta({"content": "a", "tool_calls": [call("f", "{}", index=0)], "function_call": {"name": "f"}}),
    {"choices": [{"index": 0, "message": {"content": [{"type": "text", "text": "a"}]}, "logprobs": {"content": [{}]}}]},
    {"choices": [{"text": "a", "logprobs": {"tokens": ["a"], "token_logprobs": [-1], "top_logprobs": [{"a": -1}]}}]},
    RESPONSE,
    {"type": "response.completed", "response": RESPONSE},
    {"type": "response.output_item.added", "output_index": 0, "item": {"type": "function_call", "name": "f"}},
    {"type": "response.function_call_arguments.delta", "output_index": 0, "delta": "a"},
    {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "t", "name": "f"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": "{"}},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
]


@st.composite
def broken(draw: st.DrawFn, document: Json) -> Json:
    """The document with one value, anywhere in it, replaced by one of another type."""
    if isinstance(document, dict) and document and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(document)))
        return document | {key: draw(broken(document[key]))}
    if isinstance(document, list) and document and draw(st.integers(0, 4)):
        place = draw(st.integers(0, len(document) - 1))
        return [*document[:place], draw(broken(document[place])), *document[place + 1 :]]
    return draw(JUNK)


@given(
    st.sampled_from(FOUR), st.lists(st.sampled_from(DOCUMENTS).flatmap(broken), min_size=1, max_size=4), st.booleans()
)
def test_wrong_types_anywhere_are_an_observation(endpoint: Endpoint, documents: list[Json], stream: bool) -> None:
    """Upstreams send what they like; the examiner must live on."""
    body = chunks(*documents) if stream else json.dumps(documents[0]).encode()
    seen = observe(endpoint, Arm.STUDENT, 200, "", body, stream, None, TIMING)
    assert (seen.text + seen.refusal + seen.reasoning + seen.model).encode() is not None


@given(st.sampled_from(Endpoint), st.integers(100, 599), st.sampled_from(["", SSE, "application/json"]), st.binary())
def test_any_bytes_are_an_observation(endpoint: Endpoint, status: int, content_type: str, body: bytes) -> None:
    """Nothing here may raise."""
    for stream in (True, False):
        seen = observe(endpoint, Arm.STUDENT, status, content_type, body, stream, None, TIMING)
        assert seen.status == status
