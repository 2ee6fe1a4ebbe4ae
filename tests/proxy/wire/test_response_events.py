"""Events of Responses on the quick way."""

from __future__ import annotations

import json

import pytest

from proxy.wire.heard import Heard
from proxy.wire.response_events import event, response
from proxy.wire.surplus import Where
from routing.traits import Json

TOLD: Json = [{"token": "Hi", "logprob": -1.0, "top_logprobs": []}]
MESSAGE: Json = {"type": "message", "content": [{"type": "output_text", "logprobs": TOLD}]}
CALL: Json = {"type": "function_call", "name": "f"}


def heard(document: dict[str, Json]) -> Heard:
    """What an event says."""
    found = Heard()
    event(found, json.dumps(document).encode(), hears=True)
    return found


def test_a_piece_of_text_is_heard() -> None:
    """With its tokens."""
    found = heard({"type": "response.output_text.delta", "delta": "Hi", "logprobs": TOLD})
    assert (found.texts, [token.token for token in found.tokens], found.unheard) == (["Hi"], ["Hi"], 0)


def test_arguments_come_without_log_probabilities() -> None:
    """Nothing on this endpoint says how sure a model was of a call."""
    found = heard({"type": "response.function_call_arguments.delta", "delta": "{"})
    assert (found.texts, found.unheard, found.calls) == ([], 1, True)
    assert heard({"type": "response.reasoning_text.delta", "delta": "Hm"}).unheard == 0


@pytest.mark.parametrize(
    ("last", "finish", "failed"),
    [
        ({"status": "completed"}, "stop", False),
        ({"status": "completed", "output": [CALL]}, "tool_calls", False),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length", False),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, "content_filter", False),
        ({"status": "failed"}, "", True),
        ({"status": "completed", "error": {"code": "x"}}, "stop", True),
    ],
)
def test_the_last_event_says_how_it_ended(last: dict[str, Json], finish: str, failed: bool) -> None:
    """Whatever it is called: vLLM completes what OpenAI leaves incomplete."""
    found = heard({"type": "response.completed", "response": last})
    assert (found.ended, found.finish, found.failed) == (True, finish, failed)
    assert not heard({"type": "response.in_progress", "response": last}).ended


def test_the_repetition_in_later_events_is_not_heard_again() -> None:
    """A token counts once."""
    part: Json = {"type": "output_text", "logprobs": TOLD}
    for document in ({"part": part}, {"item": MESSAGE}, {"response": {"status": "completed", "output": [MESSAGE]}}):
        assert heard({"type": "response.completed", **document}).tokens == []


def test_a_whole_reply_is_heard_message_by_message() -> None:
    """Calls have nothing to hear."""
    found = Heard()
    values = response(found, json.dumps({"output": [MESSAGE, CALL, MESSAGE], "top_logprobs": 5}).encode(), hears=True)
    assert (len(found.tokens), len(values.logprobs), values.where) == (2, 2, Where.PART)
    assert values.echo is not None


def test_log_probabilities_in_two_places_are_for_the_long_way() -> None:
    """Which comes first cannot be told without reading."""
    with pytest.raises(ValueError, match="more than one place"):
        heard({"type": "x", "logprobs": TOLD, "response": {"output": [MESSAGE]}})
