"""Pairs to JSON and back: nothing is lost, whatever the bytes."""

from __future__ import annotations

import dataclasses
import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.documents import PairDocument, document, observed, pair_of, row
from routing.divergence import Direction, Trial
from routing.observation import Arm
from tests.proxy.store.samples import noisy, pair, reply

CALL = (
    b'{"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": null, "tool_calls": '
    b'[{"id": "1", "type": "function", "function": {"name": "get_order", "arguments": "{\\"id\\": 7}"}}]},'
    b' "finish_reason": "tool_calls"}]}'
)


@given(st.binary(), st.binary(), st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_pair_comes_back_as_it_was(request: bytes, body: bytes, text: str) -> None:
    """An export over HTTP must not differ from one out of the database."""
    sent = dataclasses.replace(
        noisy(), request=request, student=reply(text, body), epoch="3f9c0a12b7de.1", served="student", fallback="unsure"
    )
    received = msgspec.json.decode(msgspec.json.encode(document(sent)), type=PairDocument)
    assert pair_of(received) == sent


def test_text_is_readable_in_the_json() -> None:
    """People read these with jq; only what is no text is base64."""
    written = json.loads(msgspec.json.encode(document(pair(request=b'{"a": 1}', student=reply("", b"\xff")))))
    assert written["request"] == {"text": '{"a": 1}'}
    assert written["student"]["body"] == {"base64": "/w=="}


def test_broken_base64_is_a_value_error() -> None:
    """A server that is not ours must not pass for one."""
    broken = msgspec.structs.replace(
        document(pair()), request=msgspec.convert({"base64": "%"}, type=type(document(pair()).request))
    )
    with pytest.raises(ValueError, match="base64 data"):
        pair_of(broken)


def test_a_row_names_what_diverged() -> None:
    """A trial without divergence is not a finding."""
    trials = (
        Trial("refusal", Direction.LOST, diverged=True),
        Trial("format", Direction.GAINED, diverged=True),
        Trial("answer", Direction.LOST, diverged=False),
    )
    found = row(pair(trials=trials, fallback="unsure"))
    assert (found.lost, found.gained, found.served, found.fallback) == (("refusal",), ("format",), "teacher", "unsure")


def test_a_row_tells_a_teacher_that_agrees_with_itself_from_one_that_was_asked_once() -> None:
    """No second reply is no sign of steadiness; nor is one that failed."""
    twice = noisy()
    assert twice.noise is not None
    unsteady = dataclasses.replace(twice, noise_trials=(Trial("refusal", Direction.GAINED, diverged=True),))
    failed = dataclasses.replace(twice, noise=dataclasses.replace(twice.noise, failure="connect"), noise_trials=())
    assert [row(p).noise for p in (pair(), failed, twice, unsteady)] == [None, None, (), ("refusal",)]


def test_a_row_previews_the_text_or_the_calls_or_the_body() -> None:
    """The list must show what an arm did even where it said nothing."""
    found = row(pair(teacher=reply("x" * 1000), student=reply("", CALL)))
    assert found.teacher.preview == "x" * 200
    assert found.student.preview == 'get_order({"id": 7})'
    assert row(pair(student=reply("", b"garbage"))).student.preview == "garbage"
    assert row(pair(student=reply("", b""))).student.preview == ""


@given(st.binary(min_size=1), st.text())
def test_any_body_of_any_endpoint_can_be_looked_at(body: bytes, endpoint: str) -> None:
    """A page about a broken reply must not break on it."""
    broken = dataclasses.replace(reply("", body), failure="nonsense", content_type="text/event-stream")
    assert observed(endpoint, Arm.STUDENT, broken) is None
    found = observed("chat_completions", Arm.STUDENT, broken)
    assert found is not None
    assert found.arm is Arm.STUDENT


def test_a_withheld_body_is_not_observed() -> None:
    """Privacy kept nothing, which is not the same as an empty reply."""
    assert observed("chat_completions", Arm.TEACHER, reply("", b"")) is None
