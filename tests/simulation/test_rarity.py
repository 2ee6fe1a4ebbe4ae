"""Rare behaviors, told from one trial to the next."""

from __future__ import annotations

import numpy as np

from routing.evidence.rates import Trials, clean_needed
from routing.gates import Evidence, Verdict, judge
from simulation.borders import NEVER
from simulation.rarity import RULE, outcome


def test_what_never_comes_passes_as_soon_as_it_is_certified_to_be_rare() -> None:
    """The count that routing itself gives."""
    found = outcome(RULE, 1e-5, 0.0, np.random.default_rng(1), 20)
    needed = clean_needed(Trials(), RULE.budget, RULE.pass_level)
    assert np.median(found.rare) == needed
    assert judge(Evidence(conversations=int(found.rare.min())), None, RULE).verdict is Verdict.PASS


def test_what_is_lost_every_time_fails_unless_it_is_rarer_than_the_budget() -> None:
    """And passes as rare only before it was first seen lost."""
    frequent, rare = (outcome(RULE, share, 1.0, np.random.default_rng(2), 100) for share in (0.02, 0.001))
    assert (frequent.rare == NEVER).all()
    assert (frequent.failed < 2000).all()
    assert 20 < (rare.rare != NEVER).sum() < 70
    assert (rare.passed == NEVER).all()


def test_both_reasons_to_pass_together_err_within_the_level() -> None:
    """As frequent as the budget and lost as often as the limit: each claim is just false."""
    found = outcome(RULE, RULE.budget, RULE.rate.success_below, np.random.default_rng(3), 400)
    ever = (found.rare != NEVER) | (found.passed != NEVER)
    assert ever.mean() <= RULE.alpha + 4 * (RULE.alpha * (1 - RULE.alpha) / 400) ** 0.5
