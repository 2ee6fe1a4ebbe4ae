"""One checkpoint on the embedded engine and on a real vLLM: the same replies, and nearly the same numbers.

What the demonstration shows must be what vLLM would have shown. Both compute in float32 here, because in bfloat16 two
correct programs differ in the second digit and choose differently where two tokens are nearly as likely. In float32
the log-probabilities differ by less than ``TOLERANCE``, which is what remains of adding up in another order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.proxy.demo.engine.serving import Served as Engine
from tests.system.server import Vllm, random_checkpoint

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
TOLERANCE = 1e-3
PROMPTS = (
    "The ferry to the island",
    "I do not know",
    '{"city": "Lisbon"',
    "Ünïcödé, 漢字 and \N{ROCKET}",
    "def area(width, height):\n",
    "x",
)
TOOL = {
    "type": "function",
    "function": {
        "name": "find_ferry",
        "description": "Ferries, é included",
        "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
    },
}
CALL = {"id": "call_1", "type": "function", "function": {"name": "find_ferry", "arguments": '{"to": "Île"}'}}
HISTORY = (
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": [{"type": "text", "text": "Which ferry"}, {"type": "text", "text": "is next?"}]},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "call_1", "content": '{"error": "no such place"}'},
)
GREEDY = {"temperature": 0, "max_tokens": 48, "model": "reference"}
FLAGS = ("--dtype", "float32", "--enable-auto-tool-choice", "--tool-call-parser", "hermes")


@pytest.fixture(scope="module")
def vllm(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    """The reference."""
    folder = tmp_path_factory.mktemp("vllm")
    with Vllm(home, random_checkpoint(home, folder / "reference", 5), folder, FLAGS) as server:
        yield server


@pytest.fixture(scope="module")
def engine(vllm: Vllm) -> Iterator[Engine]:
    """The engine, on the very files that vLLM serves."""
    with Engine(vllm.log.with_name("reference"), "reference") as server:
        yield server


def both(vllm: Vllm, engine: Engine, path: str, body: dict[str, object]) -> tuple[httpx.Response, httpx.Response]:
    """What each of them says: vLLM first."""
    return vllm.served.post(path, body), engine.post(path, body)


def said(text: str) -> str:
    """A reply but for broken letters at its end: vLLM waits for the rest of them even where none can come."""
    return text.rstrip("\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize("prompt", PROMPTS)
def test_completions_are_the_same(vllm: Vllm, engine: Engine, prompt: str) -> None:
    """Weights, rotary embedding, grouped queries and tokenizer: an error in any of them shows within a few tokens."""
    body = {**GREEDY, "prompt": prompt, "logprobs": 5, "ignore_eos": True}
    theirs, ours = (response.json() for response in both(vllm, engine, "/v1/completions", body))
    assert ours["usage"]["prompt_tokens"] == theirs["usage"]["prompt_tokens"]
    assert said(ours["choices"][0]["text"]) == said(theirs["choices"][0]["text"])
    told, expected = (choice["choices"][0]["logprobs"] for choice in (ours, theirs))
    assert told["token_logprobs"] == pytest.approx(expected["token_logprobs"], abs=TOLERANCE)
    assert [len(told[part]) for part in expected] == [len(expected[part]) for part in expected]


@pytest.mark.parametrize("prompt", PROMPTS)
def test_chats_are_the_same(vllm: Vllm, engine: Engine, prompt: str) -> None:
    """The template is rendered alike, replies end alike, and each log-probability stands where clients look for it."""
    body = {**GREEDY, "messages": [{"role": "user", "content": prompt}], "logprobs": True, "top_logprobs": 3}
    theirs, ours = (response.json() for response in both(vllm, engine, "/v1/chat/completions", body))
    assert ours["usage"].items() <= theirs["usage"].items()
    told, expected = ours["choices"][0], theirs["choices"][0]
    assert said(told["message"]["content"]) == said(expected["message"]["content"])
    assert told["finish_reason"] == expected["finish_reason"]
    mine, other = told["logprobs"]["content"], expected["logprobs"]["content"]
    assert mine[0].keys() == other[0].keys()
    assert mine[0]["top_logprobs"][0].keys() == other[0]["top_logprobs"][0].keys()
    assert [t["logprob"] for t in mine] == pytest.approx([t["logprob"] for t in other], abs=TOLERANCE)
    for token, same in zip(mine, other, strict=True):
        alternatives = [top["logprob"] for top in same["top_logprobs"]]
        assert [top["logprob"] for top in token["top_logprobs"]] == pytest.approx(alternatives, abs=TOLERANCE)


def test_tools_and_their_results_are_read_alike(vllm: Vllm, engine: Engine) -> None:
    """Parts of content, calls' arguments, a tool's description: one prompt, token for token, or replies differ."""
    body = {**GREEDY, "messages": list(HISTORY), "tools": [TOOL]}
    theirs, ours = (response.json() for response in both(vllm, engine, "/v1/chat/completions", body))
    assert ours["usage"].items() <= theirs["usage"].items()
    told, expected = (reply["choices"][0]["message"]["content"] for reply in (ours, theirs))
    assert said(told) == said(expected)


def test_streams_are_the_same(vllm: Vllm, engine: Engine) -> None:
    """Chunk by chunk: vLLM may put several tokens into one, so what counts is what they add up to."""
    stream = {"stream": True, "stream_options": {"include_usage": True}, "logprobs": True}
    body = {**GREEDY, **stream, "messages": [{"role": "user", "content": PROMPTS[0]}]}
    theirs, ours = (chunks(response) for response in both(vllm, engine, "/v1/chat/completions", body))
    mine, other = choices(ours), choices(theirs)
    assert said("".join(c.delta.content or "" for c in mine)) == said("".join(c.delta.content or "" for c in other))
    assert logprobs(mine) == pytest.approx(logprobs(other), abs=TOLERANCE)
    assert mine[0].delta == other[0].delta
    assert mine[-1].finish_reason == other[-1].finish_reason
    assert ours[-1].usage is not None
    assert theirs[-1].usage is not None
    assert ours[-1].usage.items() <= theirs[-1].usage.items()


def logprobs(stream: list[Choice]) -> list[float]:
    """All log-probabilities of a stream."""
    return [token.logprob for choice in stream if choice.logprobs for token in choice.logprobs.content]


class Token(msgspec.Struct):
    logprob: float


class Logprobs(msgspec.Struct):
    content: list[Token]


class Delta(msgspec.Struct):
    role: str | None = None
    content: str | None = None


class Choice(msgspec.Struct):
    delta: Delta
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class Chunk(msgspec.Struct):
    choices: list[Choice]
    usage: dict[str, object] | None = None


def chunks(response: httpx.Response) -> list[Chunk]:
    """The chunks of a stream that says that it is done."""
    data = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]
    assert data[-1] == "[DONE]"
    return [msgspec.json.decode(chunk, type=Chunk) for chunk in data[:-1]]


def choices(stream: list[Chunk]) -> list[Choice]:
    """The choices of all chunks, which have at most one each."""
    return [choice for chunk in stream for choice in chunk.choices]


def test_stop_strings_stop_alike(vllm: Vllm, engine: Engine) -> None:
    """Across tokens, not included, and named."""
    whole = engine.post("/v1/completions", {**GREEDY, "prompt": PROMPTS[0], "ignore_eos": True}).json()
    stop = whole["choices"][0]["text"][20:23]
    body = {**GREEDY, "prompt": PROMPTS[0], "ignore_eos": True, "stop": [stop]}
    theirs, ours = (r.json()["choices"][0] for r in both(vllm, engine, "/v1/completions", body))
    assert {key: ours[key] for key in ("text", "finish_reason", "stop_reason")} == {
        key: theirs[key] for key in ("text", "finish_reason", "stop_reason")
    }


@pytest.mark.parametrize(
    "body",
    [
        {"model": "nobody", "messages": [{"role": "user", "content": "x"}]},
        {"messages": [{"role": "user", "content": "x " * 3000}]},
        {"messages": [{"role": "user", "content": "x"}], "logprobs": True, "top_logprobs": 21},
        {"messages": 3},
    ],
    ids=["unknown model", "long prompt", "too many logprobs", "no messages"],
)
def test_errors_are_the_same(vllm: Vllm, engine: Engine, body: dict[str, object]) -> None:
    """Practicum tells a client's fault from a student's by the status, and clients read the rest."""
    theirs, ours = both(vllm, engine, "/v1/chat/completions", body)
    assert ours.status_code == theirs.status_code
    assert ours.json()["error"].keys() == theirs.json()["error"].keys()
    assert ours.json()["error"]["code"] == theirs.json()["error"]["code"]
