"""The engine as its clients see it: over HTTP, with OpenAI's own client and without."""

from __future__ import annotations

import asyncio
import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletionToolParam

from proxy.demo.engine.checkpoint import Checkpoint
from proxy.demo.engine.vocabulary import Vocabulary
from tests.proxy.demo.engine import reference, tiny
from tests.proxy.demo.engine.serving import Served

SCRIPT = ("Well", ", ", '<tool_call>{"name": "find", "arguments": ', '{"to": "Zürich"}}</tool_call>', " stays unsaid")
TOOL: ChatCompletionToolParam = {"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}


@pytest.fixture(scope="module")
def parrot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A model that always says the same, a call included."""
    with Served(tiny.write_parrot(tmp_path_factory.mktemp("parrot") / "parrot", SCRIPT), "parrot") as engine:
        yield engine


@pytest.fixture
def client(served: Served) -> Iterator[openai.OpenAI]:
    """OpenAI's client of the tiny model."""
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client:
        yield client


def ask(number: int, **fields: object) -> dict[str, object]:
    """A chat of its own, greedy."""
    messages = [{"role": "user", "content": f"Train {number}, {'x' * (number % 5)}?"}]
    return {"model": "tiny", "messages": messages, "max_tokens": 20, "temperature": 0, **fields}


def content(response: httpx.Response) -> str:
    """What a reply in one piece says."""
    text: str = response.json()["choices"][0]["message"]["content"]
    return text


def streamed(response: httpx.Response) -> list[dict[str, object]]:
    """The choices of a stream that says that it is done."""
    data = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert data[-1] == "[DONE]"
    return [choice for chunk in data[:-1] for choice in json.loads(chunk)["choices"]]


def test_greedy_replies_are_the_references(served: Served, folder: Path, checkpoint: Checkpoint) -> None:
    """Over the whole way: tokens, prompt, cache, text."""
    vocabulary = Vocabulary(folder)
    body = {"model": "tiny", "prompt": "The night train", "max_tokens": 20, "temperature": 0, "ignore_eos": True}
    tokens = reference.greedy(checkpoint, vocabulary.encode("The night train", bare=False), 20)
    said = b"".join(vocabulary.spoken(token) for token in tokens).decode(errors="replace")
    assert served.post("/v1/completions", body).json()["choices"][0]["text"] == said.rstrip("\ufffd")
    assert content(served.post("/v1/chat/completions", ask(1))) != content(served.post("/v1/chat/completions", ask(2)))


def test_probabilities_sum_to_one(served: Served) -> None:
    """Over the whole vocabulary, at each token."""
    body = ask(1, logprobs=True, top_logprobs=tiny.VOCABULARY)
    for token in served.post("/v1/chat/completions", body).json()["choices"][0]["logprobs"]["content"]:
        assert sum(math.exp(top["logprob"]) for top in token["top_logprobs"]) == pytest.approx(1)
        assert token["logprob"] == max(top["logprob"] for top in token["top_logprobs"])


def test_sixteen_at_once_say_what_they_say_one_by_one(served: Served) -> None:
    """Whoever shares the batch, and though there are but four rows."""

    async def together() -> list[str]:
        limits = httpx.Limits(max_connections=8)  # as many as are served or wait
        async with httpx.AsyncClient(base_url=served.url, timeout=30, limits=limits) as client:
            posts = (client.post("/v1/chat/completions", json=ask(number)) for number in range(16))
            return [content(response) for response in await asyncio.gather(*posts)]

    alone = [content(served.post("/v1/chat/completions", ask(number))) for number in range(16)]
    assert asyncio.run(together()) == alone
    assert len(set(alone)) > 8


@pytest.mark.parametrize("fields", [{}, {"stop": ["e", "a"]}, {"temperature": 1.2, "seed": 3}, {"max_tokens": 1}])
def test_a_stream_says_what_a_whole_reply_says(served: Served, fields: dict[str, object]) -> None:
    """Text, ending and log-probabilities."""
    body = ask(3, logprobs=True, top_logprobs=2, **fields)
    whole = served.post("/v1/chat/completions", body).json()["choices"][0]
    opening, *choices = streamed(served.post("/v1/chat/completions", body | {"stream": True}))
    assert opening["delta"] == {"role": "assistant", "content": ""}
    assert "".join(choice["delta"]["content"] for choice in choices) == whole["message"]["content"]  # type: ignore[index]
    assert [c["logprobs"]["content"][0] for c in choices] == whole["logprobs"]["content"]  # type: ignore[index]
    assert {key: choices[-1][key] for key in ("finish_reason", "stop_reason")} == {
        key: whole[key] for key in ("finish_reason", "stop_reason")
    }


def test_seeds_reproduce(served: Served) -> None:
    """And without one, each reply is another."""

    def say(seed: int | None) -> str:
        return content(served.post("/v1/chat/completions", ask(1, temperature=1.5, seed=seed)))

    assert say(1) == say(1) != say(2)
    assert len({say(None) for _ in range(3)}) > 1


def test_calls_are_told_whole_and_streamed(parrot: Served) -> None:
    """The content before them, the call, and nothing of what follows."""
    with openai.OpenAI(base_url=f"{parrot.url}/v1", api_key="none", max_retries=0) as client:
        asked = client.chat.completions
        messages: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "Find"}]
        whole = asked.create(model="parrot", messages=messages, tools=[TOOL], temperature=0).choices[0]
        assert (whole.message.content, whole.finish_reason) == ("Well, ", "tool_calls")
        (call,) = whole.message.tool_calls or []
        assert call.type == "function"
        assert (call.function.name, call.function.arguments) == ("find", '{"to": "Zürich"}')
        stream = asked.create(model="parrot", messages=messages, tools=[TOOL], temperature=0, stream=True)
        choices = [chunk.choices[0] for chunk in stream]
    assert "".join(choice.delta.content or "" for choice in choices) == "Well, "
    (delta,) = [call for choice in choices for call in choice.delta.tool_calls or []]
    assert delta.function is not None
    assert (delta.index, delta.function.name, delta.function.arguments) == (0, "find", '{"to": "Zürich"}')
    assert choices[-1].finish_reason == "tool_calls"


def test_without_tools_the_markup_is_text(parrot: Served) -> None:
    """It was not asked for."""
    body = {"messages": [{"role": "user", "content": "Find"}], "temperature": 0, "stop": "stays"}
    choice = parrot.post("/v1/chat/completions", body).json()["choices"][0]
    assert choice["message"]["content"] == "".join(SCRIPT[:4]) + " "
    assert (choice["finish_reason"], choice["stop_reason"]) == ("stop", "stays")


def test_openais_client_reads_everything(served: Served, client: openai.OpenAI) -> None:
    """Its types are the contract."""
    messages: list[openai.types.chat.ChatCompletionMessageParam] = [{"role": "user", "content": "Hi"}]
    whole = client.chat.completions.create(
        model="tiny", messages=messages, max_completion_tokens=5, logprobs=True, top_logprobs=2, temperature=0
    )
    assert whole.usage is not None
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
    stream = client.chat.completions.create(
        model="tiny",
        messages=messages,
        max_tokens=5,
        stream=True,
        stream_options={"include_usage": True},
        temperature=0,
    )
    *chunks, last = list(stream)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == whole.choices[0].message.content
    assert last.usage == whole.usage
    text = client.completions.create(model="tiny", prompt="Hi", logprobs=2, max_tokens=3)
    assert text.choices[0].logprobs is not None
    assert len(text.choices[0].logprobs.tokens or []) == text.usage.completion_tokens if text.usage else False
    assert [model.id for model in client.models.list()] == [served.model]


def test_openais_client_raises_what_it_should(client: openai.OpenAI) -> None:
    """By the status; the message names the model."""
    with pytest.raises(openai.NotFoundError, match="nobody") as unknown:
        client.chat.completions.create(model="nobody", messages=[{"role": "user", "content": "Hi"}], stream=True)
    assert unknown.value.param == "model"
    with pytest.raises(openai.BadRequestError, match="one choice"):
        client.completions.create(model="tiny", prompt="Hi", n=2)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"prompt": "x " * 20_000}, "input_tokens"),
        ({"prompt": "x", "max_tokens": tiny.CONTEXT}, "input_tokens"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": [5, tiny.VOCABULARY]}, "prompt"),
        ({"prompt": [-1]}, "prompt"),
        ({"prompt": "x", "logprobs": tiny.VOCABULARY + 1}, "logprobs"),
    ],
    ids=["too long", "too much", "nothing", "no such token", "a negative one", "too many logprobs"],
)
@pytest.mark.parametrize("stream", [True, False])
def test_what_does_not_fit_is_refused_before_any_stream(
    served: Served, fields: dict[str, object], param: str, stream: bool
) -> None:
    """And disturbs nobody."""
    refused = served.post("/v1/completions", {"model": "tiny", "stream": stream, **fields})
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, param)
    assert httpx.get(f"{served.url}/health").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/v1/chat/completions", b"\xff\x00", 400),
        ("POST", "/v1/chat/completions", b"[" * 50_000, 400),
        ("POST", "/v1/chat/completions", b" " * (1 << 20) + b"{}", 413),
        ("POST", "/v1/chat/completions", b'{"messages":[{"role":"user","content":"refuse"}]}', 400),
        ("GET", "/v1/chat/completions", b"", 405),
        ("POST", "/v1/embeddings", b"{}", 404),
    ],
)
def test_hostile_requests_get_errors_that_clients_read(
    served: Served, method: str, path: str, body: bytes, status: int
) -> None:
    """Of OpenAI's shape, whatever was sent."""
    response = httpx.request(method, f"{served.url}{path}", content=body)
    assert response.status_code == status
    assert response.json()["error"].keys() == {"message", "type", "param", "code"}


def test_a_clients_number_is_the_replys(served: Served) -> None:
    """By it a pair is found in a log; and a priority in a header is no error."""
    headers = {"x-request-id": "pair-7", "x-vllm-priority": "10"}
    told = httpx.post(f"{served.url}/v1/chat/completions", json=ask(1), headers=headers).json()
    assert told["id"] == "chatcmpl-pair-7"


def test_a_folder_that_is_no_checkpoint_ends_it(tmp_path: Path) -> None:
    """With one line that says why."""
    command = [sys.executable, "-m", "proxy.demo.engine", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=dict(os.environ))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "config.json" in done.stderr
