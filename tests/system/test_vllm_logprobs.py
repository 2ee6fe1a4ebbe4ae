"""A reply of a real vLLM that was asked for log-probabilities, without them, is the reply it gives unasked.

To the byte, but for what is fresh in every reply. The embedded student is served, because it makes calls of tools; vLLM
puts two steps into one event now and then, so a stream that differs is asked for again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

import proxy.demo
from proxy.demo.railway.conversations import Distribution, conversations
from proxy.wire.mirror_request import for_judging
from proxy.wire.replies import observe
from proxy.wire.student_reply import StudentReply, reading
from proxy.wire.surplus import Surplus
from routing.observation import Arm, Observation, Timing
from routing.traits import Endpoint
from tests.system.server import Served, Vllm

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
STUDENT = Path(proxy.demo.__file__).with_name("models") / "student"
FLAGS = ("--dtype", "float32", "--enable-auto-tool-choice", "--tool-call-parser", "hermes")
FRESH = re.compile(rb'"(?:id|item_id|call_id)":"[^"]*"|"created(?:_at)?":\d+')
TRIES = 5
PATHS = {
    Endpoint.CHAT: "/v1/chat/completions",
    Endpoint.COMPLETIONS: "/v1/completions",
    Endpoint.RESPONSES: "/v1/responses",
    Endpoint.MESSAGES: "/v1/messages",
}
TURN = [{"role": "user", "content": "Which train goes to \u00c5s \U0001f686?"}]
ASKING = next(
    example for example in conversations(5, 150, Distribution.PRODUCTION) if example.request("m").get("tools")
)
CHAT = {"messages": TURN, "max_tokens": 24, "temperature": 0}
COMPLETION = {"prompt": "The train to", "max_tokens": 24, "temperature": 0}
RESPONSE = {"input": "Which train goes to \u00c5s \U0001f686?", "max_output_tokens": 24, "temperature": 0}
TOOL = {"type": "function", "name": "logprobs", "parameters": {"type": "object"}}
FORM = {"type": "object", "properties": {"logprobs": {"type": "string"}}, "required": ["logprobs"]}
TWO = {"n": 2, "temperature": 1.0, "seed": 7}
ASKS: dict[str, tuple[Endpoint, Mapping[str, object]]] = {
    "chat": (Endpoint.CHAT, CHAT),
    "chat, two choices": (Endpoint.CHAT, CHAT | TWO),
    "chat, calls": (Endpoint.CHAT, ASKING.request("m") | {"temperature": 0, "max_tokens": 96}),
    "chat, a call that must be": (
        Endpoint.CHAT,
        CHAT | {"tools": [{"type": "function", "function": TOOL}]} | {"tool_choice": "required"},
    ),
    "chat, json": (
        Endpoint.CHAT,
        CHAT | {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": FORM}}},
    ),
    "chat, token ids": (Endpoint.CHAT, CHAT | {"return_token_ids": True}),
    "completions": (Endpoint.COMPLETIONS, COMPLETION),
    "completions, two choices": (Endpoint.COMPLETIONS, COMPLETION | TWO),
    "responses": (Endpoint.RESPONSES, RESPONSE),
    "responses, tools": (Endpoint.RESPONSES, RESPONSE | {"tools": [TOOL]}),
    "responses, alternatives": (Endpoint.RESPONSES, RESPONSE | {"top_logprobs": 3}),
    "messages": (Endpoint.MESSAGES, CHAT),
}


@pytest.fixture(scope="module")
def calling(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The embedded student on vLLM."""
    with Vllm(home, STUDENT, tmp_path_factory.mktemp("vllm"), FLAGS) as vllm:
        yield vllm.served


def sent(served: Served, endpoint: Endpoint, body: bytes) -> bytes:
    """The reply of vLLM."""
    json_body = {"content-type": "application/json"}
    reply = httpx.post(served.url + PATHS[endpoint], content=body, headers=json_body, timeout=120)
    assert reply.status_code == httpx.codes.OK, reply.text
    return reply.content


def stripped(reply: StudentReply, body: bytes) -> bytes:
    """What is passed on of a reply that comes in small pieces."""
    pieces = [reply.feed(body[start : start + 1000]) for start in range(0, len(body), 1000)]
    return b"".join([*pieces, reply.close()])


def settled(reply: bytes) -> bytes:
    """A reply without what is fresh in every reply."""
    return FRESH.sub(b"", reply)


def observed(endpoint: Endpoint, body: bytes, stream: bool) -> Observation:
    """What the shadow lane reads of it."""
    return observe(endpoint, Arm.STUDENT, 200, "", body, stream, None, Timing(None, 0.0))


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_stripped_reply_is_what_vllm_sends_unasked(calling: Served, ask: str, stream: bool) -> None:
    """And every token of it was heard, as pairs have it."""
    endpoint, fields = ASKS[ask]
    body = json.dumps({**fields, "model": calling.model, "stream": stream}).encode()
    asked = for_judging(endpoint, body, None)
    for _ in range(TRIES):
        told, plain = sent(calling, endpoint, asked.body), sent(calling, endpoint, body)
        reply = reading(endpoint, asked.surplus, stream=stream)
        passed = stripped(reply, told)
        if settled(passed) == settled(plain):
            break
    assert settled(passed) == settled(plain)
    assert (asked.surplus is Surplus.NOTHING) is (endpoint is Endpoint.MESSAGES)
    found = observed(endpoint, told, stream)
    assert reply.heard.finish == found.finish_reason
    if endpoint is Endpoint.MESSAGES:
        assert reply.heard.tokens == []
    elif endpoint is Endpoint.RESPONSES and stream:  # whose deltas lack the tokens that make no text
        assert set(reply.heard.tokens) <= set(found.logprobs)
    else:
        assert reply.heard.tokens == list(found.logprobs)
        assert reply.heard.unheard == 0
    assert all(token.top for token in reply.heard.tokens)


def test_calls_are_made(calling: Served) -> None:
    """Or the test above would say nothing of calls."""
    endpoint, fields = ASKS["chat, calls"]
    told = sent(calling, endpoint, json.dumps({**fields, "model": calling.model, "stream": True}).encode())
    assert observed(endpoint, told, stream=True).tool_calls


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_calls_of_responses_have_no_log_probabilities(calling: Served, stream: bool) -> None:
    """On that endpoint nothing says how sure a student was of a call: its reply is not served on its confidence."""
    fields = RESPONSE | {"tools": [TOOL], "tool_choice": "required", "max_output_tokens": 64}
    asked = for_judging(
        Endpoint.RESPONSES, json.dumps({**fields, "model": calling.model, "stream": stream}).encode(), None
    )
    told = sent(calling, Endpoint.RESPONSES, asked.body)
    assert observed(Endpoint.RESPONSES, told, stream).logprobs == ()
    reply = reading(Endpoint.RESPONSES, asked.surplus, stream=stream)
    stripped(reply, told)
    assert reply.heard.tokens == []
