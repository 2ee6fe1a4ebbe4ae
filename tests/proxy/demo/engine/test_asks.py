"""Bodies become values, or the refusal that names the field at fault."""

from __future__ import annotations

import json

import pytest

from proxy.demo.engine import asks
from proxy.demo.engine.asks import RequestError
from proxy.demo.engine.checkpoint import Defaults
from proxy.demo.engine.sampling import Sampling

DEFAULTS = Defaults(temperature=0.7, top_p=0.9, top_k=5, ends=frozenset({1}))
USER = [{"role": "user", "content": "Hi"}]
TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}


def chat(**fields: object) -> asks.Chat:
    """A chat completion with these fields."""
    return asks.chat(json.dumps({"messages": USER, **fields}).encode(), DEFAULTS)


def completion(**fields: object) -> asks.Completion:
    """A completion with these fields."""
    return asks.completion(json.dumps({"prompt": "Hi", **fields}).encode(), DEFAULTS)


def test_the_checkpoints_defaults_hold_where_nothing_is_said() -> None:
    """Also where it is said with null, as some clients do."""
    expected = Sampling(temperature=0.7, top_p=0.9, top_k=5, seed=None)
    assert chat().ask.sampling == chat(temperature=None, top_p=None, top_k=None, seed=None).ask.sampling == expected
    assert chat(temperature=0, top_p=1, top_k=-1, seed=-1).ask.sampling == Sampling(0, 1, 0, 2**64 - 1)


def test_limits_are_read_from_either_name() -> None:
    """The newer wins; completions without one mean 16."""
    assert chat().ask.limit is None
    assert chat(max_tokens=3).ask.limit == 3
    assert chat(max_tokens=3, max_completion_tokens=4).ask.limit == 4
    assert (completion().ask.limit, completion(max_tokens=3).ask.limit) == (16, 3)


def test_logprobs_are_read_in_both_dialects() -> None:
    """Wanted without alternatives, with some, or not at all."""
    assert [chat(logprobs=on).ask.top for on in (None, False, True)] == [None, None, 0]
    assert chat(logprobs=True, top_logprobs=4).ask.top == 4
    assert [completion(logprobs=on).ask.top for on in (None, False, True, 0, 3)] == [None, None, 1, 0, 3]


def test_stops_are_one_or_several() -> None:
    """Or none."""
    assert [chat(stop=stop).ask.stops for stop in (None, "", "a", ["a", "b"])] == [(), (), ("a",), ("a", "b")]


def test_streams_may_tell_their_usage() -> None:
    """And do not otherwise."""
    assert not chat(stream=True).ask.include_usage
    assert chat(stream=True, stream_options={"include_usage": True}).ask.include_usage


def test_messages_are_prepared_as_vllm_prepares_them() -> None:
    """Text parts are joined, arguments are objects, and keys stand in vLLM's order."""
    call = {"id": "c", "type": "function", "function": {"name": "find", "arguments": '{"to": "é"}'}}
    broken = {"id": "d", "type": "function", "function": {"name": "find", "arguments": "[1]"}}
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    messages = [
        {"role": "user", "content": parts, "name": "Ann"},
        {"role": "assistant", "content": None, "tool_calls": [call, broken]},
        {"role": "tool", "content": "none", "tool_call_id": "c"},
    ]
    user, assistant, tool = chat(messages=messages).messages
    assert user == {"role": "user", "content": "a\nb", "name": "Ann"}
    assert json.dumps(assistant["tool_calls"], ensure_ascii=False) == (
        '[{"id": "c", "function": {"arguments": {"to": "é"}, "name": "find"}, "type": "function"}, '
        '{"id": "d", "function": {"arguments": {}, "name": "find"}, "type": "function"}]'
    )
    assert assistant["content"] == ""
    assert tool == {"role": "tool", "content": "none", "tool_call_id": "c"}


def test_tools_are_prepared_as_vllm_prepares_them() -> None:
    """With what the client left out as null, because that is what the model was shown there."""
    (tool,) = chat(tools=[TOOL]).tools or []
    assert json.dumps(tool) == (
        '{"type": "function", "function": {"name": "find", "description": null, "parameters": {"type": "object"}}}'
    )
    assert chat(tools=[]).tools is None


def test_calls_are_read_only_where_there_are_tools() -> None:
    """Else the markup is text like any other."""
    assert not chat().ask.read_calls
    assert chat(tools=[TOOL]).ask.read_calls
    assert not chat(tools=[TOOL], tool_choice="none").ask.read_calls


def test_prompts_are_text_or_tokens() -> None:
    """In the forms that mean one prompt."""
    assert [completion(prompt=prompt).prompt for prompt in ("a", ["a"], [1, 2])] == ["a", "a", (1, 2)]


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 2}, "n"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "judge", "content": "x"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "text": "x"}]}]}, "messages"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"temperature": -0.1}, "temperature"),
        ({"temperature": "hot"}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": -1}, "top_logprobs"),
        ({"stop": ["x"] * 17}, "stop"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "find"}}}, "tool_choice"),
        ({"response_format": {"type": "yaml"}}, "response_format"),
        ({"presence_penalty": 0.5}, "presence_penalty"),
        ({"frequency_penalty": 0.5}, "frequency_penalty"),
        ({"logit_bias": {"1": -100}}, "logit_bias"),
    ],
)
def test_chats_that_cannot_be_honored_are_refused(fields: dict[str, object], param: str) -> None:
    """Naming the field: a client must not believe it has what it asked for."""
    with pytest.raises(RequestError) as refused:
        chat(**fields)
    assert (refused.value.status, refused.value.param) == (400, param)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": ["a", "b"]}, "prompt"),
        ({"prompt": [1, "b"]}, "prompt"),
        ({"prompt": None}, "prompt"),
        ({"echo": True}, "echo"),
        ({"best_of": 2}, "best_of"),
        ({"suffix": "x"}, "suffix"),
    ],
)
def test_completions_that_cannot_be_honored_are_refused(fields: dict[str, object], param: str) -> None:
    """As above."""
    with pytest.raises(RequestError) as refused:
        completion(**fields)
    assert refused.value.param == param


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"messages":' + b"[" * 100_000])
def test_bodies_that_are_no_request_are_refused(body: bytes) -> None:
    """Hostile ones included."""
    with pytest.raises(RequestError):
        asks.chat(body, DEFAULTS)


def test_penalties_of_none_are_fine() -> None:
    """Clients send the defaults of their forms."""
    chat(presence_penalty=0, frequency_penalty=0, logit_bias={}, n=1, unheard_of=[1])
