"""From which confidence on the student may serve. ``python -m simulation confidence`` holds that promises are kept."""

from __future__ import annotations

from math import comb, exp, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.confidence.calibration import Flags
from routing.confidence.logistic import Floats
from routing.confidence.threshold import (
    Counts,
    Promise,
    Target,
    batch,
    binomial_p,
    counted,
    grid,
    hoeffding_bentkus_p,
    live,
    outlook,
)
from routing.evidence.rates import Trials, log_e_below

SELECTIVE = Target(0.05, 0.05)
MARGINAL = Target(0.05, 0.05, Promise.MARGINAL)


def units(seed: int, count: int) -> tuple[Floats, Flags]:
    """Confidence that is exactly right, and replies that go by it."""
    chance = np.random.default_rng(seed)
    confidences = 1.0 - 0.4 * chance.random(count) ** 2
    return confidences, chance.random(count) < confidences


def test_what_is_counted_is_everything_at_least_so_sure() -> None:
    """A reply exactly at the threshold is served, so it counts."""
    found = counted((0.9, 0.5, 0.1), np.array([0.9, 0.5, 0.5, 0.2]), np.array([True, True, False, False]))
    assert found == Counts((0.9, 0.5, 0.1), (1, 3, 4), (0, 1, 2), 4)
    assert found.trials(1, Promise.SELECTIVE) == Trials(3, 1)
    assert found.trials(1, Promise.MARGINAL) == Trials(4, 1)


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.booleans()), max_size=30))
def test_counting_is_that_of_a_loop(drawn: list[tuple[float, bool]]) -> None:
    """The sorted search, on ties above all."""
    thresholds = (1.0, 0.9, 0.5, 0.3)
    found = counted(thresholds, np.array([c for c, _ in drawn]), np.array([a for _, a in drawn], bool))
    assert found.answers == tuple(sum(c >= t for c, _ in drawn) for t in thresholds)
    assert found.diverged == tuple(sum(c >= t and not a for c, a in drawn) for t in thresholds)
    assert found.of == len(drawn)


@pytest.mark.parametrize("target", [SELECTIVE, MARGINAL])
def test_a_grid_descends_from_where_it_looks_best_and_holds_confidences_that_were_seen(target: Target) -> None:
    """Descending only: a threshold above the start would serve less and risk to stop the walk."""
    confidences, acceptable = units(1, 500)
    found = grid(confidences, acceptable, target)
    assert list(found) == sorted(set(found), reverse=True)
    assert set(found) <= set(confidences)
    assert found[-1] == confidences.min()
    evidence = [
        log_e_below(counted((c,), confidences, acceptable).trials(0, target.promise), 0.05) for c in sorted(confidences)
    ]
    start = counted(found[:1], confidences, acceptable).trials(0, target.promise)
    assert log_e_below(start, 0.05) == pytest.approx(max(evidence), abs=1.0)


def test_where_the_surest_are_the_worst_the_grid_starts_below_them() -> None:
    """Started at the top, the walk would end at once and the student would serve nothing, however good the rest."""
    confidences = np.arange(1, 1001) / 1000.0
    acceptable = (confidences <= 0.95) | (np.arange(1000) % 2 == 0)
    found = grid(confidences, acceptable, SELECTIVE)
    assert found[0] < 0.5
    certificate = live(counted(found, confidences, acceptable), SELECTIVE)
    assert certificate is not None
    assert certificate.coverage > 0.9


def test_a_grid_does_not_depend_on_the_order_of_units() -> None:
    """Units come from a database in any order."""
    confidences, acceptable = units(1, 300)
    turned = np.random.default_rng(1).permutation(300)
    assert grid(confidences, acceptable, SELECTIVE) == grid(confidences[turned], acceptable[turned], SELECTIVE)


@pytest.mark.parametrize("count", [0, 1, 2, 49])
def test_few_units_give_a_grid_nonetheless(count: int) -> None:
    """A route begins with none; thresholds that tie are one."""
    confidences, acceptable = units(1, count)
    assert len(grid(confidences, acceptable, SELECTIVE)) <= count
    assert bool(grid(confidences, acceptable, SELECTIVE)) is bool(count)
    assert grid(np.full(count, 0.7), acceptable, SELECTIVE) == ((0.7,) if count else ())


def test_replies_without_confidence_have_no_threshold() -> None:
    """A threshold of 0 would serve a reply whose numbers are none."""
    assert grid(np.zeros(5), np.ones(5, bool), SELECTIVE) == ()


def test_replies_without_confidence_do_not_coarsen_the_grid() -> None:
    """Quantiles are those of the replies that may be served, however many others there are."""
    confidences, acceptable = units(1, 100)
    silent = np.concatenate([confidences, np.zeros(5000)]), np.concatenate([acceptable, np.ones(5000, bool)])
    assert grid(*silent, SELECTIVE) == grid(confidences, acceptable, SELECTIVE)


def test_the_walk_ends_at_the_first_gap() -> None:
    """What lies beyond one was not tested, whatever its counts: that is what keeps the level."""
    gap = Counts((0.9, 0.8, 0.7), (300, 400, 2000), (1, 30, 31), 2000)
    for certificate in (live(gap, SELECTIVE), batch(gap, SELECTIVE)):
        assert certificate is not None
        assert (certificate.threshold, certificate.answers, certificate.diverged, certificate.of) == (0.9, 300, 1, 2000)
        assert certificate.coverage == 0.15
    assert log_e_below(Trials(2000, 31), 0.05) > log(20)


def test_a_first_threshold_without_evidence_certifies_nothing() -> None:
    """Until one can be certified, the student serves nothing."""
    assert live(Counts((0.9, 0.1), (10, 5000), (0, 0), 5000), SELECTIVE) is None
    assert live(Counts((), (), (), 5000), SELECTIVE) is None
    assert batch(Counts((0.9,), (0,), (0,), 0), SELECTIVE) is None


def test_what_needs_how_many_clean_answers() -> None:
    """One look needs ln(level) / ln(1 - limit) of them, and looking all the time some more."""
    alone = [next(n for n in range(1, 999) if how(Counts((0.9,), (n,), (0,), n), SELECTIVE)) for how in (batch, live)]
    assert alone[0] == 59
    assert 59 < alone[1] == live_needs()


def live_needs() -> int:
    """As the outlook says before the first unit."""
    found = outlook(Counts((0.9,), (0,), (0,), 0), SELECTIVE)
    assert found is not None
    assert found.needed is not None
    return found.needed


def test_an_outlook_counts_what_bears_on_the_promise() -> None:
    """Selective: answers that are sure enough. Marginal: all units."""
    counts = Counts((0.9,), (20,), (0,), 40)
    selective, marginal = outlook(counts, SELECTIVE), outlook(counts, MARGINAL)
    assert selective is not None
    assert marginal is not None
    assert selective.coverage == 0.5
    assert selective.needed == live_needs() - 20
    assert marginal.needed == live_needs() - 40
    assert outlook(Counts((), (), (), 0), SELECTIVE) is None


def test_an_outlook_that_is_reached_certifies() -> None:
    """Exactly then, and not one unit earlier."""
    for diverged in (0, 1, 3):
        found = outlook(Counts((0.9,), (40,), (diverged,), 40), SELECTIVE)
        assert found is not None
        assert found.needed
        enough, short = (40 + found.needed - less for less in (0, 1))
        assert live(Counts((0.9,), (enough,), (diverged,), enough), SELECTIVE)
        assert live(Counts((0.9,), (short,), (diverged,), short), SELECTIVE) is None


def test_a_marginal_promise_counts_what_the_teacher_serves_as_kept() -> None:
    """Of a thousand answers 40 are divergent ones of the student's: 8 % of its own, 4 % of all, below 5 but near."""
    counts = Counts((0.9,), (500,), (30,), 1000)
    assert live(counts, SELECTIVE) is None
    assert live(counts, MARGINAL)


def test_good_confidence_certifies_much_and_the_promise_is_kept_on_the_rest() -> None:
    """A whole of it: grid on one half, certificate on the other, the truth on a third."""
    certificate = live(counted(grid(*units(1, 1000), SELECTIVE), *units(2, 3000)), SELECTIVE)
    assert certificate is not None
    truth, _ = units(3, 200_000)
    served = truth >= certificate.threshold
    assert (1.0 - truth[served]).mean() < 0.05
    assert served.mean() > 0.4


@given(st.integers(0, 60), st.data(), st.sampled_from([0.01, 0.05, 0.3]))
def test_the_binomial_p_is_the_sum_of_its_terms(count: int, data: st.DataObject, limit: float) -> None:
    """Against the definition."""
    diverged = data.draw(st.integers(0, count))
    terms = sum(comb(count, k) * limit**k * (1 - limit) ** (count - k) for k in range(diverged + 1))
    assert binomial_p(Trials(count, diverged), limit) == pytest.approx(terms)


def test_hoeffding_bentkus_by_hand() -> None:
    """Without a loss Hoeffding's is the exact chance; halves count as halves; at the limit nothing is shown."""
    assert hoeffding_bentkus_p(100, 0.0, 0.05) == pytest.approx(0.95**100)
    hoeffding = exp(-1000 * (0.02 * log(0.02 / 0.1) + 0.98 * log(0.98 / 0.9)))
    bentkus = exp(1.0) * binomial_p(Trials(1000, 20), 0.1)
    assert hoeffding_bentkus_p(1000, 0.02, 0.1) == pytest.approx(min(hoeffding, bentkus))
    assert hoeffding_bentkus_p(1000, 0.1, 0.1) == 1.0
    assert hoeffding_bentkus_p(0, 0.0, 0.1) == 1.0


def test_hoeffding_bentkus_errs_no_more_often_than_said() -> None:
    """Losses of 0, 1/2 and 1 with a mean of exactly the limit, 4000 times: p is at most 5 % in at most 5 % of them."""
    losses = np.random.default_rng(4).choice([0.0, 0.5, 1.0], size=(4000, 300), p=[0.85, 0.1, 0.05])
    wrong = [hoeffding_bentkus_p(300, mean, 0.1) <= 0.05 for mean in losses.mean(axis=1).tolist()]
    assert 0 < sum(wrong) <= 200


@pytest.mark.parametrize(("limit", "level"), [(0.0, 0.05), (1.0, 0.05), (0.05, 0.0), (0.05, 1.5), (-1.0, 0.5)])
def test_a_target_that_promises_nothing_is_refused(limit: float, level: float) -> None:
    """At once and by name, not as a math domain error while judging."""
    with pytest.raises(ValueError, match=f"limit {limit} at level {level}"):
        Target(limit, level)
