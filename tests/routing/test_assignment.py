"""Sticky assignment."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.assignment import BUCKETS, Purpose, bucket, chosen, limit

GOLDEN = [
    (Purpose.SERVE, "support-bot", "support-bot", "user-1", 81088),
    (Purpose.MIRROR, "support-bot", "support-bot", "user-1", 71636),
    (Purpose.NOISE, "support-bot", "support-bot", "user-1", 24618),
    (Purpose.AUDIT, "support-bot", "support-bot", "user-1", 37393),
    (Purpose.SERVE, "support-bot", "support-bot", "user-2", 69795),
    (Purpose.SERVE, "support-bot", "", "user-1", 64829),
    (Purpose.SERVE, "größe", "salz", "Zoë \x1f 東京", 27384),
]


@pytest.mark.parametrize(("purpose", "route", "salt", "unit", "expected"), GOLDEN)
def test_golden_vectors(purpose: Purpose, route: str, salt: str, unit: str, expected: int) -> None:
    """Other hosts, other versions and other languages must put a unit into the same bucket."""
    assert bucket(purpose, route, salt, unit) == expected


def test_the_formula_spelled_out() -> None:
    """The golden vectors say that it stays; this says what it is."""
    digest = sha256(b"v1\x1fserve\x1fsupport-bot\x1fs\x1fuser-1").digest()
    assert bucket(Purpose.SERVE, "support-bot", "s", "user-1") == int(int.from_bytes(digest[:8], "big") / 2**64 * 1e5)


def test_an_empty_unit_is_refused() -> None:
    """All requests without a unit would move together."""
    with pytest.raises(ValueError, match="empty unit"):
        bucket(Purpose.SERVE, "r", "s", "")


@given(st.text(min_size=1), st.text(), st.sampled_from(Purpose))
def test_any_unit_has_a_bucket_and_keeps_it(unit: str, salt: str, purpose: Purpose) -> None:
    """Units come from headers and bodies: any text."""
    first = bucket(purpose, "r", salt, unit)
    assert 0 <= first < BUCKETS
    assert bucket(purpose, "r", salt, unit) == first


def test_lone_surrogates_are_units_too() -> None:
    """A header may decode to them."""
    assert bucket(Purpose.SERVE, "r", "s", "\udcff") != bucket(Purpose.SERVE, "r", "s", "\udcfe")


@given(st.integers(0, BUCKETS - 1), st.floats(0, 100), st.floats(0, 100))
def test_raising_a_percentage_never_moves_a_unit_out(number: int, one: float, other: float) -> None:
    """Or a user would flip between models while a rollout only grows."""
    low, high = sorted((one, other))
    assert chosen(high, number) or not chosen(low, number)


@given(st.integers(0, BUCKETS - 1))
def test_nothing_and_everything_are_exact(number: int) -> None:
    """Weight 0 means nobody."""
    assert not chosen(0, number)
    assert chosen(100, number)


def test_three_decimals_are_exact() -> None:
    """A percentage is a number of buckets."""
    assert [limit(p) for p in (0, 0.001, 0.29, 5, 33.333, 99.999, 100)] == [0, 1, 290, 5_000, 33_333, 99_999, 100_000]


def test_buckets_are_uniform() -> None:
    """Chi-square over 50 equal ranges, 40 000 units: beyond 94.0 with probability 1e-4 were it uniform (49 degrees)."""
    numbers = np.array([bucket(Purpose.SERVE, "r", "s", f"user-{i}") for i in range(40_000)])
    counts, _ = np.histogram(numbers, bins=50, range=(0, BUCKETS))
    assert ((counts - 800) ** 2 / 800).sum() < 94.0


def test_purposes_routes_and_salts_are_independent() -> None:
    """Served and mirrored units must not be the same people.

    Of 40 000 units the share in both halves of two keys is a quarter, standard error 0.22 %; the bound is 4.6 of them.
    """
    keys = [(p, "r", "s") for p in Purpose] + [(Purpose.SERVE, "q", "s"), (Purpose.SERVE, "r", "t")]
    halves = [np.array([chosen(50, bucket(*key, f"user-{i}")) for i in range(40_000)]) for key in keys]
    shares = [(halves[i] & halves[j]).mean() for i in range(len(keys)) for j in range(i)]
    assert max(abs(share - 0.25) for share in shares) < 0.01
