"""What is kept of a rollout comes back as it was, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.examiner.rollout.state import State, StateError, Watched, decode, encode, remembered
from routing.evidence.changes import Watch
from routing.evidence.rates import Trials
from routing.rollout import OPEN, Phase, Progress, Reached, Step

PERCENT = st.floats(0, 100)
STEPS = st.lists(st.builds(Step, weight=PERCENT) | st.builds(Step, pause=st.floats(0) | st.just(OPEN)), max_size=4)
REACHED = st.builds(Reached, PERCENT, st.text(max_size=8), PERCENT)
PROGRESS = st.builds(
    Progress,
    phase=st.sampled_from(Phase),
    step=st.integers(0, 9),
    mirror=st.none() | PERCENT,
    raised=st.floats(0, 1e10) | st.just(-OPEN),
    slices=st.dictionaries(st.sampled_from(["math", "code"]), REACHED),
    reason=st.text(max_size=20),
    steps=STEPS.map(tuple),
)
WATCHED = st.just(Watched(Watch((0.0, 1.5, 2.5, 0.25)), Trials(9, 2)))
STATES = st.builds(
    State,
    st.just("0123456789ab"),
    st.dictionaries(st.just("0123456789ab"), st.integers(0, 9)),
    PROGRESS,
    st.dictionaries(st.sampled_from(["default", "math"]), PERCENT),
    st.dictionaries(st.just("math/refusal/lost"), WATCHED),
)


@given(STATES)
def test_a_state_survives_a_restart_exactly(state: State) -> None:
    """Pauses that wait for ever, and a rollout that was never raised, included."""
    assert decode(encode(state)) == state


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '{"identity": 3}', '{"identity": "a", "progress": {"step": "x"}}']
)
def test_what_cannot_be_read_is_an_error_and_never_a_default(text: str) -> None:
    """A default would be a weight that nobody decided."""
    with pytest.raises(StateError, match="cannot be read"):
        decode(text)


def test_a_retry_makes_another_epoch_of_the_same_student() -> None:
    """Evidence is tagged with it, so old evidence that arrives late finds its own."""
    state = State("0123456789ab", {"0123456789ab": 2, "ffffffffffff": 7})
    assert state.epoch == "0123456789ab.2"
    assert State("0123456789ab").epoch == "0123456789ab.0"


@pytest.mark.parametrize("epoch", ["", "x", ".1", "3f9c0a12b7de.", "3f9c0a12b7de.one"])
def test_an_epoch_that_says_nothing_is_nothing_to_remember(epoch: str) -> None:
    """Whatever tore the state may have torn its epoch."""
    assert remembered(epoch) is None


def test_an_epoch_tells_how_often_it_was_retried() -> None:
    """Which is all that is left where a state cannot be read."""
    again = State("3f9c0a12b7de", {"3f9c0a12b7de": 2})
    assert remembered(again.epoch) == again
