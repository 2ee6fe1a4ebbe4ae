"""A student's reply, stripped of what its caller did not ask for, and heard."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proxy.wire.replies import observe
from proxy.wire.student_reply import StudentReply, reading
from proxy.wire.surplus import Surplus
from routing.observation import Arm, Observation, TokenLogprob
from routing.traits import Endpoint, Json
from tests.proxy.wire import asked
from tests.proxy.wire.readings import SSE, TIMING, chunks, delta, message_events, response_events

RESPONSES = Surplus.LOGPROBS_AND_TOP


def fed(reply: StudentReply, body: bytes, sizes: list[int]) -> bytes:
    """What a reply passes on of a body that comes in pieces of these sizes, over and over."""
    passed, at, turn = bytearray(), 0, 0
    while at < len(body):
        size = sizes[turn % len(sizes)]
        passed += reply.feed(body[at : at + size])
        at, turn = at + size, turn + 1
    return bytes(passed + reply.close())


def named(tokens: list[TokenLogprob]) -> list[tuple[str, float]]:
    """The tokens without their alternatives."""
    return [(token.token, token.logprob) for token in tokens]


same_or_unusual = st.sampled_from([lambda reply: reply, asked.unusual])
sizes = st.lists(st.integers(1, 400), min_size=1, max_size=4)


@settings(max_examples=50)
@given(st.data(), st.sampled_from([Endpoint.CHAT, Endpoint.COMPLETIONS]), sizes)
def test_a_stream_is_what_it_would_have_been_unasked(
    data: st.DataObject, endpoint: Endpoint, pieces: list[int]
) -> None:
    """Byte for byte, however it is written and split; and every token was heard."""
    event = asked.chat_events() if endpoint is Endpoint.CHAT else asked.completions()
    events = data.draw(st.lists(event.map(data.draw(same_or_unusual)), max_size=4))
    stream = data.draw(asked.streams(events))
    reply = reading(endpoint, Surplus.LOGPROBS, stream=True)
    assert fed(reply, stream.asked, pieces) == stream.unasked
    assert named(reply.heard.tokens) == [token for event in events for token in event.tokens]
    assert "".join(reply.heard.texts) == "".join(event.text for event in events)
    assert (reply.heard.unheard, reply.held) == (0, 0)


@settings(max_examples=25)
@given(st.data(), st.booleans(), sizes)
def test_a_responses_stream_is_too(data: st.DataObject, openai: bool, pieces: list[int]) -> None:
    """Whose parts and echo differ between OpenAI and vLLM; its repetitions are not heard twice."""
    events = list(map(data.draw(same_or_unusual), data.draw(asked.response_streams(openai=openai))))
    stream = data.draw(asked.streams(events))
    reply = reading(Endpoint.RESPONSES, RESPONSES, stream=True)
    assert fed(reply, stream.asked, pieces) == stream.unasked
    assert named(reply.heard.tokens) == [token for event in events for token in event.tokens]
    assert reply.heard.ended


@settings(max_examples=50)
@given(st.data(), st.sampled_from(["chat", "completions", "openai", "vllm"]), sizes)
def test_a_whole_reply_is_too(data: st.DataObject, kind: str, pieces: list[int]) -> None:
    """It is heard at its end."""
    endpoint, surplus, replies = {
        "chat": (Endpoint.CHAT, Surplus.LOGPROBS, asked.chat_replies()),
        "completions": (Endpoint.COMPLETIONS, Surplus.LOGPROBS, asked.completions()),
        "openai": (Endpoint.RESPONSES, RESPONSES, asked.responses(openai=True)),
        "vllm": (Endpoint.RESPONSES, RESPONSES, asked.responses(openai=False)),
    }[kind]
    whole = data.draw(same_or_unusual)(data.draw(replies))
    reply = reading(endpoint, surplus, stream=False)
    assert fed(reply, whole.spelled.asked, pieces) == whole.spelled.unasked
    assert named(reply.heard.tokens) == list(whole.tokens)


FRAGMENTS = [
    *(b"data: ", b"\n\n", b"\r\n", b"\r", b"event: error\n", b"{", b"}", b'"', b"[", b"]", b",", b"NaN", b"\\"),
    *(b'"logprobs":', b'{"choices":[{', b'"delta":{}', b'"index":0', b"data: [DONE]\n\n", b"\xef\xbb\xbf"),
    *(b'{"type":"response.completed","response":', b'{"type":"response.output_text.delta","logprobs":'),
    *(chunks(delta({"content": "a"})), message_events(), response_events({"output": [], "status": "completed"})),
]
hostile = st.lists(st.binary(max_size=20) | st.sampled_from(FRAGMENTS), max_size=12).map(b"".join)


@given(st.sampled_from(list(Endpoint)), st.booleans(), hostile, sizes)
def test_unedited_bytes_pass_whatever_they_are(
    endpoint: Endpoint, stream: bool, body: bytes, pieces: list[int]
) -> None:
    """A reply that asks for no edits is the student's, to the byte; and nothing is raised."""
    assert fed(reading(endpoint, Surplus.NOTHING, stream=stream), body, pieces) == body


@given(st.sampled_from(list(Endpoint)), st.sampled_from(Surplus), st.booleans(), hostile, sizes)
def test_hostile_replies_raise_nothing(
    endpoint: Endpoint, surplus: Surplus, stream: bool, body: bytes, pieces: list[int]
) -> None:
    """And how they are cut makes no difference."""
    once = reading(endpoint, surplus, stream=stream)
    whole = fed(once, body, [len(body) + 1])
    again = reading(endpoint, surplus, stream=stream)
    assert fed(again, body, pieces) == whole
    assert again.heard == once.heard


def observed(endpoint: Endpoint, stream: bytes) -> Observation:
    """What the shadow lane reads of the same bytes."""
    return observe(endpoint, Arm.STUDENT, 200, SSE, stream, True, None, TIMING)


@pytest.mark.parametrize(
    ("endpoint", "stream"),
    [
        (Endpoint.CHAT, chunks(delta({"role": "assistant", "content": ""}), delta({"content": "Hi"}, "length"))),
        (Endpoint.CHAT, chunks(delta({"function_call": {"name": "f"}}, "function_call"), done=False)),
        (Endpoint.COMPLETIONS, chunks({"choices": [{"text": "Hi", "finish_reason": "stop"}]})),
        (Endpoint.RESPONSES, response_events({"output": [], "status": "completed"})),
        (Endpoint.RESPONSES, response_events({"output": None, "status": "completed"})),
        (Endpoint.RESPONSES, response_events({"status": "incomplete", "incomplete_details": {"reason": "x"}})),
        (Endpoint.MESSAGES, message_events()),
    ],
)
def test_text_and_end_are_those_that_pairs_are_compared_by(endpoint: Endpoint, stream: bytes) -> None:
    """Hard rules look at what was heard, gates at what was observed: they may not differ."""
    found, reply = observed(endpoint, stream), reading(endpoint, Surplus.NOTHING, stream=True)
    fed(reply, stream, [7])
    assert ("".join(reply.heard.texts), reply.heard.finish) == (found.text, found.finish_reason)
    assert reply.heard.ended == (found.failure is None)
    assert not reply.heard.failed


@pytest.mark.parametrize(
    ("endpoint", "stream"),
    [
        (Endpoint.CHAT, b'data: {"error": {"message": "x"}}\n\ndata: [DONE]\n\n'),
        (Endpoint.COMPLETIONS, b'data: {"choices": [], "error": "x"}\n\n'),
        (Endpoint.RESPONSES, b'data: {"type": "error"}\n\n'),
        (Endpoint.RESPONSES, b'data: {"type": "response.failed", "response": {"status": "failed"}}\n\n'),
        (Endpoint.MESSAGES, b"event: error\ndata: oops\n\n"),
    ],
)
def test_an_error_event_is_heard(endpoint: Endpoint, stream: bytes) -> None:
    """Before the commit point it is a reason to fall back, after it the stream has no clean end."""
    reply = reading(endpoint, Surplus.LOGPROBS, stream=True)
    assert fed(reply, stream, [5]) == stream
    assert reply.heard.failed


def hi(logprobs: str) -> bytes:
    """A stream's event with two tokens, and these as their log-probabilities."""
    return b'data: {"choices":[{"index":0,"delta":{"content":"Hi"},"logprobs":%b}]}\n\n' % logprobs.encode()


TWO = '{"content":[{"token":"H","logprob":-1},{"token":"i","logprob":NUMBER}]}'
BROKEN = ["NaN", "Infinity", "null", '"x"', "[]", "1e999", "true"]


@pytest.mark.parametrize("number", BROKEN)
def test_a_token_without_a_number_is_unheard(number: str) -> None:
    """It says nothing of how sure the student was, and is taken out like any other."""
    told = TWO.replace("NUMBER", number)
    reply = reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=True)
    assert reply.feed(hi(told)) == hi("null")
    assert (named(reply.heard.tokens), reply.heard.unheard) == ([("H", -1.0)], 1)


@pytest.mark.parametrize("logprobs", ["null", "{}", '{"content":null}', "7", '{"content":{}}', '"content"', "[]"])
def test_a_text_without_log_probabilities_is_unheard(logprobs: str) -> None:
    """Whatever stands in their place."""
    reply = reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=True)
    reply.feed(hi(logprobs))
    assert (reply.heard.tokens, reply.heard.unheard) == ([], 1)


@pytest.mark.parametrize("number", BROKEN)
def test_arrays_without_a_number_are_unheard(number: str) -> None:
    """The form of Completions, whole."""
    body = b'{"choices":[{"text":"Hi","logprobs":{"tokens":["H","i"],"token_logprobs":[-1,%b]}}]}' % number.encode()
    reply = reading(Endpoint.COMPLETIONS, Surplus.LOGPROBS, stream=False)
    assert reply.feed(body) == b""
    assert reply.close() == b'{"choices":[{"text":"Hi","logprobs":null}]}'
    assert (named(reply.heard.tokens), reply.heard.unheard) == ([("H", -1.0)], 1)


def test_alternatives_are_heard_with_their_token() -> None:
    """In both forms."""
    top: Json = [{"token": "H", "logprob": -0.5}, {"token": "Y", "logprob": -1.5}]
    listed: Json = {"content": [{"token": "H", "logprob": -0.5, "top_logprobs": top}]}
    arrays: Json = {"tokens": ["H"], "token_logprobs": [-0.5], "top_logprobs": [{"H": -0.5, "Y": -1.5}]}
    for endpoint, logprobs in ((Endpoint.CHAT, listed), (Endpoint.COMPLETIONS, arrays)):
        reply = reading(endpoint, Surplus.NOTHING, stream=True)
        reply.feed(chunks({"choices": [{"delta": {"content": "H"}, "text": "H", "logprobs": logprobs}]}))
        assert reply.heard.tokens == [TokenLogprob("H", -0.5, (-0.5, -1.5))]


def test_a_deafened_reply_is_still_edited_and_its_end_seen() -> None:
    """From the commit point on nobody needs the tokens, but the caller has still not asked for them.

    Its texts are heard still: somebody has to see that it repeats itself.
    """
    reply = reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=True)
    reply.deafen()
    event: Json = {"choices": [{"delta": {"content": "Hi"}, "logprobs": {"content": [{"token": "Hi", "logprob": -1}]}}]}
    unasked: Json = {"choices": [{"delta": {"content": "Hi"}, "logprobs": None}]}
    assert reply.feed(chunks(event)) == chunks(unasked)
    assert (reply.heard.tokens, reply.heard.texts, reply.heard.unheard) == ([], ["Hi"], 0)
    assert reply.heard.ended


@pytest.mark.parametrize(
    ("endpoint", "stream"),
    [
        (Endpoint.CHAT, chunks(delta({"role": "assistant", "content": "H"}), delta({"content": "i"}))),
        (Endpoint.CHAT, chunks({"choices": [{"delta": {"content": "Hi"}, "finish_reason": 7}]})),
        (Endpoint.COMPLETIONS, chunks({"choices": [{"text": "Hi", "logprobs": {"tokens": ["Hi"]}}]})),
        (Endpoint.RESPONSES, response_events({"output": [], "status": "completed"})),
        (Endpoint.MESSAGES, message_events()),
    ],
)
def test_a_deafened_reply_says_the_same(endpoint: Endpoint, stream: bytes) -> None:
    """On every endpoint, the quick way and the long one; none of its tokens are kept."""
    hearing, deaf = (reading(endpoint, Surplus.NOTHING, stream=True) for _ in range(2))
    deaf.deafen()
    fed(hearing, stream, [7])
    fed(deaf, stream, [7])
    assert "".join(deaf.heard.texts) == observed(endpoint, stream).text != ""
    assert deaf.heard.texts == hearing.heard.texts
    assert (deaf.heard.tokens, deaf.heard.unheard) == ([], 0)


@pytest.mark.parametrize(
    ("endpoint", "encoding"), [(Endpoint.CHAT, "gzip"), (Endpoint.CHAT, "BR "), (Endpoint.OTHER, "")]
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_cannot_be_read_passes_and_says_so(endpoint: Endpoint, encoding: str, stream: bool) -> None:
    """Its log-probabilities are neither heard nor taken out: it must not be taken for a silent student's."""
    reply = reading(endpoint, Surplus.LOGPROBS, stream=stream, encoding=encoding)
    reply.deafen()
    assert not reply.readable
    assert reply.feed(b"\x1f\x8b") + reply.close() == b"\x1f\x8b"
    assert reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=stream, encoding=" Identity").readable


def test_only_an_incomplete_event_is_held_back() -> None:
    """A caller must not wait longer for a token than for its event's last byte."""
    event = chunks(delta({"content": "Hi"}), done=False)
    reply = reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=True)
    assert reply.feed(event + event[:9]) == event
    assert reply.held == 9
    assert reply.feed(event[9:]) == event
    assert reply.held == 0


def test_an_endless_event_is_let_through_and_no_longer_read() -> None:
    """A stream of one event without an end must not fill the memory."""
    reply = reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=True)
    piece, passed = b"data: " + b"x" * 1_000_000, 0
    for _ in range(20):
        passed += len(reply.feed(piece))
    assert passed == 20 * len(piece)
    assert not reply.readable


def test_many_small_pieces_of_a_large_event_cost_no_more_than_its_bytes() -> None:
    """Searched anew or copied for each piece, these would take hours."""
    body = b"data: " + json.dumps({"choices": [{"delta": {"content": "x" * 3_000_000}}]}).encode() + b"\n\n"
    reply = reading(Endpoint.CHAT, Surplus.LOGPROBS, stream=True)
    assert fed(reply, body, [10]) == body
