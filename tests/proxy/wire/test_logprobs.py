"""Log-probabilities, in both forms and in bad shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.wire.logprobs import listed, parallel
from routing.observation import TokenLogprob
from routing.traits import Json

NO_NUMBERS: list[Json] = [None, "x", float("nan"), float("-inf"), [], {}]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["token", "logprob", "top_logprobs", "tokens", "token_logprobs"]), inner)
    ),
)


def test_entries_carry_their_alternatives() -> None:
    """The entropy of the top alternatives is one of the features of confidence."""
    top: Json = [{"token": "Hi", "logprob": -0.5}, {"token": "Yo", "logprob": -1.5}, {"token": "?", "logprob": None}]
    found = list(listed([{"token": "Hi", "logprob": -0.5, "top_logprobs": top}]))
    assert found == [TokenLogprob("Hi", -0.5, (-0.5, -1.5))]


@pytest.mark.parametrize("number", NO_NUMBERS)
def test_an_entry_that_is_no_finite_number_is_left_out(number: Json) -> None:
    """In both forms."""
    assert list(listed([{"token": "a", "logprob": number}, {"token": "b", "logprob": -1}])) == [TokenLogprob("b", -1.0)]
    arrays: dict[str, Json] = {"tokens": ["a", "b"], "token_logprobs": [number, -1]}
    assert list(parallel(arrays)) == [TokenLogprob("b", -1.0)]


@given(ANYTHING)
def test_nothing_raises(value: Json) -> None:
    """Whatever an upstream sends there."""
    list(listed(value))
    list(parallel(value if isinstance(value, dict) else {}))
