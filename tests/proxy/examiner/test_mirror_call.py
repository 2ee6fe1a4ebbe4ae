"""Calls of the shadow lane to upstreams that behave, and to those that do not."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from dataclasses import replace

import pytest

from proxy.config import settings
from proxy.examiner.mirror_call import Call, Caller, Heard
from proxy.telemetry.catalog import ATTEMPTS
from proxy.telemetry.tally import Tally
from proxy.upstreams import Upstreams
from routing.observation import Arm, Failure
from routing.traits import Endpoint
from tests.end_to_end.behaviors import BEHAVIORS
from tests.end_to_end.upstream import Upstream
from tests.proxy.examiner.records import chat

LIMITS = settings.Upstream(
    "", "small", first_token_timeout=0.3, stall_timeout=0.3, total_timeout=0.6, connect_timeout=0.5
)


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream(BEHAVIORS) as running:
        yield running


def call(url: str, *, stream: bool = False, **changed: object) -> Call:
    made = Call(
        target=replace(LIMITS, base_url=url),
        route="support",
        arm=Arm.STUDENT,
        purpose="mirror",
        endpoint=Endpoint.CHAT,
        path="/chat/completions",
        body=chat(stream=stream),
        stream=stream,
        pair="0198c0ffee",
        most=1024 * 1024,
    )
    return dataclasses.replace(made, **changed)  # type: ignore[arg-type] # fields by name


def hear(made: Call, keys: dict[str, str] | None = None) -> tuple[Heard, Tally]:
    tally = Tally()

    async def main() -> Heard:
        upstreams = Upstreams()
        try:
            return await Caller(upstreams, lambda name: (keys or {}).get(name or ""), tally).call(made)
        finally:
            await upstreams.close()

    return asyncio.run(main()), tally


def test_a_stream_is_read_as_a_stream(upstream: Upstream) -> None:
    """Or the student's time to first token could not be held against the teacher's."""
    heard, tally = hear(call(upstream.url("trickle:0.02"), stream=True))
    assert heard.failure is None
    assert heard.body.rstrip().endswith(b"[DONE]")
    assert heard.timing.first_token is not None
    assert heard.timing.first_token < heard.timing.total
    assert tally.value(ATTEMPTS, "support", "student", "mirror", "ok") == 1


@pytest.mark.parametrize(
    ("behavior", "stream", "failure"),
    [
        ("reset", False, Failure.RESET),
        ("silent", True, Failure.FIRST_TOKEN_TIMEOUT),
        ("silent", False, Failure.TOTAL_TIMEOUT),
        ("headers_then_silent", True, Failure.FIRST_TOKEN_TIMEOUT),
        ("stall:2", True, Failure.STALL_TIMEOUT),
        ("reset_after:2", True, Failure.RESET),
        ("huge", False, Failure.TOO_LARGE),
    ],
)
def test_a_failure_is_heard_and_counted(upstream: Upstream, behavior: str, stream: bool, failure: Failure) -> None:
    """An arm's failure is data."""
    heard, tally = hear(call(upstream.url(behavior), stream=stream))
    assert heard.failure is failure
    assert tally.value(ATTEMPTS, "support", "student", "mirror", failure) == 1


def test_nobody_listening_is_a_failure_to_connect() -> None:
    """The commonest failure of all: the student is not up."""
    heard, _ = hear(call("http://127.0.0.1:1/v1"))
    assert (heard.failure, heard.status, heard.body) == (Failure.CONNECT, 0, b"")


def test_an_error_status_is_heard_with_its_body(upstream: Upstream) -> None:
    """The body says what the student did not like."""
    heard, tally = hear(call(upstream.url("status:500")))
    assert heard.status == 500
    assert heard.body
    assert tally.value(ATTEMPTS, "support", "student", "mirror", "http_error") == 1


def test_the_student_gets_its_own_key_the_priority_and_the_pair(upstream: Upstream) -> None:
    """The client's credentials never travel to the shadow lane, so there is nothing else it could be given."""
    made = call(upstream.url(), priority=10)
    made = replace(made, target=replace(made.target, api_key_env="STUDENT_KEY"))
    hear(made, {"STUDENT_KEY": "sk-student"})
    got = upstream.received[-1]
    assert got.values("authorization") == [b"Bearer sk-student"]
    assert got.values("x-vllm-priority") == [b"10"]
    assert got.values("x-request-id") == [b"0198c0ffee"]


def test_messages_are_authenticated_in_anthropics_way_too(upstream: Upstream) -> None:
    """Anthropic's API knows no bearer token, vLLM's knows no x-api-key: both are sent."""
    made = call(upstream.url(), endpoint=Endpoint.MESSAGES, path="/messages")
    hear(replace(made, target=replace(made.target, api_key_env="KEY")), {"KEY": "sk-1"})
    got = upstream.received[-1]
    assert got.values("x-api-key") == [b"sk-1"]
    assert got.values("authorization") == [b"Bearer sk-1"]
    assert got.values("anthropic-version")
