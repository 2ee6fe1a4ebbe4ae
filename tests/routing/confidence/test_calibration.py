"""What a student's certainty is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.confidence.calibration import Calibration, Flags, equal_groups, fit, fit_and_hold_out
from routing.confidence.logistic import Floats

LINE = Calibration(0.0, (1.0,), (-2.0,), (2.0,), (-1.0, 1.0), (0.2, 0.8))


@pytest.mark.parametrize(
    ("value", "confidence"),
    [(-5.0, 0.2), (-1.0, 0.2), (0.0, 0.5), (0.5, 0.65), (1.0, 0.8), (math.inf, 0.8), (-math.inf, 0.2)],
)
def test_between_known_scores_the_chance_is_interpolated_and_beyond_them_it_is_flat(
    value: float, confidence: float
) -> None:
    """What the fit never saw makes no reply surer than any that it saw."""
    assert LINE.confidence((value,)) == pytest.approx(confidence)


def test_a_number_that_is_none_makes_no_reply_sure() -> None:
    """Doubt means teacher."""
    assert LINE.confidence((math.nan,)) == 0.0


def test_a_vector_of_another_function_is_refused() -> None:
    """Silently cut or padded, it would be judged by the wrong weights."""
    with pytest.raises(ValueError, match="argument"):
        LINE.confidence((0.0, 0.0))
    with pytest.raises(ValueError, match="vectors of 2 numbers: this calibration takes 1"):
        LINE.confidences(np.zeros((3, 2)))


def drawn(seed: int, units: int, numbers: int = 6) -> tuple[Floats, Flags]:
    """Units of which the first two numbers say something."""
    chance = np.random.default_rng(seed)
    vectors = chance.normal(size=(units, numbers))
    score = 2.0 + 1.5 * vectors[:, 0] - vectors[:, 1]
    return vectors, chance.random(units) < 1.0 / (1.0 + np.exp(-score))


def degenerate() -> Iterator[tuple[str, Floats, Flags]]:
    """What a young route, a perfect student and a broken upstream bring."""
    vectors, acceptable = drawn(1, 40)
    yield "none", vectors[:0], acceptable[:0]
    yield "one", vectors[:1], acceptable[:1]
    yield "all acceptable", vectors, np.ones(40, bool)
    yield "none acceptable", vectors, np.zeros(40, bool)
    yield "constant", np.full((40, 6), 3.0), acceptable
    yield "constant and large", np.full((40, 6), 1e8 + 0.1), acceptable
    yield "huge", vectors * 1e300, acceptable
    yield "tiny", vectors * 1e-300, acceptable
    yield "one huge number", np.where(np.arange(240).reshape(40, 6) == 17, 1e308, vectors), acceptable
    yield "separable", vectors, vectors[:, 0] > 0.0
    yield "the same number twice", np.repeat(vectors[:, :1], 6, axis=1), acceptable
    yield "more numbers than units", vectors[:4], acceptable[:4]
    yield "not finite", np.where(np.arange(240).reshape(40, 6) % 7 == 0, np.nan, vectors), acceptable


@pytest.mark.parametrize(("vectors", "acceptable"), [pytest.param(*rest, id=name) for name, *rest in degenerate()])
def test_any_units_give_a_calibration_that_ascends_and_says_chances(vectors: Floats, acceptable: Flags) -> None:
    """A fit that raised would leave its route without a calibration for good: the same units come again."""
    calibration, held_out = fit_and_hold_out(vectors, acceptable)
    assert list(calibration.scores) == sorted(set(calibration.scores))
    assert list(calibration.chances) == sorted(calibration.chances)
    probes = [*vectors.tolist(), *drawn(2, 20, vectors.shape[1])[0].tolist(), [1e308] * vectors.shape[1]]
    assert all(0.0 <= calibration.confidence(probe) <= 1.0 for probe in probes)
    assert ((held_out >= 0.0) & (held_out <= 1.0)).all()
    assert calibration.units == np.isfinite(vectors).all(axis=1).sum()


def test_vectors_without_numbers_are_all_the_same() -> None:
    """A function of the future may drop them all."""
    _, acceptable = drawn(1, 40)
    calibration = fit(np.zeros((40, 0)), acceptable)
    assert calibration.confidence(()) == pytest.approx(acceptable.mean(), abs=0.02)


def test_without_units_a_reply_has_an_even_chance() -> None:
    """Nothing is known, and nothing is pretended."""
    vectors, acceptable = drawn(1, 0)
    assert fit(vectors, acceptable).confidence((0.0,) * 6) == 0.5


def test_the_same_units_give_the_same_calibration_as_plain_numbers() -> None:
    """It travels between processes, and hosts compare what they hold."""
    one, other = (fit(*drawn(3, 300), function="1") for _ in range(2))
    assert one == other
    assert one.function == "1"
    bends = (number for bend in one.bends for number in bend)
    plain = (one.intercept, one.units, *one.weights, *one.lows, *one.highs, *one.scores, *one.chances, *bends)
    assert {type(number) for number in plain} == {float, int}


@settings(max_examples=100, deadline=None)
@given(
    seed=st.integers(0, 1000),
    units=st.integers(0, 200),
    value=st.floats(allow_nan=True, allow_infinity=True),
    other=st.floats(-10, 10),
)
def test_one_reply_and_many_are_judged_alike_to_the_last_bit(seed: int, units: int, value: float, other: float) -> None:
    """A threshold is certified on many and held against one: a reply on the threshold must fall on the same side."""
    vectors, acceptable = drawn(seed, units)
    calibration = fit(vectors, acceptable)
    rows = np.vstack([vectors, 3.0 * drawn(seed + 1, 50)[0], np.full((1, 6), value), np.full((1, 6), other)])
    with np.errstate(invalid="ignore"):
        assert calibration.confidences(rows).tolist() == [calibration.confidence(row) for row in rows.tolist()]


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 1000), units=st.integers(1, 300), flipped=st.booleans())
def test_a_higher_score_never_has_a_lower_confidence(seed: int, units: int, flipped: bool) -> None:
    """Also where the surest are the worst: else a threshold would cut something else than it says."""
    vectors, acceptable = drawn(seed, units)
    worst = vectors[:, 0] > 1.0 if flipped else np.zeros(units, bool)
    calibration = fit(vectors, acceptable & ~worst)
    rows = 3.0 * drawn(seed + 1, 400)[0]
    scores = [score(calibration, row) for row in rows.tolist()]
    exact = Calibration(0.0, (1.0,), (-math.inf,), (math.inf,), calibration.scores, calibration.chances)
    judged = [exact.confidence((score,)) for score in sorted(scores)]
    assert judged == sorted(judged)


def score(calibration: Calibration, row: list[float]) -> float:
    """What a vector's lines add up to."""
    seen = [
        min(max(value, low), high) for value, low, high in zip(row, calibration.lows, calibration.highs, strict=True)
    ]
    straight = sum(weight * value for weight, value in zip(calibration.weights, seen, strict=True))
    return calibration.intercept + straight + sum(m * max(0.0, seen[p] - bend) for p, bend, m in calibration.bends)


def test_what_speaks_for_a_reply_in_the_middle_only_is_found() -> None:
    """A reply may be too short or too long: along one straight line, its length would say nothing."""
    chance = np.random.default_rng(9)
    vectors = chance.normal(size=(2000, 3))
    acceptable = np.abs(vectors[:, 0]) < 1.0
    calibration = fit(vectors, acceptable)
    middle, short, long = (calibration.confidence((value, 0.0, 0.0)) for value in (0.0, -2.0, 2.0))
    assert middle > 0.9
    assert short < 0.1
    assert long < 0.1


def test_a_line_bends_from_where_it_says() -> None:
    """Below its bend a number counts with its weight, above it with what is more there."""
    bent = Calibration(0.0, (1.0,), (-2.0,), (2.0,), (-10.0, 10.0), (0.0, 1.0), bends=((0, 0.5, -1.0),))
    assert [20 * bent.confidence((v,)) - 10 for v in (-1.0, 0.5, 1.5, 9.0)] == pytest.approx([-1.0, 0.5, 0.5, 0.5])


def test_units_agree_and_yet_few_replies_tie() -> None:
    """On a plain isotonic regression's top step, where nothing diverged, most replies of a good student would."""
    vectors, _ = drawn(4, 500)
    calibration = fit(vectors, vectors[:, 0] > -2.0)
    confidences = calibration.confidences(drawn(5, 500)[0])
    assert len(np.unique(confidences)) > 450


def test_what_is_known_of_a_number_is_found() -> None:
    """On units that the fit has not seen it ranks and says nearly what the truth would."""
    vectors, acceptable = drawn(6, 3000)
    fresh, good = drawn(7, 20_000)
    truth = 1.0 / (1.0 + np.exp(-(2.0 + 1.5 * fresh[:, 0] - fresh[:, 1])))
    confidences = fit(vectors, acceptable).confidences(fresh)
    assert np.abs(confidences - truth).mean() < 0.03
    assert ((confidences - good) ** 2).mean() < ((truth - good) ** 2).mean() + 0.002


def test_what_was_held_out_is_as_good_as_on_units_never_seen() -> None:
    """Twenty numbers that say nothing, and few units: those it was fitted to would be told to be better ranked."""
    chance = np.random.default_rng(8)
    gaps, told = [], []
    for _ in range(30):
        vectors, acceptable = chance.normal(size=(150, 20)), chance.random(150) < 0.9
        calibration, held_out = fit_and_hold_out(vectors, acceptable)
        gaps.append(held_out[acceptable].mean() - held_out[~acceptable].mean())
        seen = calibration.confidences(vectors)
        told.append(seen[acceptable].mean() - seen[~acceptable].mean())
    assert abs(np.mean(gaps)) < 0.01 < np.mean(told)


def test_groups_are_about_equal_and_never_part_what_is_equal() -> None:
    """A step between equal scores would be no function of the score."""
    values = np.array([1.0] * 50 + [2.0, 3.0, 4.0, 5.0] * 5)
    group = equal_groups(values, 5)
    assert len(set(group[:50])) == 1
    assert (np.diff(group[np.argsort(values, kind="stable")]) >= 0).all()
    assert set(np.bincount(equal_groups(np.arange(100.0), 10))) == {10}
