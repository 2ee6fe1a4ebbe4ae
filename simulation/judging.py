"""``routing.gates`` in one direction, for arrays of evidence: the verdicts alone, without the sentences.

Counts of trials are held against ``borders``, pairs against the same mixture of stakes as ``routing.evidence.excess``,
in numpy. Tests hold that the verdicts are those of ``gates.judge``, on drawn evidence of every kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from routing.evidence.excess import STAKES
from routing.gates import FEWEST_TO_FAIL, Rule, Verdict
from simulation import borders

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """``routing.gates.Evidence``, many of it: arrays of one shape."""

    count: Numbers
    diverged: Numbers
    student_only: Numbers
    teacher_only: Numbers
    alike: Numbers
    conversations: Numbers


def verdicts(seen: Seen, rule: Rule, horizon: int) -> npt.NDArray[np.int8]:
    """The verdict on each, as the numbers of ``Verdict``; no count may be beyond ``horizon``."""
    fails = _failing(seen, rule, horizon)
    passes = _passing(seen, rule, horizon) & ~fails
    found: npt.NDArray[np.int8] = (passes * Verdict.PASS + fails * Verdict.FAIL).astype(np.int8)
    return found


def _failing(seen: Seen, rule: Rule, horizon: int) -> Flags:
    above: Flags = seen.diverged >= borders.above(rule.plain_failure, rule.fail_level, horizon)[seen.count]
    if rule.over_noise:
        margin = rule.over_noise.failure_above
        above &= log_e_excess_below(seen, margin) < -log(rule.pass_level)
        above |= log_e_excess_above(seen, margin) >= -log(rule.fail_level)
    return above & (seen.count >= FEWEST_TO_FAIL)


def _passing(seen: Seen, rule: Rule, horizon: int) -> Flags:
    below: Flags = seen.diverged <= borders.below(rule.rate.success_below, rule.pass_level, horizon)[seen.count]
    if rule.over_noise:
        below |= log_e_excess_below(seen, rule.over_noise.success_below) >= -log(rule.pass_level)
    if rule.budget > 0.0:
        rare = seen.count <= borders.below(rule.budget, rule.pass_level, horizon)[seen.conversations]
        below |= rare & (seen.diverged == 0)
    return below


def log_e_excess_below(seen: Seen, margin: float) -> Floats:
    """``excess.log_e_below`` of each."""
    return _mixed(seen, -np.array(STAKES) / (1.0 - margin), margin)


def log_e_excess_above(seen: Seen, margin: float) -> Floats:
    """``excess.log_e_above`` of each."""
    return _mixed(seen, np.array(STAKES) / (1.0 + margin), margin)


def _mixed(seen: Seen, stakes: Floats, margin: float) -> Floats:
    products = [
        seen.student_only * np.log1p(stake * (1.0 - margin))
        + seen.teacher_only * np.log1p(stake * (-1.0 - margin))
        + seen.alike * np.log1p(-stake * margin)
        for stake in stakes
    ]
    most = np.maximum.reduce(products)
    mixed: Floats = most + np.log(sum(np.exp(one - most) for one in products) / len(STAKES))
    return mixed
