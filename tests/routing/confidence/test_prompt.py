"""What is guessed of the student's answer before it is asked."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence.prompt import (
    FEATURES,
    RIDGES,
    UNPROMISING,
    Matrix,
    PromptHead,
    Trial,
    Truth,
    chances,
    features,
    fit,
    fitted,
    tried,
)
from routing.traits import Endpoint, FormatKind, Tool, Traits, Turn

HEAD = PromptHead(0.0, (1.0, -1.0), (-50.0, -50.0), (50.0, 50.0))


def asked(text: str) -> Traits:
    return Traits(Endpoint.CHAT, (Turn("user", text),))


def named(traits: Traits) -> dict[str, float]:
    return dict(zip(FEATURES, features(traits), strict=True))


def world(units: int, strength: float, seed: int = 0) -> tuple[Matrix, Truth]:
    """Units of which the second feature tells so much of the outcome, around 3; the last is a constant."""
    rng = np.random.default_rng(seed)
    matrix = np.hstack([rng.normal(3.0, 1.0, size=(units, 3)), np.full((units, 1), 7.0)])
    return matrix, rng.random(units) < 1 / (1 + np.exp(-strength * (matrix[:, 1] - 3)))


def noise(units: int, seed: int, share: float = 0.5) -> tuple[Matrix, Truth]:
    """Units with thirty features that tell nothing, of which such a share is acceptable."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(units, 30)), rng.random(units) < share


def test_a_head_gives_a_chance_of_any_features() -> None:
    """Whatever a prompt is like, the answer is a probability and no overflow."""
    assert HEAD.chance((0.0, 0.0)) == 0.5
    assert 0 < HEAD.chance((0.0, 1e300)) < 1e-12
    assert 1 - 1e-12 < HEAD.chance((1e300, 0.0)) < 1


def test_features_of_another_function_are_refused() -> None:
    """Weights of one list of features mean nothing to another."""
    with pytest.raises(ValueError, match="zip"):
        HEAD.chance((1.0,))


def test_beyond_what_was_seen_nothing_grows_more_hopeless() -> None:
    """A prompt ten times as long as any before must not be called hopeless on a straight line's word."""
    head = PromptHead(0.0, (-1.0,), (0.0,), (2.0,))
    assert head.chance((2.0,)) == head.chance((20.0,))
    assert head.chance((0.0,)) == head.chance((-5.0,)) == 0.5


def test_features_say_what_they_are_called() -> None:
    """A head is explained by its features' names."""
    found = named(asked("If Ann has 3 apples and 1200 pears, how many more pears are there? Use `x`!\n"))
    expected = {"turns": 1, "words": 14, "stops": 2, "lines": 1, "questions": 1, "commas": 1, "capitals": 3}
    expected |= {"numbers": 2, "long_numbers": 1, "quantities": 0, "comparisons": 1, "conditions": 1, "demands": 1}
    expected |= {"marks": 2, "tools": 0, "tool_replies": 0, "history": 0, "system": 0}
    assert {name: round(np.expm1(found[name])) for name in expected} == expected
    assert found["repeated"] == pytest.approx(1 / 14)  # "pears"
    assert found["foreign"] == 0


def test_what_surrounds_a_prompt_is_part_of_it() -> None:
    """Tools, demanded formats, instructions and turns before make a request harder or easier."""
    turns = (Turn("system", "Be kind."), Turn("user", "a"), Turn("tool", "1234"), Turn("user", "Ärger"))
    traits = Traits(Endpoint.CHAT, turns, tools=(Tool("f"),), required_tool="f", format=FormatKind.JSON_OBJECT)
    found = named(traits)
    counts = {"length": 5, "system": 8, "history": 13, "turns": 4, "tools": 1, "tool_replies": 1, "words": 1}
    assert {name: round(np.expm1(found[name])) for name in counts} == counts
    assert found["forced"] == found["formatted"] == 1
    assert found["foreign"] == pytest.approx(2 / 6)


@given(st.lists(st.tuples(st.sampled_from(["system", "user", "assistant", "tool"]), st.text()), max_size=4))
def test_any_request_has_features(turns: list[tuple[str, str]]) -> None:
    """It runs on every request of a slice: whatever these say, lone surrogates included, it must not raise."""
    found = features(Traits(Endpoint.CHAT, tuple(Turn(role, text) for role, text in turns)))
    assert len(found) == len(FEATURES)
    assert all(isfinite(value) and value >= 0 for value in found)


@pytest.mark.parametrize("text", ["\ud800", "a" * 5_000_000, "1 " * 2_000_000, "?" * 3_000_000])
def test_a_hostile_prompt_costs_no_more_than_six_thousand_characters(text: str) -> None:
    """Only the beginning and the end of a prompt are read; what stands between them changes nothing but its length."""
    beginning, end = features(asked(text)), features(asked(text[:4_000] + "x" * 10 + text[-2_000:]))
    assert beginning[1:] == end[1:] or len(text) < 6_000


def test_what_a_feature_tells_is_learned() -> None:
    """The weights have the signs of the world, and those of features that never vary are zero."""
    matrix, acceptable = world(2_000, 1.0)
    head = fitted(matrix, acceptable, 10.0)
    assert head.weights[1] == pytest.approx(1.0, abs=0.2)
    assert abs(head.weights[0]) < 0.15
    assert head.weights[3] == 0
    assert chances(head, matrix).mean() == pytest.approx(acceptable.mean(), abs=0.01)


def test_a_row_and_a_matrix_are_judged_alike() -> None:
    """The proof is made with matrices, requests come one by one."""
    matrix, acceptable = world(200, 1.0)
    head = fitted(matrix[:100], acceptable[:100], 10.0)
    assert chances(head, matrix) == pytest.approx([head.chance(row) for row in matrix.tolist()], rel=1e-12)


def test_a_head_that_knows_something_is_found() -> None:
    """With a strong feature a few hundred units are proof enough."""
    head = fit(*world(400, 1.5))
    assert head is not None
    assert head.chance((3.0, 1.0, 3.0, 7.0)) < UNPROMISING < head.chance((3.0, 5.0, 3.0, 7.0))


def test_where_prompts_tell_nothing_there_is_no_head() -> None:
    """At 1 % each, two of 200 are expected at most; nine or more have a chance of 2 in 10 000."""
    assert sum(tried(*noise(60 + seed, seed)).won for seed in range(200)) <= 8


def test_a_hundredfold_is_won_and_no_less() -> None:
    """That is what a doubt of 1 % takes."""
    assert Trial(4.61, 10.0, 0, 0).won
    assert not Trial(4.60, 10.0, 0, 0).won


def test_the_stake_is_what_the_average_would_have_won() -> None:
    """Without features a head knows the average so far, and half a unit of each outcome that nobody saw."""
    acceptable = np.random.default_rng(5).random(50) < 0.7
    wealth = 0.0
    for place in range(10, 50):
        start = place // 5 * 5
        chance = (acceptable[:start].sum() + 0.5) / (start + 1)
        wealth += log(chance if acceptable[place] else 1 - chance)
        wealth -= log(acceptable[10:].mean() if acceptable[place] else 1 - acceptable[10:].mean())
    assert tried(np.ones((50, 2)), acceptable).log_wealth == pytest.approx(wealth, abs=1e-6)


def test_what_is_called_unpromising_is_so_by_the_head_that_won() -> None:
    """Where features are noise a cautious head wins, which finds nobody so; the boldest finds many."""
    trial = tried(*noise(300, 1, 0.7))
    assert trial.ridge > RIDGES[0]
    assert (trial.unpromising, trial.mistaken) == (0, 0)


def test_a_head_that_never_speaks_is_none() -> None:
    """Where every prompt is promising, however differently, there is no wait to spare and nothing to compute."""
    rng = np.random.default_rng(1)
    matrix = rng.choice((-1.0, 1.0), size=(4_000, 1))
    acceptable = rng.random(4_000) < 0.85 + 0.1 * matrix[:, 0]
    trial = tried(matrix, acceptable)
    assert trial.won
    assert trial.unpromising == 0
    assert fit(matrix, acceptable) is None


def test_a_head_that_calls_the_wrong_ones_unpromising_is_none() -> None:
    """A line through a bend may be better than the average and still wrong where it says the least."""
    rng = np.random.default_rng(2)
    matrix = np.repeat([[0.0], [1.0], [6.0]], [6_000, 3_000, 120], axis=0)[rng.permutation(9_120)]
    chance = np.select([matrix[:, 0] == 0, matrix[:, 0] == 1], [0.95, 0.7], 0.8)
    trial = tried(matrix, rng.random(len(matrix)) < chance)
    assert trial.won
    assert trial.mistaken > trial.unpromising / 2 > 0
    assert not trial.right


@pytest.mark.parametrize("outcome", [True, False])
@pytest.mark.parametrize("units", [0, 1, 2, 5, 50])
def test_one_kind_of_outcome_proves_nothing(units: int, outcome: bool) -> None:
    """A route begins without a unit, and a good student has no unacceptable ones."""
    matrix, acceptable = world(units, 1.0)[0], np.full(units, outcome)
    assert fit(matrix, acceptable) is None
    assert all(map(isfinite, fitted(matrix, acceptable, 10.0).weights))


def test_the_same_units_give_the_same_head() -> None:
    """Every examiner of a route fits for itself."""
    first, second = fit(*world(400, 1.5)), fit(*world(400, 1.5))
    assert first is not None
    assert first == second
    assert first == replace(first)
