"""Verdicts over arrays are the gates' own."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import isclose

import numpy as np
import pytest

from routing.evidence import excess
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials
from routing.gates import Band, Evidence, Rule, Verdict, judge
from simulation.judging import Seen, log_e_excess_above, log_e_excess_below, verdicts

RULE = Rule(Band(0.03, 0.06), Band(0.01, 0.03), budget=0.005, alpha=0.05, alpha_fail=0.05 / 22)
RULES = (RULE, replace(RULE, over_noise=None), replace(RULE, budget=0.0), replace(RULE, over_noise=None, budget=0.0))
HORIZON = 4000


def drawn(count: int, seed: int) -> Seen:
    """Evidence of every kind: few and many trials, rare and frequent, good and bad, fickle and not."""
    chance = np.random.default_rng(seed)
    trials = np.floor(np.exp(chance.uniform(0.0, np.log(2000), count))).astype(np.int64)
    rate = np.exp(chance.uniform(np.log(1e-3), 0.0, count)) * (chance.random(count) < 0.8)
    pairs = chance.binomial(trials, chance.choice([0.0, 0.05, 1.0], count))
    noise = chance.choice([0.0, 0.02, 0.2], count)
    student_only, teacher_only = chance.binomial(pairs // 2, rate), chance.binomial(pairs // 2, noise)
    conversations = np.minimum(HORIZON, trials * chance.choice([1, 10, 1000], count))
    diverged = chance.binomial(trials, rate)
    return Seen(trials, diverged, student_only, teacher_only, pairs - student_only - teacher_only, conversations)


def one(seen: Seen, at: int) -> Evidence:
    """One of them, as routing knows it."""
    pairs = Differences(int(seen.student_only[at]), int(seen.teacher_only[at]), int(seen.alike[at]))
    return Evidence(Trials(int(seen.count[at]), int(seen.diverged[at])), pairs, int(seen.conversations[at]))


@pytest.mark.parametrize("rule", RULES)
def test_verdicts_are_those_of_the_gates(rule: Rule) -> None:
    """On evidence that gives all three of them."""
    seen = drawn(400, 1)
    found = verdicts(seen, rule, HORIZON)
    expected = [judge(one(seen, at), None, rule).verdict for at in range(400)]
    assert found.tolist() == expected
    assert min(Counter(expected)[verdict] for verdict in Verdict) > 20


def test_evidence_on_pairs_is_that_of_routing() -> None:
    """To the last digits."""
    seen = drawn(200, 2)
    low, high = log_e_excess_below(seen, 0.01), log_e_excess_above(seen, 0.03)
    for at in range(200):
        pairs = one(seen, at).pairs
        assert isclose(low[at], excess.log_e_below(pairs, 0.01), rel_tol=1e-9, abs_tol=1e-9)
        assert isclose(high[at], excess.log_e_above(pairs, 0.03), rel_tol=1e-9, abs_tol=1e-9)
