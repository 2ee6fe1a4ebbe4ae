"""The short way of reading an event of plain text, which must read what the long way does."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.chat_reply import CHAT
from proxy.wire.draft import Draft
from proxy.wire.plain_text import take_text, take_texts
from proxy.wire.tree import mapping, parse

Document = Mapping[str, object]

TEXT: Document = {"content": "Hel"}
PIECE: Document = {"id": "c", "model": "m", "choices": [{"index": 0, "delta": TEXT, "finish_reason": None}]}
ODD: list[object] = [None, False, 0, 1, "", "x", [], [{}], {}, {"a": 1}]
_REASONING = ("reasoning", "reasoning_content")
GOOD: list[object] = [
    None,
    {},
    {"content": None},
    {"content": [], "refusal": None},
    {"content": [{"token": "Hel", "bytes": [72], "logprob": -0.5, "top_logprobs": [{"token": "x", "logprob": -1}]}]},
    {"content": [{"logprob": -0.25, "top_logprobs": None}, {"token": "\u00e9", "logprob": -2, "top_logprobs": []}]},
]
BAD: list[object] = [
    False,
    [],
    {"content": {}},
    {"content": [None, {"token": "a", "logprob": -1.0}]},
    {"content": [{"token": "a", "logprob": None}, {"token": "b", "logprob": -1.0}]},
    {"content": [{"token": None, "logprob": -1.0}, {"token": "b", "logprob": True}]},
    {"content": [{"token": "a", "logprob": -1.0, "top_logprobs": [{"logprob": "x"}, {}, {"logprob": -3}]}]},
    {"content": [{"token": "a", "logprob": float("-inf")}, {"token": "\ud800", "logprob": -1.0}]},
]
TOLD = GOOD + BAD
KEYS = {
    "chunk": ("choices", "model", "usage", "error", "x"),
    "choice": ("index", "delta", "finish_reason", "logprobs", "x"),
    "delta": ("content", "role", "refusal", *_REASONING, "tool_calls", "function_call", "x"),
}


@st.composite
def chunks(draw: st.DrawFn) -> Document:
    """An event of plain text in which a few things are missing, mistyped or more than that."""
    odd: dict[str, dict[str, object]] = {place: {} for place in KEYS}
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.sampled_from(sorted(KEYS)))
        odd[place][draw(st.sampled_from(KEYS[place]))] = draw(st.sampled_from(ODD))
    told = {"logprobs": draw(st.sampled_from(TOLD))} if draw(st.booleans()) else {}
    choice = {"index": 0, "delta": {**TEXT, **odd["delta"]}, **told, **odd["choice"]}
    return {**PIECE, "choices": [choice] * draw(st.sampled_from([1, 1, 1, 0, 2])), **odd["chunk"]}


def the_long_way(data: bytes) -> Draft:
    """What the reader makes of an event without the short cut."""
    draft = Draft(model="before", text=["x"])
    CHAT.event(draft, "", mapping(parse(data)))
    draft.refusal, draft.reasoning = (
        [piece for piece in pieces if piece] for pieces in (draft.refusal, draft.reasoning)
    )
    return draft


@given(chunks())
def test_what_is_taken_is_what_the_long_way_reads(chunk: Document) -> None:
    """Whatever an upstream leaves out, adds or mistypes."""
    data, draft = json.dumps(chunk).encode(), Draft(model="before", text=["x"])
    if take_text(draft, data):
        assert draft == the_long_way(data)
    else:
        assert draft == Draft(model="before", text=["x"])


@pytest.mark.parametrize("added", [{}, {"usage": None, "system_fingerprint": "f"}])
def test_a_piece_of_text_is_taken(added: Document) -> None:
    """Or all of this were in vain."""
    draft = Draft()
    assert take_text(draft, json.dumps({**PIECE, **added}).encode())
    assert (draft.text, draft.model, draft.recognized) == (["Hel"], "m", True)


@pytest.mark.parametrize(
    "data", [b"", b"[DONE]", b"{", b"[" * 10_000, b'{"choices": [{"delta": {"content": "\xff"}}]}']
)
def test_what_is_no_such_event_is_left_alone(data: bytes) -> None:
    """Bad bytes, half a document, the end of the stream: never an exception."""
    draft = Draft()
    assert not take_text(draft, data)
    assert draft == Draft()


@pytest.mark.parametrize("told", GOOD)
def test_log_probabilities_in_good_shape_are_taken(told: object) -> None:
    """A student's stream has them in each event: one that went the long way would cost four times as much."""
    event = {**PIECE, "choices": [{"index": 0, "delta": TEXT, "finish_reason": None, "logprobs": told}]}
    draft, run = Draft(), Draft()
    assert take_text(draft, json.dumps(event).encode())
    assert take_texts(run, [json.dumps(event).encode()] * 2)
    assert run.logprobs == draft.logprobs * 2


@given(st.lists(chunks(), max_size=4))
def test_a_run_is_taken_as_its_events_are_one_by_one(run: list[Document]) -> None:
    """All of it, or where one event is another kind, none."""
    data = [json.dumps(chunk).encode() for chunk in run]
    alone, together = Draft(model="before", text=["x"]), Draft(model="before", text=["x"])
    if take_texts(together, data):
        assert all(take_text(alone, one) for one in data)
        assert together == alone
    else:
        assert not data or not all(take_text(alone, one) for one in data)
        assert together == Draft(model="before", text=["x"])


OPEN = b'{"choices":[{"delta":{"content":"a"}}],"x":[{}'
BOTH = b'{"choices":[{"delta":{"content":"a"}}]}'


@pytest.mark.parametrize(
    "run",
    [
        [OPEN, b"]}", BOTH],
        [OPEN, b"]}" + BOTH],
        [OPEN, b",{}]}" + BOTH],
        [b'{"choices":[{"delta":{"content":"a"', b"}}]}" + BOTH],
        [b'{"choices":[{"delta":{"content":"a\\n', b'{"}}]}' + BOTH],
        [BOTH[:-1] + b',"x":"a}', b'{b"}' + BOTH],
        [BOTH[:-1] + b',"x}', b'{":1}' + BOTH],
        [BOTH + BOTH, BOTH],
        [BOTH + BOTH, b"{"],
        [BOTH, b"", BOTH],
        [BOTH + b"\n" + BOTH, BOTH],
        [b" " + BOTH],
        [],
    ],
)
def test_events_that_complete_each_other_are_not_taken(run: list[bytes]) -> None:
    """Each is broken or no object of its own, as a reply that must not pass for whole: the long way says so."""
    draft = Draft()
    assert not take_texts(draft, run)
    assert draft == Draft()
