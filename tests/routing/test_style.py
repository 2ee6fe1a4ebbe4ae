"""Style drift: sums that merge, bounds that hold at every moment, and the alarm."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.style import SUMS, Alarm, Contrast, Manner, Measure, StyleDrift, Tolerance, manner

MANNERS = st.builds(Manner, st.integers(0, 5000), st.none() | st.integers(0, 40), st.none() | st.integers(0, 9))


def drift(pairs: list[tuple[Manner, Manner]]) -> StyleDrift:
    """The sums of these pairs."""
    total = StyleDrift()
    for teacher, student in pairs:
        total = total.add(teacher, student)
    return total


@given(st.lists(st.tuples(MANNERS, MANNERS), max_size=12), st.integers(0, 12))
def test_sums_of_parts_are_those_of_the_whole(pairs: list[tuple[Manner, Manner]], cut: int) -> None:
    """Counts and arms' sums agree however the pairs were shared out; only the guesses of the surprise may differ."""
    whole, parts = drift(pairs), drift(pairs[:cut]).merge(drift(pairs[cut:]))
    for one, other in zip(whole.contrasts, parts.contrasts, strict=True):
        assert one.count == other.count
        assert one.teacher == pytest.approx(other.teacher)
        assert one.student == pytest.approx(other.student)


@given(st.lists(st.tuples(MANNERS, MANNERS), max_size=6), st.lists(st.tuples(MANNERS, MANNERS), max_size=6))
def test_kept_sums_merge_by_plain_addition(one: list[tuple[Manner, Manner]], two: list[tuple[Manner, Manner]]) -> None:
    """A store adds columns and knows nothing of style."""
    added = [a + b for a, b in zip(drift(one).sums(), drift(two).sums(), strict=True)]
    assert StyleDrift.of_sums(added) == drift(one).merge(drift(two))
    assert len(added) == len(SUMS)


def test_other_sums_are_refused() -> None:
    """Sums of another version must not be read as ours."""
    with pytest.raises(ValueError, match="16 sums, not 3"):
        StyleDrift.of_sums([1.0, 2.0, 3.0])


def test_confidence_is_a_probability() -> None:
    """95 is a likely slip for 0.95."""
    with pytest.raises(ValueError, match="95 %"):
        StyleDrift().bounds(95)


def test_without_pairs_nothing_is_known() -> None:
    """No data is neither zero nor alarm."""
    length, hedges, corrections, unsure = StyleDrift().bounds()
    assert (length.low, length.high) == (0.0, math.inf)
    assert (hedges.low, hedges.high) == (-10.0, 10.0)
    assert (corrections.low, corrections.high) == (-5.0, 5.0)
    assert (unsure.low, unsure.high) == (-1.0, 1.0)
    assert StyleDrift().alarm() is None


def test_measures_are_in_their_own_units() -> None:
    """Half as long, half the hedges per word, one correction fewer, as often unsure."""
    length, hedges, corrections, unsure = drift([(Manner(200, 8, 1), Manner(100, 2, 0))] * 50).bounds()
    assert [b.measure for b in (length, hedges, corrections, unsure)] == list(Measure)
    assert length.change == pytest.approx(0.5)
    assert (hedges.teacher, hedges.student, hedges.change) == pytest.approx((4.0, 2.0, -2.0))
    assert (corrections.teacher, corrections.student, corrections.change) == pytest.approx((1.0, 0.0, -1.0))
    assert (unsure.teacher, unsure.student, unsure.change) == pytest.approx((1.0, 1.0, 0.0))
    assert all(b.low <= b.change <= b.high for b in (length, hedges, corrections, unsure))


def test_a_reply_in_an_unknown_language_counts_for_its_length() -> None:
    """Not finding hedges in a language we cannot read is no certainty."""
    length, *others = drift([(Manner(100), Manner(50)), (Manner(100, 1, 0), Manner(50))]).bounds()
    assert length.count == 2
    assert [b.count for b in others] == [0, 0, 0]


def dice(seed: int) -> random.Random:
    """Chance that repeats itself."""
    return random.Random(seed)  # noqa: S311 -- a simulation


def sample(rng: random.Random, words: float, doubt: float) -> Manner:
    """A reply of about so many words that hedges with this probability."""
    hedges = rng.randint(1, 3) if rng.random() < doubt else 0
    return Manner(max(1, round(rng.lognormvariate(math.log(words), 0.5))), hedges, 0)


def first_alarm(seed: int, words: float, doubt: float, pairs: int) -> int | None:
    """The pair at which the alarm first sounds, looking after each; the teacher hedges in 40 % of 150 words."""
    rng, total = dice(seed), StyleDrift()
    for n in range(1, pairs + 1):
        total = total.add(sample(rng, 150, 0.4), sample(rng, words, doubt))
        if total.alarm() is not None:
            return n
    return None


def test_a_shorter_and_surer_student_is_found() -> None:
    """A third shorter and half as often unsure: found well before two thousand pairs, each time."""
    found = [first_alarm(seed, words=100, doubt=0.15, pairs=2000) for seed in range(5)]
    assert all(n is not None for n in found), found


@pytest.mark.parametrize(("words", "doubt"), [(150, 0.4), (75, 0.4), (150, 0.1), (300, 0.1)])
def test_one_change_alone_is_no_alarm(words: float, doubt: float) -> None:
    """Short as doubtful, sure as long, or neither: the alarm is for both together."""
    assert first_alarm(seed=7, words=words, doubt=doubt, pairs=600) is None


def test_the_alarm_says_what_it_saw() -> None:
    """An SRE acts on the numbers."""
    alarm = drift([(Manner(200, 4, 0), Manner(100, 0, 0))] * 500).alarm()
    assert isinstance(alarm, Alarm)
    assert "over 500 pairs" in str(alarm)
    assert "length ratio 0.50" in str(alarm)
    assert "unsure 0.00, teacher 1.00" in str(alarm)


def test_a_tolerant_operator_hears_nothing() -> None:
    """The limits are the operator's."""
    total = drift([(Manner(200, 4, 0), Manner(100, 0, 0))] * 500)
    assert total.alarm(tolerance=Tolerance(length_ratio=0.3)) is None
    assert total.alarm(tolerance=Tolerance(hedges=20.0, unsure=2.0)) is None


def excursions(confidence: float, runs: int, pairs: int) -> int:
    """Runs in which the bounds missed the true difference of 0.2 - 0.3 at any of many looks."""
    missed = 0
    for seed in range(runs):
        rng, total, out = dice(seed), Contrast(), False
        for n in range(1, pairs + 1):
            total = total.add(float(rng.random() < 0.3), float(rng.random() < 0.2))
            if n % 5 == 0:
                _, low, high = total.difference(confidence)
                out = out or not low <= -0.1 <= high
        missed += out
    return missed


def test_bounds_hold_at_every_look() -> None:
    """At confidence 0.8, a fifth of the runs may miss at all: 40 of 200; 2.3 standard errors above is 53."""
    assert excursions(confidence=0.8, runs=200, pairs=400) <= 53


def test_bounds_narrow_with_the_pairs() -> None:
    """Valid but useless would be easy: 2000 pairs tell a share to within a tenth."""
    rng, total = dice(3), Contrast()
    for _ in range(2000):
        total = total.add(float(rng.random() < 0.3), float(rng.random() < 0.2))
    _, low, high = total.difference(0.95)
    assert high - low < 0.2


@pytest.mark.parametrize(
    ("text", "words", "hedges", "corrections"),
    [
        ("", 0, 0, 0),
        ("Lisbon.", 1, 0, 0),
        ("I'm not sure, but it is probably Lisbon.", 8, 2, 0),
        ("You may enter on May 5.", 6, 0, 0),
        ("It is 40. Wait, that's not right. It is 44.", 10, 0, 1),
        ("Das ist vermutlich Lissabon.", 4, 1, 0),
    ],
)
def test_a_reply_is_measured(text: str, words: int, hedges: int, corrections: int) -> None:
    """What the running sums are made of."""
    assert manner(text) == Manner(words, hedges, corrections)


def test_a_language_we_cannot_read_has_words_only() -> None:
    """No hedges found there means nothing."""
    assert manner("Das sidste tog er ikke pålideligt, og jeg er ikke sikker på det.") == Manner(13)


def test_long_replies_are_longer() -> None:
    """Only the head and the tail are read, yet ten thousand words are not as short as two thousand."""
    assert manner("word " * 10_000).words == pytest.approx(10_000, rel=0.01)


@given(st.text())
def test_any_text_has_a_manner(text: str) -> None:
    """Whatever a model writes."""
    assert manner(text).words >= 0
