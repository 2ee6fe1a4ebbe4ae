"""Events on either way, and their edits."""

from __future__ import annotations

import pytest

from proxy.wire.blocks import replaced
from proxy.wire.listening import LISTENED, Listening
from proxy.wire.surplus import Surplus
from routing.traits import Endpoint

EXTRA = b'{"choices":[{"delta":{},"logprobs":{"content":[{"token":"","logprob":-1}]},"finish_reason":null%b}]}'
LONG = b',"x":NaN'


@pytest.mark.parametrize("more", [b"", LONG])
def test_an_event_for_the_sake_of_its_log_probabilities_is_no_event_unasked(more: bytes) -> None:
    """On both ways; who asked for nothing on top has nothing left out."""
    asked, unasked = Listening(Endpoint.CHAT, Surplus.LOGPROBS), Listening(Endpoint.CHAT, Surplus.NOTHING)
    assert asked.event("", EXTRA % more) is None
    assert unasked.event("", EXTRA % more) == []
    assert asked.heard.tokens == unasked.heard.tokens != []


@pytest.mark.parametrize("more", [b"", LONG])
def test_a_response_that_says_whether_it_is_kept_is_openais(more: bytes) -> None:
    """From then on its parts are those of OpenAI's."""
    listening = Listening(Endpoint.RESPONSES, Surplus.LOGPROBS_AND_TOP)
    part = b'{"type":"response.content_part.done","part":{"logprobs":[1]}}'
    assert replaced(part, listening.event("", part) or []) == part.replace(b"[1]", b"null")
    listening.event("", b'{"type":"response.created","response":{"store":false%b}}' % more)
    assert replaced(part, listening.event("", part) or []) == part.replace(b"[1]", b"[]")


@pytest.mark.parametrize("endpoint", sorted(LISTENED))
@pytest.mark.parametrize(
    "data", [b"", b"7", b"[" * 5000, b"{}", b'{"choices":7}', b'{"type":7}', b'{"response":7}', b"\xff"]
)
def test_what_is_no_reply_is_left_alone(endpoint: Endpoint, data: bytes) -> None:
    """Event or whole."""
    listening = Listening(endpoint, Surplus.LOGPROBS)
    assert (listening.event("", data), listening.whole(data)) == ([], [])
    assert listening.heard.tokens == []


def test_tool_use_of_messages_is_how_it_ended() -> None:
    """Their events all go the long way: there are no log-probabilities to hear."""
    listening = Listening(Endpoint.MESSAGES, Surplus.NOTHING)
    listening.event(
        "content_block_start", b'{"type":"content_block_start","content_block":{"type":"tool_use","name":"f"}}'
    )
    listening.event("message_delta", b'{"type":"message_delta","delta":{"stop_reason":"tool_use"}}')
    assert (listening.heard.calls, listening.heard.finish) == (True, "tool_calls")
