"""Replies of the Responses endpoint, unary and streamed."""

from __future__ import annotations

import pytest

from routing.observation import TokenLogprob
from routing.traits import Endpoint, Json
from tests.proxy.wire.readings import (
    OUTPUT,
    RESPONDED,
    RESPONSE,
    named,
    response_events,
    streamed,
    unary,
)


def test_a_unary_response() -> None:
    """Items of many types, of which three are the reply's."""
    assert unary(Endpoint.RESPONSES, RESPONSE) == RESPONDED


@pytest.mark.parametrize("output", [OUTPUT, []])
def test_a_streamed_response_is_read_as_the_unary_one(output: list[Json]) -> None:
    """Whether or not the upstream repeats the output in its last event."""
    assert streamed(Endpoint.RESPONSES, response_events(RESPONSE | {"output": output})) == RESPONDED


def test_a_response_without_deltas_is_read_from_its_last_event() -> None:
    """Nothing obliges an upstream to send deltas."""
    assert streamed(Endpoint.RESPONSES, named({"type": "response.completed", "response": RESPONSE})) == RESPONDED


@pytest.mark.parametrize(
    ("reason", "expected"), [("max_output_tokens", "length"), ("content_filter", "content_filter"), (None, "length")]
)
def test_incomplete_responses_say_why(reason: str | None, expected: str) -> None:
    """In the vocabulary of chat."""
    response = RESPONSE | {"status": "incomplete", "incomplete_details": {"reason": reason}}
    assert unary(Endpoint.RESPONSES, response).finish_reason == expected
    stream = named({"type": "response.incomplete", "response": response})
    assert (streamed(Endpoint.RESPONSES, stream).finish_reason, streamed(Endpoint.RESPONSES, stream).failure) == (
        expected,
        None,
    )


def test_logprobs_of_a_response() -> None:
    """A stream's last event repeats them whole; its deltas serve where it does not."""
    said: Json = [{"token": "Hi", "logprob": -0.5, "top_logprobs": [{"token": "Hi", "logprob": -0.5}]}]
    whole: Json = [{"token": "Hi", "logprob": -0.5, "top_logprobs": []}, {"token": "", "logprob": -2.0}]
    content: Json = [{"type": "output_text", "text": "Hi", "logprobs": whole}]
    response: dict[str, Json] = {"status": "completed", "output": [{"type": "message", "content": content}]}
    both = (TokenLogprob("Hi", -0.5), TokenLogprob("", -2.0))
    assert unary(Endpoint.RESPONSES, response).logprobs == both
    delta: dict[str, Json] = {"type": "response.output_text.delta", "delta": "Hi", "logprobs": said}
    last: dict[str, Json] = {"type": "response.completed", "response": response}
    assert streamed(Endpoint.RESPONSES, named(delta, last)).logprobs == both
    empty: dict[str, Json] = {"type": "response.completed", "response": {"status": "completed", "output": []}}
    assert streamed(Endpoint.RESPONSES, named(delta, empty)).logprobs == (TokenLogprob("Hi", -0.5, (-0.5,)),)


def test_a_refusal_part_of_a_response() -> None:
    """It stands beside the text parts."""
    content: Json = [{"type": "refusal", "refusal": "No."}]
    seen = unary(Endpoint.RESPONSES, {"status": "completed", "output": [{"type": "message", "content": content}]})
    assert (seen.text, seen.refusal) == ("", "No.")
    stream = named({"type": "response.refusal.delta", "delta": "No."}, {"type": "response.completed", "response": {}})
    assert streamed(Endpoint.RESPONSES, stream).refusal == "No."
