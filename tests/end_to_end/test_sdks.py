"""The official Python SDKs of OpenAI and Anthropic, pointed at the proxy and used as services use them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import anthropic
import httpx2  # the HTTP client of both SDKs
import openai
import pytest
from anthropic.types import ToolParam
from openai.types.chat import (
    ChatCompletionFunctionToolParam,
    ChatCompletionMessageFunctionToolCall,
    ChatCompletionUserMessageParam,
)
from pydantic import BaseModel

from tests.end_to_end import replies
from tests.end_to_end.practicum import Practicum
from tests.end_to_end.upstream import Upstream

TURNS: list[ChatCompletionUserMessageParam] = [{"role": "user", "content": "Two and two?"}]
PARAMETERS: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: list[ChatCompletionFunctionToolParam] = [
    {"type": "function", "function": {"name": "weather", "parameters": PARAMETERS}}
]
ANTHROPIC_TOOLS: list[ToolParam] = [{"name": "weather", "input_schema": {**PARAMETERS}}]
FOUR = "Four, \u00e9\u00e9."
MODEL = "good-on"


class Weather(BaseModel):
    """What ``response_format`` asks for."""

    city: str
    degrees: int


@pytest.fixture
def client(service: Practicum) -> Iterator[openai.OpenAI]:
    """OpenAI's client; its requests are counted like the tests' own."""
    with openai.DefaultHttpxClient(event_hooks={"request": [service.note]}) as http:
        yield openai.OpenAI(base_url=f"{service.url}/v1", api_key="sk-test", max_retries=0, http_client=http)


@pytest.fixture
def claude(service: Practicum) -> Iterator[anthropic.Anthropic]:
    """Anthropic's client; its requests are counted like the tests' own."""
    with anthropic.DefaultHttpxClient(event_hooks={"request": [service.note]}) as http:
        yield anthropic.Anthropic(base_url=service.url, api_key="sk-test", max_retries=0, http_client=http)


def behaving(behavior: str) -> dict[str, str]:
    """The header that tells the teacher how to behave."""
    return {"x-behave": behavior}


def test_chat(client: openai.OpenAI) -> None:
    """The call that most services make."""
    reply = client.chat.completions.create(model=MODEL, messages=TURNS)
    assert reply.choices[0].message.content == FOUR
    assert reply.usage is not None
    assert reply.usage.total_tokens == 12


def test_chat_streamed(client: openai.OpenAI) -> None:
    """And the one that most users see."""
    chunks = list(client.chat.completions.create(model=MODEL, messages=TURNS, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Four, \u00e9."
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("behavior", ["gzipped", "split", "extensions", "until_close"])
def test_chat_however_it_is_framed(client: openai.OpenAI, behavior: str) -> None:
    """The SDK asks for compression by default."""
    headers = behaving(behavior)
    reply = client.chat.completions.create(model=MODEL, messages=TURNS, extra_headers=headers)
    assert reply.choices[0].message.content == FOUR
    stream = client.chat.completions.create(model=MODEL, messages=TURNS, stream=True, extra_headers=headers)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "Four, \u00e9."


def test_chat_tools(client: openai.OpenAI) -> None:
    """A call of a tool, whole."""
    reply = client.chat.completions.create(model=MODEL, messages=TURNS, tools=TOOLS)
    calls = reply.choices[0].message.tool_calls
    assert calls is not None
    (call,) = calls
    assert isinstance(call, ChatCompletionMessageFunctionToolCall)
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Oslo"}')


def test_chat_tools_streamed(client: openai.OpenAI) -> None:
    """A call of a tool, in fragments that the SDK joins."""
    with client.chat.completions.stream(model=MODEL, messages=TURNS, tools=TOOLS) as stream:
        reply = stream.get_final_completion()
    calls = reply.choices[0].message.tool_calls
    assert calls is not None
    (call,) = calls
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Oslo"}')


def test_chat_schema(client: openai.OpenAI) -> None:
    """``parse``: a JSON Schema out, an object back."""
    reply = client.chat.completions.parse(model=MODEL, messages=TURNS, response_format=Weather)
    assert reply.choices[0].message.parsed == Weather(city="Oslo", degrees=4)


def test_chat_async(service: Practicum) -> None:
    """Twenty streams at once through the asynchronous client."""

    async def talk(client: openai.AsyncOpenAI) -> str:
        service.note()
        stream = await client.chat.completions.create(model=MODEL, messages=TURNS, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def all_of_them() -> list[str]:
        url = f"{service.url}/v1"
        async with openai.AsyncOpenAI(base_url=url, api_key="sk-test", max_retries=0) as client:
            return await asyncio.gather(*(talk(client) for _ in range(20)))

    assert asyncio.run(all_of_them()) == ["Four, \u00e9."] * 20


def test_completions(client: openai.OpenAI) -> None:
    """The older endpoint, both ways."""
    assert client.completions.create(model=MODEL, prompt="Two and two is").choices[0].text == " four"
    stream = client.completions.create(model=MODEL, prompt="Two and two is", stream=True)
    assert "".join(chunk.choices[0].text for chunk in stream) == " four"


def test_responses(client: openai.OpenAI) -> None:
    """The newer endpoint, both ways."""
    assert client.responses.create(model=MODEL, input="Two and two?").output_text == "Four."
    events = list(client.responses.create(model=MODEL, input="Two and two?", stream=True))
    assert [event.type for event in events][-2:] == ["response.output_text.delta", "response.completed"]
    with client.responses.stream(model=MODEL, input="Two and two?") as stream:
        assert stream.get_final_response().output_text == "Four."


def test_embeddings(client: openai.OpenAI) -> None:
    """A path that is only passed on."""
    assert client.embeddings.create(model=MODEL, input="a").data[0].embedding == [0.5, 0.25]


def test_models(client: openai.OpenAI) -> None:
    """What can be asked for."""
    assert MODEL in [model.id for model in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("nobody")


def test_files(client: openai.OpenAI, teacher: Upstream) -> None:
    """A multipart upload and a binary download."""
    assert client.files.content("file-1").read() == replies.BINARY
    client.post("/files", cast_to=httpx2.Response, files={"file": ("a.jsonl", b"\x00\xff")}, body={"purpose": "batch"})
    assert b"\x00\xff" in teacher.received[-1].body


def test_a_rate_limit_is_one(client: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    """With the teacher's advice of when to come back."""
    with pytest.raises(openai.RateLimitError) as limited:
        client.chat.completions.create(model=MODEL, messages=TURNS, extra_headers=behaving("status:429"))
    assert limited.value.response.headers["retry-after"] == "7"
    assert limited.value.request_id == "req_429"
    assert limited.value.code == "rate_limited"
    with pytest.raises(anthropic.RateLimitError) as slowed:
        _message(claude, "status:429")
    assert slowed.value.response.headers["retry-after"] == "7"


def test_an_unknown_model_is_not_found(client: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    """Our own error, in words both SDKs understand."""
    with pytest.raises(openai.NotFoundError, match="nobody") as missing:
        client.chat.completions.create(model="nobody", messages=TURNS)
    assert missing.value.code == "model_not_found"
    with pytest.raises(anthropic.NotFoundError, match="nobody"):
        claude.messages.create(model="nobody", max_tokens=9, messages=[{"role": "user", "content": "?"}])


def test_a_dead_teacher_is_a_server_error(client: openai.OpenAI, claude: anthropic.Anthropic) -> None:
    """What the SDKs retry, if they may."""
    with pytest.raises(openai.InternalServerError, match="closed the connection"):
        client.chat.completions.create(model=MODEL, messages=TURNS, extra_headers=behaving("reset"))
    with pytest.raises(anthropic.InternalServerError, match="closed the connection"):
        _message(claude, "reset")


@pytest.mark.parametrize("behavior", ["cut:4", "cut_inside:4", "reset_after:4", "stall:4"])
def test_a_broken_stream_raises(client: openai.OpenAI, behavior: str) -> None:
    """Half an answer must never pass for a whole one."""
    stream = client.chat.completions.create(model=MODEL, messages=TURNS, stream=True, extra_headers=behaving(behavior))
    said: list[str] = []
    with pytest.raises((openai.APIError, httpx2.RemoteProtocolError)):
        said.extend(chunk.choices[0].delta.content or "" for chunk in stream)


@pytest.mark.parametrize("behavior", ["cut:2", "cut_inside:2", "stall:2"])
def test_a_broken_responses_stream_raises(client: openai.OpenAI, behavior: str) -> None:
    """The same, whose events have names."""
    stream = client.responses.create(model=MODEL, input="Two and two?", stream=True, extra_headers=behaving(behavior))
    with pytest.raises((openai.APIError, httpx2.RemoteProtocolError)):
        list(stream)


@pytest.mark.parametrize("behavior", ["cut:4", "cut_inside:4", "reset_after:4", "stall:4"])
def test_a_broken_message_stream_raises(claude: anthropic.Anthropic, behavior: str) -> None:
    """The same for Anthropic's SDK, which looks for ``event: error``."""
    stream = claude.messages.create(
        model=MODEL,
        max_tokens=9,
        messages=[{"role": "user", "content": "Two and two?"}],
        stream=True,
        extra_headers=behaving(behavior),
    )
    with pytest.raises((anthropic.APIError, httpx2.RemoteProtocolError)):
        list(stream)


def test_messages(claude: anthropic.Anthropic) -> None:
    """Anthropic's endpoint, unary and streamed."""
    (block,) = _message(claude).content
    assert block.type == "text"
    assert block.text == "Four."
    with claude.messages.stream(
        model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "Two and two?"}]
    ) as stream:
        assert "".join(stream.text_stream) == "Four."
        assert stream.get_final_message().stop_reason == "end_turn"


def test_message_tools(claude: anthropic.Anthropic) -> None:
    """A call of a tool has an object for its input."""
    reply = claude.messages.create(
        model=MODEL, max_tokens=9, messages=[{"role": "user", "content": "Weather?"}], tools=ANTHROPIC_TOOLS
    )
    (block,) = reply.content
    assert block.type == "tool_use"
    assert (block.name, block.input) == ("weather", {"city": "Oslo"})
    assert reply.stop_reason == "tool_use"


def _message(claude: anthropic.Anthropic, behavior: str = "good") -> anthropic.types.Message:
    return claude.messages.create(
        model=MODEL,
        max_tokens=9,
        messages=[{"role": "user", "content": "Two and two?"}],
        extra_headers=behaving(behavior),
    )
