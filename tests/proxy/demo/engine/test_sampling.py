"""Tokens are drawn as asked for: greedily, from the likeliest, again from the same seed; probabilities are whole."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from proxy.demo.engine.checkpoint import Floats
from proxy.demo.engine.sampling import Sampler, Sampling, log_softmax

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05], np.float32))
DRAWS = 4000


def drawn(sampling: Sampling, count: int = DRAWS) -> Counter[int]:
    """How often each token was drawn."""
    sampler = Sampler(sampling, None)
    return Counter(sampler.draw(LOGITS).token for _ in range(count))


@given(arrays.arrays(np.float32, st.integers(1, 400), elements=st.floats(-80, 80, width=32)))
def test_probabilities_sum_to_one(logits: Floats) -> None:
    """Whatever the logits: they are what confidence is computed from."""
    assert np.exp(log_softmax(logits)).sum() == pytest.approx(1)


def test_no_temperature_is_greedy() -> None:
    """Also with a seed, and whatever the rest says."""
    assert drawn(Sampling(temperature=0, top_p=0.1, seed=1), 50) == {0: 50}


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_frequencies_follow_the_temperature(temperature: float) -> None:
    """Within four standard deviations of the counts' own."""
    odds = np.exp(LOGITS / temperature)
    counts = drawn(Sampling(temperature=temperature, seed=5))
    for token, share in enumerate(odds / odds.sum()):
        assert abs(counts[token] - share * DRAWS) < 4 * math.sqrt(share * (1 - share) * DRAWS)


@pytest.mark.parametrize(
    ("sampling", "possible"),
    [
        (Sampling(top_p=0.5, seed=1), {0}),
        (Sampling(top_p=0.6, seed=1), {0, 1}),
        (Sampling(top_p=0.95, seed=1), {0, 1, 2}),
        (Sampling(top_k=2, seed=1), {0, 1}),
        (Sampling(top_k=3, top_p=0.7, seed=1), {0, 1}),
        (Sampling(top_k=99, seed=1), {0, 1, 2, 3}),
    ],
)
def test_only_the_likeliest_are_drawn(sampling: Sampling, possible: set[int]) -> None:
    """The fewest whose share reaches ``top_p``, of the ``top_k`` likeliest."""
    assert drawn(sampling).keys() == possible


def test_a_seed_reproduces_and_chance_does_not() -> None:
    """A shared generator would tie a reply to whoever else is being served."""
    first, again, other, chance, another = (
        [sampler.draw(LOGITS).token for _ in range(64)]
        for sampler in (Sampler(Sampling(seed=seed), None) for seed in (1, 1, 2, None, None))
    )
    assert first == again
    assert first != other
    assert chance != another


def test_alternatives_are_the_likeliest_in_order() -> None:
    """Before temperature, whatever was drawn; equals in the order of their numbers."""
    token = Sampler(Sampling(temperature=0), 3).draw(LOGITS[[3, 0, 1, 0]])
    assert [other.token for other in token.top] == [1, 3, 2]
    assert token.logprob == token.top[0].logprob == pytest.approx(math.log(0.5 / 1.35))
    assert Sampler(Sampling(temperature=0), 0).draw(LOGITS).top == ()
    assert len(Sampler(Sampling(), 9).draw(LOGITS).top) == 4
