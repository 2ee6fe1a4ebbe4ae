"""Clients that leave take their work with them: in a stream, before a whole reply, and while they wait.

The engine is a process of its own, and what it does is read off its metrics.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.end_to_end.practicum import until
from tests.proxy.demo.engine.serving import Served

LONG = {"model": "tiny", "prompt": "x", "max_tokens": 12_000, "ignore_eos": True}
RUNNING, WAITING = "vllm:num_requests_running", "vllm:num_requests_waiting"


@pytest.fixture(scope="module")
def narrow(folder: Path) -> Iterator[Served]:
    """An engine that serves one at a time, while one waits."""
    with Served(folder, "tiny", "--max-num-seqs", "1", "--max-waiting", "1") as engine:
        yield engine


def occupy(stack: ExitStack, engine: Served, *, stream: bool) -> httpx.Client:
    """Send a long request and do not read the reply; the connection is the stack's, and closed with it."""
    client = stack.enter_context(httpx.Client(timeout=30))
    if stream:
        stack.enter_context(client.stream("POST", f"{engine.url}/v1/completions", json=LONG | {"stream": True}))
    else:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{engine.url}/v1/completions", json=LONG, timeout=0.2)
    return client


def load(engine: Served) -> tuple[float, float]:
    """Running and waiting."""
    return engine.metric(RUNNING), engine.metric(WAITING)


def test_a_stream_that_is_closed_frees_its_place(narrow: Served) -> None:
    """And the next one has it."""
    with ExitStack() as stack:
        occupy(stack, narrow, stream=True)
        until(lambda: load(narrow) == (1, 0), "it is served")
    until(lambda: load(narrow) == (0, 0), "its place is free")
    assert narrow.post("/v1/completions", LONG | {"max_tokens": 2}).json()["usage"]["completion_tokens"] == 2


def test_a_caller_that_gives_up_on_a_whole_reply_frees_its_place(narrow: Served) -> None:
    """Nothing has been sent to it yet, so nothing tells but its connection."""
    with ExitStack() as stack:
        occupy(stack, narrow, stream=False)
    until(lambda: load(narrow) == (0, 0), "its place is free")


@pytest.mark.parametrize("stream", [True, False])
def test_who_leaves_the_queue_is_forgotten(narrow: Served, stream: bool) -> None:
    """Before it was served at all."""
    with ExitStack() as served:
        occupy(served, narrow, stream=True)
        until(lambda: load(narrow) == (1, 0), "one is served")
        with ExitStack() as stack:
            occupy(stack, narrow, stream=stream)
            until(lambda: not stream or load(narrow) == (1, 1), "one waits")
        until(lambda: load(narrow) == (1, 0), "nobody waits")
    until(lambda: load(narrow) == (0, 0), "nobody is served")


def test_beyond_the_queue_callers_are_told(narrow: Served) -> None:
    """With 503, before any stream, and when to come back."""
    with ExitStack() as stack:
        for _ in range(2):
            occupy(stack, narrow, stream=True)
        until(lambda: load(narrow) == (1, 1), "one is served and one waits")
        for stream in (True, False):
            refused = narrow.post("/v1/completions", LONG | {"stream": stream})
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "1"
            assert refused.json()["error"]["type"] == "ServiceUnavailableError"
    until(lambda: load(narrow) == (0, 0), "everything is free")
