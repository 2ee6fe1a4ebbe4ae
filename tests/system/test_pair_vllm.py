"""The embedded pair on a real vLLM: the same greedy replies as on the embedded engine, calls of tools included.

Both compute in float32, as in ``test_engine_vllm`` and for its reason. What the demonstration tells of the pair is then
true of it behind vLLM, and what other tests find out there is true of the demonstration.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import proxy.demo
from proxy.demo.railway.conversations import Distribution, conversations
from proxy.demo.railway.example import Example
from tests.proxy.demo.engine.serving import Served as Engine
from tests.system.server import Served, Vllm

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
MODELS = Path(proxy.demo.__file__).with_name("models")
FLAGS = ("--dtype", "float32", "--enable-auto-tool-choice", "--tool-call-parser", "hermes")
ASKED = tuple(conversations(5, 150, Distribution.PRODUCTION))


@pytest.fixture(scope="module", params=["teacher", "student"])
def served(request: pytest.FixtureRequest, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vllm]:
    """One of the pair, on vLLM."""
    with Vllm(home, MODELS / request.param, tmp_path_factory.mktemp("vllm"), FLAGS) as vllm:
        yield vllm


def test_greedy_replies_are_the_same(served: Vllm) -> None:
    """Every one of them: in float32 there is no excuse for another token."""
    name = served.served.model
    with Engine(MODELS / name, name) as engine, ThreadPoolExecutor(8) as threads:
        ours = list(threads.map(lambda example: reply(engine, name, example), ASKED))
        theirs = list(threads.map(lambda example: reply(served.served, name, example), ASKED))
    differing = [both for both in zip(ours, theirs, strict=True) if both[0] != both[1]]
    assert differing == []
    assert sum("calls" in one for one in ours) > 5
    assert len(set(ours)) > len(ASKED) // 3


def reply(server: Engine | Served, model: str, example: Example) -> str:
    """What a server says to a conversation, greedily: the text or the calls, and why it ended."""
    body = {**example.request(model), "temperature": 0, "max_tokens": 96}
    body.pop("response_format", None)  # vLLM would force the form upon the model, the engine lets it speak
    response = server.post("/v1/chat/completions", body)
    assert response.is_success, response.text
    (choice,) = response.json()["choices"]
    calls = [call["function"] for call in choice["message"].get("tool_calls") or []]
    made = [{"name": call["name"], "arguments": json.loads(call["arguments"])} for call in calls]
    said = {"text": choice["message"]["content"], "finish": choice["finish_reason"]}
    return json.dumps(said | ({"calls": made} if made else {}), sort_keys=True)
