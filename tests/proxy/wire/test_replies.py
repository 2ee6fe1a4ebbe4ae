"""Which failure a reply is, and that any bytes are an observation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.replies import observe
from routing.observation import Arm, Failure
from routing.traits import Endpoint, Json
from tests.proxy.wire.readings import (
    RESPONSE,
    SSE,
    TIMING,
    call,
    chunks,
    delta,
    message_events,
    named,
    response_events,
    streamed,
    unary,
)

FOUR = [Endpoint.CHAT, Endpoint.COMPLETIONS, Endpoint.RESPONSES, Endpoint.MESSAGES]


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


PIECES: list[Json] = [
    delta({"role": "assistant", "content": ""}),
    delta({"content": "Hel"}),
    delta({"content": "lo"}),
    delta({"content": "!"}, index=1),
    delta({"content": None}),
    delta({}, "stop"),
    {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}},
    {"error": {"message": "overloaded"}},
    "no object",
]


@given(st.lists(st.sampled_from([*PIECES, *PIECES[1:3] * 8]), min_size=1, max_size=12), st.booleans())
def test_a_run_of_pieces_reads_as_one_by_one(documents: list[Json], done: bool) -> None:
    """Most events of a stream are alike, and read at once; behind a comment, each is read by itself."""
    body = chunks(*documents, done=done)
    assert streamed(Endpoint.CHAT, body) == streamed(Endpoint.CHAT, b": one by one\n" + body)


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
