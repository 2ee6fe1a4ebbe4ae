"""Replies of Chat Completions and Completions, unary and streamed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.chat_reply import CHAT
from proxy.wire.draft import Draft
from proxy.wire.tree import mapping, parse
from routing.observation import Arm, Observation, TokenLogprob, ToolCall, Usage
from routing.traits import Endpoint, Json
from tests.proxy.wire.readings import (
    TIMING,
    call,
    chunks,
    delta,
    streamed,
    unary,
)


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


ODD: list[Json] = [None, False, 0, 1, "", "x", [], [{}], {}, {"a": 1}]
ENTRY: Json = {"token": "Hi", "logprob": -0.5, "top_logprobs": [{"token": "Hi", "logprob": -0.5}, {"logprob": -1}]}
TOLD: list[Json] = [None, {}, {"content": None}, {"content": [ENTRY, {"logprob": -2}]}]
BAD: list[Json] = [{"content": [ENTRY, None]}, {"content": [{"token": None, "logprob": -1}, {"logprob": None}]}]


@st.composite
def replies(draw: st.DrawFn) -> dict[str, Json]:
    """A whole reply in which something may be missing, mistyped or more than usual."""
    message: dict[str, Json] = {"role": "assistant", "content": "Hi", "tool_calls": [call("f", "{}")]}
    choice: dict[str, Json] = {"index": 0, "message": message, "finish_reason": "stop"}
    choice["logprobs"] = draw(st.sampled_from([*TOLD, *BAD]))
    document: dict[str, Json] = {"model": "m", "usage": {"prompt_tokens": 3, "completion_tokens": 1}, "error": None}
    document["choices"] = [choice] * draw(st.sampled_from([1, 1, 1, 1, 0, 2]))
    if draw(st.booleans()):
        part = draw(st.sampled_from([message, choice, document]))
        part[draw(st.sampled_from(sorted(part)))] = draw(st.sampled_from(ODD))
    return document


@given(replies())
def test_a_whole_reply_reads_the_same_in_one_step(document: dict[str, Json]) -> None:
    """Whatever an upstream leaves out, adds or mistypes; what it does not read, it leaves alone."""
    assert CHAT.quick_unary is not None
    body, quick, long = json.dumps(document).encode(), Draft(), Draft()
    CHAT.unary(long, mapping(parse(body)))
    was_read = CHAT.quick_unary(quick, body)
    assert quick == (long if was_read else Draft())


@pytest.mark.parametrize("told", TOLD)
def test_a_reply_in_good_shape_is_read_in_one_step(told: Json) -> None:
    """Each reply of a student's has hundreds of log-probabilities: the long way would cost four times as much."""
    assert CHAT.quick_unary is not None
    choice: Json = {"index": 0, "message": {"content": "Hi"}, "logprobs": told}
    draft = Draft()
    assert CHAT.quick_unary(draft, json.dumps({"choices": [choice]}).encode())
    assert (draft.text, draft.recognized) == (["Hi"], True)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"[" * 10_000, b'{"choices": [[]]}', b'{"choices": "x"}', b"\xff"]
)
def test_what_is_no_reply_is_left_alone(body: bytes) -> None:
    """Never an exception."""
    assert CHAT.quick_unary is not None
    draft = Draft()
    assert not CHAT.quick_unary(draft, body)
    assert draft == Draft()
