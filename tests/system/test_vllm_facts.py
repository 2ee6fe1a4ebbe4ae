"""What Practicum takes for granted about vLLM, asked of vLLM itself: where a new version differs, this says in what.

``docs/vllm.md`` states these facts, ``test_vllm`` relies on them.
"""

from __future__ import annotations

import json
import socket
import time

import httpx
import pytest

from tests.end_to_end.practicum import until
from tests.system.server import Served, Vllm

pytestmark = [pytest.mark.system, pytest.mark.timeout(400)]
CHAT = {"messages": [{"role": "user", "content": "Which ferry?"}], "max_tokens": 4, "temperature": 0}
LONG = {"prompt": "Which ferry?", "max_tokens": 1500, "ignore_eos": True}
PROMPTS = {
    "/v1/chat/completions": CHAT,
    "/v1/completions": {"prompt": "Which ferry?", "max_tokens": 4},
    "/v1/responses": {"input": "Which ferry?", "max_output_tokens": 4},
    "/v1/messages": CHAT,
}


def events(response: httpx.Response) -> list[str]:
    """The data of a stream's events."""
    return [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: ")]


@pytest.mark.parametrize("name", ["vllm:num_requests_waiting", "vllm:kv_cache_usage_perc"])
def test_its_load_has_these_names(student: Served, name: str) -> None:
    """Back-off reads these; were they renamed, the mirror would no longer yield to served traffic."""
    assert student.metric(name) >= 0


def test_kv_cache_use_is_a_ratio(owned: Vllm) -> None:
    """``perc`` notwithstanding: taken for percent, the limit of 90 would never be reached."""
    with httpx.stream("POST", f"{owned.served.url}/v1/completions", json=LONG | {"model": "student", "stream": True}):
        until(lambda: owned.served.metric("vllm:kv_cache_usage_perc"), "the cache is in use", 30)
        assert owned.served.metric("vllm:kv_cache_usage_perc") < 1
    until(lambda: owned.served.metric("vllm:num_requests_running") == 0, "the request was aborted", 30)


@pytest.mark.parametrize("path", PROMPTS)
def test_every_endpoint_takes_a_priority(student: Served, path: str) -> None:
    """The field in the body where there is one, the header everywhere: neither may be an error."""
    body = PROMPTS[path] | {"model": student.model, "priority": 10}
    assert student.post(path, body).status_code == 200
    headers = {"x-vllm-priority": "10"}
    assert httpx.post(f"{student.url}{path}", json=body, headers=headers, timeout=60).status_code == 200


@pytest.mark.parametrize("path", PROMPTS)
@pytest.mark.parametrize("stream", [False, True])
def test_an_unknown_model_is_a_404_before_any_stream(student: Served, path: str, stream: bool) -> None:
    """A student whose name is misspelled fails every mirror call, visibly."""
    found = student.post(path, PROMPTS[path] | {"model": "nobody", "stream": stream})
    assert found.status_code == 404
    assert found.json()["error"]["type"] == "NotFoundError"
    assert "`nobody` does not exist" in found.json()["error"]["message"]


def test_a_stream_reports_tokens_only_when_asked(student: Served) -> None:
    """Hence the mirror asks: without counts the shadow lane has no token budget."""
    body = CHAT | {"model": student.model, "stream": True}
    silent = student.post("/v1/chat/completions", body)
    telling = student.post("/v1/chat/completions", body | {"stream_options": {"include_usage": True}})
    assert not [event for event in events(silent) if '"usage"' in event]
    usage = json.loads(events(telling)[-2])
    assert usage["choices"] == []
    assert usage["usage"]["completion_tokens"] == 4


def test_a_streamed_token_may_have_no_text(student: Served) -> None:
    """Half a character is a token with a log-probability and an empty delta: chunks without text are not empty."""
    body = CHAT | {"model": student.model, "max_tokens": 64, "stream": True, "logprobs": True, "ignore_eos": True}
    chunks = [json.loads(event) for event in events(student.post("/v1/chat/completions", body))[:-1]]
    counts = [len((chunk["choices"][0]["logprobs"] or {"content": []})["content"]) for chunk in chunks]
    assert sum(counts) == 64


def test_responses_cut_short_still_end_completed(student: Served) -> None:
    """Where OpenAI sends ``response.incomplete``, vLLM sends ``response.completed`` with the status inside."""
    body = PROMPTS["/v1/responses"] | {"model": student.model, "stream": True}
    last = json.loads(events(student.post("/v1/responses", body))[-1])
    assert (last["type"], last["response"]["status"]) == ("response.completed", "incomplete")
    assert last["response"]["incomplete_details"] == {"reason": "max_output_tokens"}


def test_an_idle_connection_is_closed_after_five_seconds(student: Served) -> None:
    """Our pools let go of a connection sooner, or a request would now and then meet its end."""
    host, port = student.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 20) as idle:
        idle.sendall(b"GET /health HTTP/1.1\r\nhost: test\r\n\r\n")
        assert idle.recv(4096).startswith(b"HTTP/1.1 200")
        start = time.monotonic()
        assert idle.recv(4096) == b""
        assert time.monotonic() - start > 4.5


def test_tools_need_a_parser(owned: Vllm) -> None:
    """Served without one, a student fails every mirrored request that offers tools."""
    tool = {"type": "function", "function": {"name": "ferry", "parameters": {"type": "object"}}}
    found = owned.served.post("/v1/chat/completions", CHAT | {"model": "student", "tools": [tool]})
    assert found.status_code == 400
    assert "--enable-auto-tool-choice" in found.json()["error"]["message"]


def test_the_engines_death_ends_a_stream_with_an_error_and_done(owned: Vllm) -> None:
    """``[DONE]`` alone does not make a stream whole: the event before it may be an error."""
    body = LONG | {"model": "student", "stream": True}
    with httpx.stream("POST", f"{owned.served.url}/v1/completions", json=body, timeout=60) as reply:
        lines = (line.removeprefix("data: ") for line in reply.iter_lines() if line)
        next(lines)
        owned.kill_engine()
        rest = list(lines)
    owned.start()
    assert json.loads(rest[-2])["error"]["code"] == 500
    assert rest[-1] == "[DONE]"
