"""Examples on the wire: what the proxy reads of a request is what the example says."""

from __future__ import annotations

import json

import pytest

from proxy.demo.railway.conversations import of_kind
from proxy.demo.railway.example import SCRUBBED, Message, Situation, exchange
from proxy.demo.railway.judge import traits
from proxy.wire.requests import read_traits
from routing.observation import ToolCall
from routing.traits import Endpoint


@pytest.mark.parametrize("kind", Situation)
def test_the_proxy_reads_what_was_meant(kind: Situation) -> None:
    """Slices and detectors judge the traffic by the proxy's reading of it."""
    for example in of_kind(1, 20, kind, held_out=True):
        body = json.dumps(example.request("vale")).encode()
        assert read_traits(Endpoint.CHAT, body) == traits(example)


def test_a_call_is_written_as_the_endpoint_takes_it() -> None:
    """Content is null beside calls, and a tool's message names the call it answers."""
    call = ToolCall("find_bus", "{}", "call_1")
    written = Message("assistant", calls=(call,)).as_json()
    function = {"name": "find_bus", "arguments": "{}"}
    assert written == {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "call_1", "type": "function", "function": function}],
    }
    assert Message("tool", "Bus 7.", call_id="call_1").as_json()["tool_call_id"] == "call_1"


def test_turns_alternate() -> None:
    """The user speaks first and last."""
    roles = [message.role for message in exchange("context", "one", "two", "three")]
    assert roles == ["system", "user", "assistant", "user"]


@pytest.mark.parametrize("kind", Situation)
def test_scrubbed_are_the_hard_situations(kind: Situation) -> None:
    """The student's losses come from exactly these."""
    (example,) = of_kind(1, 1, kind, held_out=False)
    assert example.kind is kind
    assert example.scrubbed == (kind in SCRUBBED)
