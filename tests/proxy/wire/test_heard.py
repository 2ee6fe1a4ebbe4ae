"""Tokens as they are heard."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire import tree
from proxy.wire.heard import Heard, hear_arrays, hear_content, hear_entries, says
from proxy.wire.logprobs import listed, parallel
from routing.observation import TokenLogprob
from routing.traits import Json

KEYS = ["content", "token", "logprob", "top_logprobs", "tokens", "token_logprobs"]
anything: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner),
)
token = st.fixed_dictionaries(
    {"token": st.text(max_size=3), "logprob": st.floats(-9, 0) | st.none()},
    optional={
        "top_logprobs": st.lists(st.fixed_dictionaries({"logprob": st.floats(-9, 0) | st.just("x")}), max_size=3)
    },
)


def raw(value: Json) -> msgspec.Raw:
    """A value as a decoder gives it."""
    return msgspec.json.decode(msgspec.json.encode(value), type=msgspec.Raw)


@given(anything | st.lists(token, max_size=3) | st.lists(token, max_size=3).map(lambda found: {"content": found}))
def test_the_quick_way_hears_what_the_reader_of_pairs_reads(value: Json) -> None:
    """A calibration is fitted to what that one reads."""
    found = tree.mapping(value)
    expected: list[tuple[Callable[[Heard, msgspec.Raw], int], list[TokenLogprob]]] = [
        (hear_content, list(listed(found.get("content")))),
        (hear_entries, list(listed(value))),
        (hear_arrays, list(parallel(found))),
    ]
    for hear, tokens in expected:
        heard = Heard()
        assert hear(heard, raw(value)) >= len(tokens)
        assert heard.tokens == tokens


@pytest.mark.parametrize("tops", [[{"a": -1.0, "b": -2.0}], [None], [], [{"a": None}], None])
def test_arrays_are_read_with_whatever_alternatives(tops: Json) -> None:
    """A server may have none, or fewer than tokens."""
    value: dict[str, Json] = {"tokens": ["a"], "token_logprobs": [-1.0], "top_logprobs": tops}
    heard = Heard()
    assert hear_arrays(heard, raw(value)) == 1
    assert heard.tokens == list(parallel(value))


def test_what_was_not_heard_of_a_piece_is_counted() -> None:
    """A token without a number, and a text without a token."""
    heard = Heard()
    heard.count(hear_entries, raw([{"token": "a", "logprob": -1}, {"token": "b"}]), said=True)
    assert (len(heard.tokens), heard.unheard) == (1, 1)
    heard.count(hear_entries, raw([]), said=True)
    heard.count(hear_entries, raw(None), said=False)
    assert heard.unheard == 2


@pytest.mark.parametrize(("reason", "finish"), [("stop", "stop"), ("function_call", "tool_calls"), ("eos", "")])
def test_reasons_to_end_are_in_one_vocabulary(reason: str, finish: str) -> None:
    """That of observations."""
    heard = Heard()
    heard.finished(reason)
    assert heard.finish == finish


def test_a_value_says_something_unless_it_is_empty() -> None:
    """As Python has it, so that an error of 0 or "" is none on either way."""
    nothing: list[Json] = [None, False, 0, "", [], {}]
    something: list[Json] = [True, 1, "x", [0], {"a": None}, 0.5]
    assert not any(says(raw(value)) for value in nothing)
    assert all(says(raw(value)) for value in something)
    assert not says(msgspec.Raw())
