"""Requests edited for another upstream."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.errors import UnmirrorableError, WireError
from proxy.wire.mirror_request import for_judging, for_serving, for_student, with_model
from proxy.wire.surplus import Surplus
from routing.traits import Endpoint, Json

CHAT = b'{"model":"a","messages":[{"role":"user","content":"\\u00e9 1.0"}],"temperature":1.0,"x-new":{"b" : 1}}'


def test_only_the_model_changes() -> None:
    """The teacher must get what the client wrote."""
    assert with_model(CHAT, "gpt-large") == CHAT.replace(b'"model":"a"', b'"model":"gpt-large"')


def test_the_last_of_duplicate_models_is_replaced() -> None:
    """Or the upstream would read the client's name for it, not ours."""
    assert with_model(b'{"model":"a","n":1,"model":"b"}', "c") == b'{"model":"c","n":1}'


@given(st.text())
def test_any_model_name_is_encoded(model: str) -> None:
    """Names come from configuration: quotes and all."""
    assert json.loads(with_model(b'{"model":"a"}', model)) == {"model": model}


def test_no_object_is_the_typed_error() -> None:
    """The worker answers 400."""
    with pytest.raises(WireError):
        with_model(b"[]", "m")


def test_a_request_to_be_answered_asks_for_nothing_more() -> None:
    """Its caller gets the reply: no log-probabilities, no last chunk of counts that it did not ask for."""
    body = b'{"model":"a","stream":true,"store":true,"n":1.50e0}'
    for endpoint in (Endpoint.CHAT, Endpoint.COMPLETIONS, Endpoint.RESPONSES, Endpoint.MESSAGES):
        assert for_serving(endpoint, body, "small") == body.replace(b'"a"', b'"small"')
        assert for_serving(endpoint, body, None) == body


@pytest.mark.parametrize("model", ["small", None])
def test_what_another_upstream_cannot_know_is_not_asked_of_it(model: str | None) -> None:
    """It would answer something else, or nothing."""
    with pytest.raises(UnmirrorableError):
        for_serving(Endpoint.RESPONSES, b'{"model":"a","previous_response_id":"r"}', model)
    assert for_serving(Endpoint.RESPONSES, b'{"model":"a","previous_response_id":null}', None)


LOGPROBS: Json = "message.output_text.logprobs"


@pytest.mark.parametrize(
    ("endpoint", "added", "surplus"),
    [
        (Endpoint.CHAT, {"logprobs": True, "top_logprobs": 5}, Surplus.LOGPROBS),
        (Endpoint.COMPLETIONS, {"logprobs": 5}, Surplus.LOGPROBS),
        (Endpoint.RESPONSES, {"top_logprobs": 5, "include": [LOGPROBS]}, Surplus.LOGPROBS_AND_TOP),
        (Endpoint.MESSAGES, {}, Surplus.NOTHING),
    ],
)
def test_a_request_to_be_judged_asks_for_log_probabilities_too(
    endpoint: Endpoint, added: dict[str, Json], surplus: Surplus
) -> None:
    """And for nothing else: what is not asked for need not be taken out again."""
    body = b'{"model":"a","stream":true,"store":true,"n":1.50e0}'
    asked = for_judging(endpoint, body, "small")
    assert json.loads(asked.body) == json.loads(body) | {"model": "small"} | added
    assert asked.surplus is surplus
    assert b"1.50e0" in asked.body
    assert json.loads(for_judging(endpoint, body, None).body) == json.loads(body) | added


@pytest.mark.parametrize(
    ("endpoint", "fields"),
    [
        (Endpoint.CHAT, {"logprobs": True}),
        (Endpoint.CHAT, {"logprobs": True, "top_logprobs": 2}),
        (Endpoint.COMPLETIONS, {"logprobs": 0}),
        (Endpoint.COMPLETIONS, {"echo": True}),
        (Endpoint.RESPONSES, {"include": [LOGPROBS], "top_logprobs": 1}),
        (Endpoint.MESSAGES, {"logprobs": True}),
    ],
)
def test_a_caller_that_asked_itself_gets_what_it_asked_for(endpoint: Endpoint, fields: dict[str, Json]) -> None:
    """Its request is left as it is, to the byte."""
    body = json.dumps({"model": "a"} | fields, indent=1).encode()
    assert (for_judging(endpoint, body, None).body, for_judging(endpoint, body, None).surplus) == (
        body,
        Surplus.NOTHING,
    )


def test_alternatives_without_log_probabilities_are_the_callers() -> None:
    """Responses repeats their number, so it must not be changed."""
    asked = for_judging(Endpoint.RESPONSES, b'{"model":"a","top_logprobs":3,"include":["x"]}', "b")
    assert json.loads(asked.body) == {"model": "b", "top_logprobs": 3, "include": ["x", LOGPROBS]}
    assert asked.surplus is Surplus.LOGPROBS


def test_a_request_on_upstream_state_cannot_be_judged_either() -> None:
    """The student would answer something else."""
    with pytest.raises(UnmirrorableError):
        for_judging(Endpoint.RESPONSES, b'{"model":"a","previous_response_id":"r"}', None)


def student(endpoint: Endpoint, /, priority: int | None = 10, **fields: Json) -> dict[str, Json]:
    """What the student is sent of a request with these fields."""
    body = json.dumps({"model": "gpt-large"} | fields).encode()
    answer: dict[str, Json] = json.loads(for_student(endpoint, body, "small", priority))
    return answer


def test_a_chat_stream_stays_a_stream_and_reports_usage() -> None:
    """Time to first token compares only between streams, and tokens are budgeted."""
    assert student(Endpoint.CHAT, stream=True, stream_options={"chunk": 1}) == {
        "model": "small",
        "stream": True,
        "stream_options": {"chunk": 1, "include_usage": True},
        "priority": 10,
        "logprobs": True,
        "top_logprobs": 5,
    }


@pytest.mark.parametrize("options", [None, "x", [], {}])
def test_unusable_stream_options_are_replaced(options: Json) -> None:
    """The student's copy must count tokens whatever the client wrote there."""
    sent = student(Endpoint.COMPLETIONS, stream=True, stream_options=options)
    assert sent["stream_options"] == {"include_usage": True}


def test_without_a_configured_model_the_clients_stays() -> None:
    """A student may serve under the teacher's name."""
    assert json.loads(for_student(Endpoint.CHAT, b'{"model":"a"}', None))["model"] == "a"


def test_a_unary_request_gets_no_stream_options() -> None:
    """Upstreams reject them without a stream."""
    assert "stream_options" not in student(Endpoint.CHAT)


def test_completions_ask_for_logprobs_by_number() -> None:
    """The legacy form."""
    assert student(Endpoint.COMPLETIONS)["logprobs"] == 5


@pytest.mark.parametrize("include", [None, "x", [], ["reasoning.encrypted_content"], [1]])
def test_responses_ask_for_logprobs_among_what_they_include(include: Json) -> None:
    """And keep what else the client wanted included, where that can be read."""
    sent = student(Endpoint.RESPONSES, include=include)
    kept = include if include == ["reasoning.encrypted_content"] else []
    assert sent["include"] == [*kept, "message.output_text.logprobs"]
    assert sent["top_logprobs"] == 5


def test_responses_that_include_logprobs_already_stay_as_they_are() -> None:
    """Asked twice, some servers refuse."""
    sent = student(Endpoint.RESPONSES, include=["message.output_text.logprobs"], top_logprobs=2)
    assert (sent["include"], sent["top_logprobs"]) == (["message.output_text.logprobs"], 2)


def test_what_the_client_asked_of_logprobs_stays() -> None:
    """The mirrored request is the client's, not ours."""
    assert student(Endpoint.COMPLETIONS, logprobs=0)["logprobs"] == 0
    asked = student(Endpoint.CHAT, logprobs=True, top_logprobs=2)
    assert (asked["logprobs"], asked["top_logprobs"]) == (True, 2)


def test_the_student_stores_nothing() -> None:
    """A shadow reply belongs in no upstream's history."""
    assert "store" not in student(Endpoint.CHAT, store=True)
    assert student(Endpoint.RESPONSES)["store"] is False


def test_messages_are_sent_without_foreign_fields() -> None:
    """That endpoint has neither log-probabilities nor a priority."""
    assert student(Endpoint.MESSAGES, stream=True, max_tokens=5) == {"model": "small", "stream": True, "max_tokens": 5}


def test_priority_is_optional() -> None:
    """Upstreams other than vLLM reject it."""
    assert "priority" not in student(Endpoint.CHAT, priority=None)


@pytest.mark.parametrize(
    ("endpoint", "field", "value"),
    [
        (Endpoint.RESPONSES, "previous_response_id", "resp_1"),
        (Endpoint.RESPONSES, "conversation", {"id": "conv_1"}),
        (Endpoint.RESPONSES, "prompt", {"id": "pmpt_1"}),
        (Endpoint.RESPONSES, "background", True),
        (Endpoint.MESSAGES, "container", "container_1"),
    ],
)
def test_requests_on_upstream_state_cannot_be_mirrored(endpoint: Endpoint, field: str, value: Json) -> None:
    """The student has never seen that state: the pair would compare answers to different questions."""
    with pytest.raises(UnmirrorableError, match=field) as caught:
        student(endpoint, None, **{field: value})
    assert caught.value.param == field


def test_absent_state_does_not_hinder() -> None:
    """SDKs send explicit nulls, and completions call their text ``prompt``."""
    assert student(Endpoint.RESPONSES, previous_response_id=None, background=False)["model"] == "small"
    assert student(Endpoint.COMPLETIONS, prompt="x")["prompt"] == "x"
