"""A reply's tokens as numbers: by their definitions, as they come, and whatever comes."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence.signal import FEATURES, FUNCTION, UNSURE, Listener, Signal, Vector, vectors
from routing.confidence.views import WHOLE, rungs
from routing.observation import TokenLogprob

LOGPROBS = st.floats(-15.0, 0.0)
TOPS = st.lists(st.floats(-15.0, -0.05), max_size=5, unique_by=lambda one: round(one, 1)).map(tuple)
TOKENS = st.builds(TokenLogprob, st.just("x"), LOGPROBS, TOPS)
REPLIES = st.lists(TOKENS, min_size=1, max_size=40)
ANYTHING = st.floats()
BIN = 0.6  # nats: how wide the histogram's bins get


def signal(tokens: Sequence[TokenLogprob]) -> Signal:
    """These tokens, added."""
    found = Signal()
    for token in tokens:
        found.add(token.logprob, token.top)
    return found


def named(vector: Vector | None) -> dict[str, float]:
    """A vector with its features' names."""
    assert vector is not None
    return dict(zip(FEATURES, vector, strict=True))


def alike(*logprobs: float) -> list[TokenLogprob]:
    """Tokens without alternatives."""
    return [TokenLogprob("x", one) for one in logprobs]


def text(*pieces: tuple[str, float]) -> list[TokenLogprob]:
    """Tokens with a text."""
    return [TokenLogprob(token, logprob) for token, logprob in pieces]


def mean(numbers: Sequence[float]) -> float:
    """Their mean; 0 of none."""
    return math.fsum(numbers) / len(numbers) if numbers else 0.0


def entropy(top: Sequence[float]) -> float:
    """Of the alternatives and what they leave."""
    rest = 1.0 - math.fsum(math.exp(one) for one in top)
    left = -rest * math.log(rest) if rest > 1e-9 else 0.0
    return left - math.fsum(one * math.exp(one) for one in top)


def margin(top: Sequence[float]) -> float:
    """Between the two likeliest; a single one is held against the rest."""
    first, *others = sorted(top, reverse=True)
    return first - (others[0] if others else math.log(1.0 - math.exp(first)))


def by_definition(tokens: Sequence[TokenLogprob]) -> dict[str, float]:
    """Every number worked out from all tokens at once."""
    said = [token.logprob for token in tokens]
    known = [token for token in tokens if token.top]
    long = [said[at : at + 16] for at in range(max(1, len(said) - 15))]
    uncertain = [entropy(token.top) for token in known]
    apart = [margin(token.top) for token in known]
    return {
        "mean": mean(said),
        "least": min(said),
        "window": min(map(mean, long)),
        "tail": mean(said[-16:]),
        "head": mean(said[:8]),
        "last": said[-1],
        "least_at": said.index(min(said)) / len(said),
        "total": math.log1p(-1000 * math.fsum(said)),
        "entropy": mean(uncertain),
        "entropy_most": math.log1p(1000 * max(uncertain, default=0.0)),
        "margin": mean(apart),
        "margin_least": min(apart, default=0.0),
        "margin_first": apart[0] if apart else 0.0,
        "second_best": mean([token.logprob < max(token.top) - 0.01 for token in known]),
        "length": math.log1p(len(said)),
        "alternatives": len(known) / len(tokens),
    }


@given(REPLIES)
def test_numbers_are_what_they_are_called(tokens: list[TokenLogprob]) -> None:
    """What is kept token by token must be what a look at all of them finds."""
    found = named(signal(tokens).vector(ended=True, finish="stop"))
    for name, value in by_definition(tokens).items():
        assert found[name] == pytest.approx(value, abs=1e-9), name


@given(REPLIES)
def test_the_quantile_leaves_a_tenth_below_it(tokens: list[TokenLogprob]) -> None:
    """To within a bin of the histogram: no token is kept to sort it."""
    quantile = named(signal(tokens).vector(ended=True))["quantile"]
    said = sorted(token.logprob for token in tokens)
    tenth = len(said) / 10
    assert sum(one < quantile - BIN for one in said) <= tenth
    assert sum(one <= quantile + BIN for one in said) >= tenth
    assert said[0] <= quantile <= 0.0


@given(st.lists(st.tuples(ANYTHING, st.lists(ANYTHING, max_size=6)), max_size=30))
def test_no_number_poisons_a_vector(tokens: list[tuple[float, list[float]]]) -> None:
    """A NaN that came through would make every comparison with a threshold false, or true."""
    found = Signal()
    for logprob, top in tokens:
        found.add(logprob, top)
    assert all(map(math.isfinite, found.vector(ended=False)))


@pytest.mark.parametrize("logprob", [math.nan, -math.inf, math.inf, -9999.0, 3.0])
def test_what_is_no_log_probability_is_very_unsure(logprob: float) -> None:
    """Upstreams send -9999 for what they hold impossible: it is capped, or one token would outweigh the reply."""
    assert signal(alike(-1.0, logprob)).vector(ended=True) == signal(alike(-1.0, -UNSURE)).vector(ended=True)


def test_a_certain_token_may_be_rounded_above_zero() -> None:
    """Some upstreams say 5.5e-07."""
    found = Signal()
    found.add(5.5e-07, (5.5e-07, -14.0))
    assert named(found.vector(ended=True))["least"] == 0.0


@given(REPLIES)
def test_alternatives_have_no_order(tokens: list[TokenLogprob]) -> None:
    """Lists come sorted; the parallel arrays of old are a map."""
    turned = [TokenLogprob(one.token, one.logprob, one.top[::-1]) for one in tokens]
    one, other = (named(signal(reply).vector(ended=True)) for reply in (tokens, turned))
    assert one == pytest.approx(other, abs=1e-12)


@given(st.lists(LOGPROBS, min_size=2, max_size=40), st.data())
def test_a_less_sure_token_never_makes_a_reply_surer(said: list[float], data: st.DataObject) -> None:
    """In any number that grows with sureness."""
    at = data.draw(st.integers(0, len(said) - 1))
    worse = [*said[:at], said[at] - 1.0, *said[at + 1 :]]
    before, after = (named(signal(alike(*one)).vector(ended=True)) for one in (said, worse))
    for name in ("mean", "least", "quantile", "window", "tail", "head"):
        assert after[name] <= before[name] + 1e-9, name
    assert after["total"] >= before["total"]


def test_how_a_reply_ended_is_known_only_once_it_has() -> None:
    """A prefix must not be judged by a reason that came later."""
    said = signal(alike(-0.1))
    ends = [
        (named(v)["ended"], named(v)["cut"])
        for v in (
            said.vector(ended=True, finish="length"),
            said.vector(ended=True, finish="stop"),
            said.vector(ended=False, finish="length"),
        )
    ]
    assert ends == [(1.0, 1.0), (1.0, 0.0), (0.0, 0.0)]


def test_vectors_are_short_and_without_tokens_defined() -> None:
    """They are kept for every unit."""
    assert len(FEATURES) == len(set(FEATURES)) < 20
    assert named(Signal().vector(ended=True, finish="length")) == {
        **dict.fromkeys(FEATURES, 0.0),
        "ended": 1.0,
        "cut": 1.0,
    }


@given(st.lists(TOKENS, max_size=40), st.integers(0, 40))
def test_a_rung_is_the_vector_of_its_prefix(tokens: list[TokenLogprob], hold: int) -> None:
    """What judged a stream is what is fitted from its pair; a reply that a rung outlasts is there as a whole."""
    found = vectors(tokens, rungs(hold), structured=False, finish="stop")
    whole = signal(tokens).vector(ended=True, finish="stop")
    expected = {
        rung: signal(tokens[:rung]).vector(ended=False) if rung <= len(tokens) else whole for rung in rungs(hold)
    }
    assert found == ({WHOLE: whole, **expected} if tokens else {})


@given(st.lists(TOKENS, max_size=40), st.integers(1, 40))
def test_a_listener_knows_a_rung_as_soon_as_it_is_complete(tokens: list[TokenLogprob], hold: int) -> None:
    """The commit point waits for it."""
    listener = Listener(reversed(rungs(hold)))
    for count, token in enumerate(tokens, 1):
        listener.hear(token)
        assert listener.tokens == count
        assert list(listener.complete) == [rung for rung in rungs(hold) if rung <= count]


def test_without_tokens_nothing_is_known() -> None:
    """Zeros would be those of a certain reply."""
    assert Listener((6,)).whole("stop") is None


BOOKED = text(("{", -0.01), ('"city": ', -0.02), ('"', 0.0), ("Basel", -3.0), ('"', -0.5), ("}", -0.01))


def test_braces_do_not_hide_a_guess() -> None:
    """Of a structured reply only what says something counts."""
    structured, plain = (vectors(BOOKED, (), structured=which, finish="stop")[WHOLE] for which in (True, False))
    assert named(structured)["mean"] == pytest.approx(-1.75)
    assert named(plain)["mean"] > -0.6


def test_rungs_count_every_token() -> None:
    """They are lengths of the reply, whatever says something in it."""
    found = vectors(BOOKED, (2, 4), structured=True, finish="stop")
    assert named(found[4])["least"] == -3.0
    assert named(found[2])["least"] == -0.02


def test_where_nothing_says_something_all_of_it_counts() -> None:
    """An empty object is not the surest of all replies."""
    empty = text(("{", -2.0), ("}", -1.0))
    assert vectors(empty, (), structured=True, finish="stop") == vectors(empty, (), structured=False, finish="stop")


def test_another_function_has_another_version() -> None:
    """Whoever changes a number raises ``FUNCTION``: calibrations of the old one lie in databases."""
    tokens = [TokenLogprob("x", -0.3 * (at % 7), (-0.3 * (at % 7), -1.5 - at % 3)) for at in range(40)]
    assert FUNCTION == "2"
    assert named(signal(tokens).vector(ended=True, finish="length")) == pytest.approx(PINNED, abs=1e-6)


PINNED = {
    "mean": -0.8625,
    "least": -1.8,
    "quantile": -1.738125,
    "window": -0.99375,
    "tail": -0.91875,
    "head": -0.7875,
    "last": -1.2,
    "least_at": 0.15,
    "total": 10.448744,
    "entropy": 0.742147,
    "entropy_most": 6.974927,
    "margin": 1.6425,
    "margin_least": 0.0,
    "margin_first": 1.5,
    "second_best": 0.05,
    "length": 3.713572,
    "ended": 1.0,
    "cut": 1.0,
    "alternatives": 1.0,
}
