"""A gate: one behavior in one slice, judged pass, hold or fail, with a reason that an operator can act on.

Both directions are judged, and the worse verdict is the gate's. In each direction

- it **fails** where the rate of divergence is certified to lie above ``failure_above``, unless the student's excess
  over the teacher's own divergence is certified to be harmless; or where that excess is certified to be too large;
- it **passes** where the rate is certified to lie below ``success_below``, or the excess below its own limit; and where
  the behavior is certified to be so rare in the slice that losing it altogether stays within the risk budget;
- otherwise it **holds**, and says how many more conversations without a divergence would let it pass. No data is hold.

"Certified" holds at every moment, however often one looks (``routing.evidence``). All gates of a slice have to pass, so
a pass needs no correction for their number; one of them is enough for a failure, so each has its share of that level.

It decides about evidence, not about traffic: what a verdict does to a weight is ``routing.rollout``'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from math import log

from routing.divergence import Direction
from routing.evidence import excess, rates
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials

NO_TRIALS, NO_PAIRS = Trials(), Differences()
_FEWEST_TO_FAIL = 5  # conversations: one slip alone never takes traffic back


class Verdict(IntEnum):
    """What a gate says. The numbers are those of the metric ``gate_verdict``."""

    FAIL = -1
    HOLD = 0
    PASS = 1


@dataclass(frozen=True, slots=True)
class Band:
    """Two limits on a rate or an excess, as shares: certified below the first passes, above the second fails.

    Raises:
        ValueError: where the limits are out of range or in the wrong order; between them a gate holds.
    """

    success_below: float
    failure_above: float

    def __post_init__(self) -> None:
        if not 0.0 < self.success_below <= self.failure_above < 1.0:
            raise ValueError(f"{self}: give 0 < success_below <= failure_above < 1")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a gate judges by.

    Attributes:
        rate: Limits on the rate of divergence.
        over_noise: Limits on the excess over the teacher's own divergence; None: it is not looked at.
        budget: The share of a slice's conversations that may diverge; rarer behaviors pass.
        alpha: The chance of a wrong pass; the same for all gates of a slice.
        alpha_fail: The chance of a wrong failure of this gate, in each direction.
    """

    rate: Band
    over_noise: Band | None
    budget: float
    alpha: float
    alpha_fail: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a behavior in a slice, in one direction.

    Attributes:
        trials: Conversations that could have diverged, and those that did.
        pairs: Those of them on which the teacher was asked twice.
        conversations: All conversations of the slice.
    """

    trials: Trials = NO_TRIALS
    pairs: Differences = NO_PAIRS
    conversations: int = 0

    def merge(self, other: Evidence) -> Evidence:
        """Both together, whichever came first."""
        return Evidence(
            self.trials.merge(other.trials), self.pairs.merge(other.pairs), self.conversations + other.conversations
        )


@dataclass(frozen=True, slots=True)
class Judgment:
    """A verdict and why.

    Attributes:
        verdict: Pass, hold or fail.
        direction: The direction that decided.
        reason: One sentence, with the counts and the bound.
        needed: How many more conversations, none diverging, let a gate on hold pass; None where no number would.
    """

    verdict: Verdict
    direction: Direction
    reason: str
    needed: int | None = None


def judge(lost: Evidence, gained: Evidence, rule: Rule) -> Judgment:
    """A gate's judgment: that of the direction which is worse, or farther from passing."""
    judged = (_direction(lost, rule, Direction.LOST), _direction(gained, rule, Direction.GAINED))
    return min(judged, key=lambda one: (one.verdict, -(one.needed if one.needed is not None else float("inf"))))


def _direction(seen: Evidence, rule: Rule, direction: Direction) -> Judgment:
    for verdict, found in ((Verdict.FAIL, _failing), (Verdict.PASS, _passing)):
        reason = found(seen, rule)
        if reason:
            return Judgment(verdict, direction, f"{_counts(seen.trials, direction)}: {reason}")
    return _holding(seen, rule, direction)


def _failing(seen: Evidence, rule: Rule) -> str:
    """Why it fails; empty where it does not."""
    if seen.trials.count < _FEWEST_TO_FAIL:
        return ""
    enough = _enough(rule.alpha_fail, rule)
    if rule.over_noise and excess.log_e_above(seen.pairs, rule.over_noise.failure_above) >= enough:
        return f"{_excess(seen.pairs)}, certified above {_percent(rule.over_noise.failure_above)}"
    if rates.log_e_above(seen.trials, rule.rate.failure_above) < enough or _excused(seen, rule):
        return ""
    least = rates.lower(seen.trials, _level(rule.alpha_fail, rule))
    return f"at least {_percent(least)}, certified above {_percent(rule.rate.failure_above)}"


def _excused(seen: Evidence, rule: Rule) -> bool:
    """Whether the teacher diverges from itself as often, or nearly."""
    noise = rule.over_noise
    return noise is not None and excess.log_e_below(seen.pairs, noise.failure_above) >= _enough(rule.alpha, rule)


def _passing(seen: Evidence, rule: Rule) -> str:
    """Why it passes; empty where it does not."""
    enough, level = _enough(rule.alpha, rule), _level(rule.alpha, rule)
    if rates.log_e_below(seen.trials, rule.rate.success_below) >= enough:
        return (
            f"at most {_percent(rates.upper(seen.trials, level))}, certified below {_percent(rule.rate.success_below)}"
        )
    if rule.over_noise and excess.log_e_below(seen.pairs, rule.over_noise.success_below) >= enough:
        return f"{_excess(seen.pairs)}, certified below {_percent(rule.over_noise.success_below)}"
    if seen.trials.diverged == 0 and _rare(seen, rule):
        return f"in so few of {seen.conversations:,} conversations that losing all would stay within the risk budget"
    return ""


def _rare(seen: Evidence, rule: Rule) -> bool:
    if rule.budget <= 0.0:
        return False
    among_all = Trials(seen.conversations, min(seen.trials.count, seen.conversations))
    return rates.log_e_below(among_all, rule.budget) >= -log(rule.alpha)


def _holding(seen: Evidence, rule: Rule, direction: Direction) -> Judgment:
    level, limit = _level(rule.alpha, rule), rule.rate.success_below
    needed = rates.clean_needed(seen.trials, limit, level)
    low, high = rates.lower(seen.trials, level), rates.upper(seen.trials, level)
    known = f"between {_percent(low)} and {_percent(high)}" if seen.trials.count else "nothing is known"
    wanted = "no number of clean conversations certifies" if needed is None else f"{needed:,} more without one certify"
    return Judgment(
        Verdict.HOLD, direction, f"{_counts(seen.trials, direction)}: {known}; {wanted} < {_percent(limit)}", needed
    )


def _level(alpha: float, rule: Rule) -> float:
    """The chance of an error that each of the tests has: two may certify the same where noise is looked at."""
    return alpha / 2 if rule.over_noise else alpha


def _enough(alpha: float, rule: Rule) -> float:
    return -log(_level(alpha, rule))


def _counts(trials: Trials, direction: Direction) -> str:
    return f"{direction} in {trials.diverged:,} of {trials.count:,} conversations"


def _excess(pairs: Differences) -> str:
    return f"{100 * pairs.mean:+.1f} points over the teacher's own in {pairs.count:,} asked twice"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 1.0 else "100 %"
