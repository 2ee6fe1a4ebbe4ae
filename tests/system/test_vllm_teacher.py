"""A real vLLM as the teacher: callers get its very bytes, the SDKs work, and a caller who leaves stops its work.

The same server is the student where one is needed: a model compared with itself must not diverge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import anthropic
import openai
import pytest
from anthropic.types import MessageParam

from tests.end_to_end.practicum import Practicum, until
from tests.system.server import Served, Vllm
from tests.system.shadow import ASKS, CHAT, COMPLETION, PATIENCE, TURN, Ask, kept, outcomes, practicum
from tests.system.tap import Tap

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
FRESH = re.compile(rb'"(?:id|item_id)":"[^"]*"|"created(?:_at)?":\d+')  # what differs from one reply to the next


@pytest.fixture
def service(tmp_path: Path, student: Served, tap: Tap) -> Iterator[Practicum]:
    """A Practicum whose teacher is behind the tap, and which mirrors nothing."""
    with practicum(tmp_path, f"{tap.url}/v1", student.url, student.model, percentage=0) as found:
        yield found
        found.settle(PATIENCE)


def settled(reply: bytes) -> bytes:
    """A reply without what is fresh in every reply."""
    return FRESH.sub(b"", reply)


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.path)
@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_caller_gets_the_bytes_that_vllm_sent(
    service: Practicum, student: Served, tap: Tap, ask: Ask, stream: bool
) -> None:
    """Nothing is added, removed or rewritten, whatever a real server puts into its replies."""
    answer = service.call(ask.path, ask.of(student.model, stream=stream, user="the one"))
    assert answer.status == 200
    assert answer.complete
    assert answer.body == tap.answered("the one")
    assert answer.head.value("x-practicum-arm") == "teacher"


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.path)
def test_the_proxy_makes_no_difference_to_a_greedy_reply(service: Practicum, student: Served, ask: Ask) -> None:
    """What reaches vLLM is what the caller asked for: the same request straight to it gets the same reply."""
    body = {"model": student.model, **ask.body}
    through = service.call(ask.path, ask.of(student.model))
    assert settled(through.body) == settled(student.post(ask.path, body).content)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"model": "nobody", "messages": TURN}, id="unknown-model"),
        pytest.param({"messages": [{"role": "user", "content": "far " * 40_000}]}, id="too-long"),
        pytest.param({"messages": TURN, "temperature": "warm"}, id="wrong-type"),
        pytest.param({"messages": TURN, "stream": True, "n": -1}, id="refused-stream"),
    ],
)
def test_its_errors_are_its_own(service: Practicum, student: Served, body: dict[str, object]) -> None:
    """A caller's mistake is answered by the teacher, status and body, not by the proxy."""
    asked = {"model": student.model, **body}
    direct = student.post("/v1/chat/completions", asked)
    through = service.call("/v1/chat/completions", Ask("", asked).of(str(asked["model"])))
    assert through.status == direct.status_code >= 400
    assert through.body == direct.content


def test_the_openai_sdk_works(service: Practicum, student: Served) -> None:
    """Change the base URL and nothing else: log-probabilities, streams, usage and errors of a real server included."""
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key="none", max_retries=0) as client:
        service.sent += 4
        chat = client.chat.completions.create(
            model=student.model, messages=[{"role": "user", "content": "Hi"}], max_tokens=8, logprobs=True
        )
        assert chat.choices[0].logprobs is not None
        assert len(chat.choices[0].logprobs.content or []) == 8
        stream = client.chat.completions.create(
            model=student.model,
            messages=[{"role": "user", "content": "Hi"}],
            max_tokens=8,
            stream=True,
            stream_options={"include_usage": True},
        )
        usage = list(stream)[-1].usage
        assert usage is not None
        assert usage.completion_tokens == 8
        response = client.responses.create(model=student.model, input="Hi", max_output_tokens=8)
        assert response.status == "incomplete"
        with pytest.raises(openai.NotFoundError, match="does not exist"):
            client.completions.create(model="nobody", prompt="Hi")


def test_the_anthropic_sdk_works(service: Practicum, student: Served) -> None:
    """The Messages endpoint, unary and streamed."""
    turn: list[MessageParam] = [{"role": "user", "content": "Hi"}]
    greedy = {"temperature": 0}
    with anthropic.Anthropic(base_url=service.url, api_key="none", max_retries=0) as client:
        service.sent += 2
        message = client.messages.create(model=student.model, messages=turn, max_tokens=8, extra_body=greedy)
        with client.messages.stream(model=student.model, messages=turn, max_tokens=8, extra_body=greedy) as stream:
            streamed = stream.get_final_message()
        assert [block.to_dict() for block in streamed.content] == [block.to_dict() for block in message.content]
        assert streamed.usage.output_tokens == message.usage.output_tokens


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_caller_who_leaves_stops_the_teachers_work(tmp_path: Path, owned: Vllm, stream: bool) -> None:
    """A GPU must not compute for nobody: vLLM aborts a request whose connection ends, so the proxy ends it."""
    served = owned.served
    running = "vllm:num_requests_running"
    with practicum(tmp_path, f"{served.url}/v1", served.url, "student", percentage=0) as service:
        with service.connect() as caller:
            service.begin(
                caller, COMPLETION.path, COMPLETION.of("student", max_tokens=1500, ignore_eos=True, stream=stream)
            )
            until(lambda: served.metric(running) == 1, "vLLM is at it", PATIENCE)
        until(lambda: served.metric(running) == 0, "vLLM has stopped", 5)
        service.settle()
        service.counts(1, "requests_total", outcome="client_gone")


@pytest.mark.parametrize("stream", [False, True], ids=["unary", "stream"])
def test_a_model_compared_with_itself_does_not_diverge(tmp_path: Path, student: Served, stream: bool) -> None:
    """Our own false divergence: the same weights, asked greedily for the same thing, are the same in every behavior."""
    with practicum(tmp_path, f"{student.url}/v1", student.url, student.model) as service:
        answer = service.call(CHAT.path, CHAT.of(student.model, stream=stream))
        outcomes(service, 1, "compared")
        pair = kept(service, answer)
        teacher, twin = (cast("dict[str, object]", pair[arm]) for arm in ("teacher", "student"))
        assert (teacher["text"], teacher["finish_reason"]) == (twin["text"], twin["finish_reason"])
        assert not [trial for trial in cast("list[dict[str, object]]", pair["trials"]) if trial["diverged"]]
        assert service.total("divergences_total") == 0
        service.settle()
