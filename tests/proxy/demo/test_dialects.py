"""The script's wire forms, read back by what reads real models."""

from __future__ import annotations

import pytest

from proxy.demo import dialects
from proxy.demo.prompts import EXERCISES, MODEL, Exercise, Line
from proxy.wire.replies import observe
from proxy.wire.requests import read_traits
from routing.observation import Arm, Observation, Timing, ToolCall
from routing.traits import Endpoint, FormatKind

ENDPOINTS = list(dialects.PATHS)
SPEECH = Line(" two  words\nand 日本語 ")
CALLS = Line("", (ToolCall("f", '{"a": 1}', "call_0"), ToolCall("f", "{", "call_1")))


def heard(endpoint: Endpoint, line: Line, *, stream: bool) -> Observation:
    """The line, said in an endpoint's form and observed."""
    asked = dialects.Asked(MODEL, "a question of five words", stream, usage=True)
    if stream:
        body, kind = b"".join(dialects.events(endpoint, line, asked, 1)), "text/event-stream"
    else:
        body, kind = dialects.unary(endpoint, line, asked, 1), "application/json"
    return observe(endpoint, Arm.STUDENT, 200, kind, body, stream, None, Timing(None, 0.0))


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_a_line_arrives_as_it_was_written(endpoint: Endpoint, stream: bool) -> None:
    """Complete, to the last blank, with its end and its tokens."""
    found = heard(endpoint, SPEECH, stream=stream)
    assert (found.failure, found.text, found.finish_reason, found.model) == (None, SPEECH.text, "stop", MODEL)
    assert found.usage is not None
    assert (found.usage.prompt, found.usage.completion) == (5, 4)


@pytest.mark.parametrize("stream", [False, True])
def test_calls_arrive_as_they_were_written(stream: bool) -> None:
    """Also malformed ones: that is what the student does."""
    found = heard(Endpoint.CHAT, CALLS, stream=stream)
    assert (found.failure, found.tool_calls, found.finish_reason) == (None, CALLS.calls, "tool_calls")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda e: e.question[:30])
def test_an_exercise_arrives_as_its_question(exercise: Exercise) -> None:
    """What the callers send is what the arms look up, and what the proxy understands."""
    body = dialects.request(exercise, MODEL)
    asked = dialects.read(exercise.endpoint, body)
    traits = read_traits(exercise.endpoint, body)
    assert (asked.model, asked.question, asked.stream) == (MODEL, exercise.question, exercise.stream)
    assert traits.turns[-1].text == exercise.question
    assert len(traits.tools) == len(exercise.tools)
    assert (traits.format is FormatKind.JSON_SCHEMA) == (exercise.schema is not None)


def test_usage_ends_a_stream_only_where_it_was_asked_for() -> None:
    """As OpenAI does it."""
    silent = dialects.Asked(MODEL, "q", stream=True, usage=False)
    assert not any(b"usage" in event for event in dialects.events(Endpoint.CHAT, SPEECH, silent, 1))
