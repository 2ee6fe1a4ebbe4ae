"""A gate: one behavior in one slice, judged pass, hold or fail, with a reason that an operator can act on.

Both directions are judged, and the worse verdict is the gate's. In each direction

- it **fails** where the rate of divergence is certified to lie above ``failure_above``. Where the teacher's own
  divergence is looked at, that is not enough, for a fickle teacher may diverge as often: there it fails where the
  excess over it is certified to be too large, and, without waiting for pairs, where the rate is certified to lie above
  a half, unless the excess is certified to be harmless;
- it **passes** where the rate is certified to lie below ``success_below``, or the excess below its own limit; and where
  the behavior is certified to be so rare in the slice that losing it altogether stays within the risk budget;
- otherwise it **holds**, and says how many more conversations without a divergence would let it pass. No data is hold.

"Certified" holds at every moment, however often one looks (``routing.evidence``). All gates of a slice have to pass, so
a pass needs no correction for their number; one of them is enough for a failure, so each has its share of that level.
Within a gate any of its reasons is enough, so they share its level.

It decides about evidence, not about traffic: what a verdict does to a weight is ``routing.rollout``'s matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from math import log

from routing.divergence import Direction
from routing.evidence import excess, rates
from routing.evidence.excess import Differences
from routing.evidence.rates import Trials

NO_TRIALS, NO_PAIRS = Trials(), Differences()
FEWEST_TO_FAIL = 5  # conversations: one slip alone never takes traffic back
_MOST_FICKLE = 0.5  # a teacher that diverges from itself more often does not show the behavior


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

    @property
    def pass_level(self) -> float:
        """The chance of an error of each test that may let it pass: of the rate, of the excess, and of rarity."""
        return self.alpha / (1 + (self.over_noise is not None) + (self.budget > 0.0))

    @property
    def fail_level(self) -> float:
        """The chance of an error of each test that may let it fail: of the rate, and of the excess."""
        return self.alpha_fail / (1 + (self.over_noise is not None))

    @property
    def plain_failure(self) -> float:
        """The rate above which it fails whatever is known of the teacher's own divergence."""
        return max(self.rate.failure_above, _MOST_FICKLE) if self.over_noise else self.rate.failure_above


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a behavior in a slice, in one direction.

    Attributes:
        trials: Conversations that could have diverged, and those that did.
        pairs: Conversations on which the teacher was asked twice, the student and the teacher's second reply treated
            alike: for ``lost`` those in which the first reply showed the behavior, for ``gained`` those in which the
            student's or the second one did. Those in which the student did would make an equal student look worse.
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
        unpaired: Whether only conversations on which the teacher is asked twice keep it from failing.
    """

    verdict: Verdict
    direction: Direction
    reason: str
    needed: int | None = None
    unpaired: bool = False


@lru_cache(maxsize=65_536)
def judge(lost: Evidence | None, gained: Evidence | None, rule: Rule) -> Judgment:
    """A gate's judgment: that of the direction which is worse, or farther from passing.

    None is a direction in which a divergence harms nobody; of one of them there must be evidence.
    """
    sides = ((lost, Direction.LOST), (gained, Direction.GAINED))
    judged = [_direction(seen, rule, direction) for seen, direction in sides if seen is not None]
    return min(judged, key=lambda one: (one.verdict, -(one.needed if one.needed is not None else float("inf"))))


def _direction(seen: Evidence, rule: Rule, direction: Direction) -> Judgment:
    for verdict, found in ((Verdict.FAIL, _failing), (Verdict.PASS, _passing)):
        reason = found(seen, rule)
        if reason:
            return Judgment(verdict, direction, f"{_counts(seen.trials, direction)}: {reason}")
    return _holding(seen, rule, direction)


def _failing(seen: Evidence, rule: Rule) -> str:
    """Why it fails; empty where it does not."""
    if seen.trials.count < FEWEST_TO_FAIL:
        return ""
    enough, limit = -log(rule.fail_level), rule.plain_failure
    if rule.over_noise and excess.log_e_above(seen.pairs, rule.over_noise.failure_above) >= enough:
        return f"{_excess(seen.pairs)}, certified above {_percent(rule.over_noise.failure_above)}"
    if rates.log_e_above(seen.trials, limit) < enough or _excused(seen, rule):
        return ""
    return f"at least {_percent(rates.lower(seen.trials, rule.fail_level))}, certified above {_percent(limit)}"


def _excused(seen: Evidence, rule: Rule) -> bool:
    """Whether the teacher diverges from itself as often, or nearly."""
    noise = rule.over_noise
    return noise is not None and excess.log_e_below(seen.pairs, noise.failure_above) >= -log(rule.pass_level)


def _passing(seen: Evidence, rule: Rule) -> str:
    """Why it passes; empty where it does not."""
    enough, limit = -log(rule.pass_level), rule.rate.success_below
    if rates.log_e_below(seen.trials, limit) >= enough:
        return f"at most {_percent(rates.upper(seen.trials, rule.pass_level))}, certified below {_percent(limit)}"
    if rule.over_noise and excess.log_e_below(seen.pairs, rule.over_noise.success_below) >= enough:
        return f"{_excess(seen.pairs)}, certified below {_percent(rule.over_noise.success_below)}"
    if seen.trials.diverged == 0 and _rare(seen, rule):
        return f"in so few of {seen.conversations:,} conversations that losing all would stay within the risk budget"
    return ""


def _rare(seen: Evidence, rule: Rule) -> bool:
    if rule.budget <= 0.0:
        return False
    among_all = Trials(seen.conversations, min(seen.trials.count, seen.conversations))
    return rates.log_e_below(among_all, rule.budget) >= -log(rule.pass_level)


def _holding(seen: Evidence, rule: Rule, direction: Direction) -> Judgment:
    level, limit = rule.pass_level, rule.rate.success_below
    needed = rates.clean_needed(seen.trials, limit, level)
    low, high = rates.lower(seen.trials, level), rates.upper(seen.trials, level)
    known = f"between {_percent(low)} and {_percent(high)}" if seen.trials.count else "nothing is known"
    wanted = "no number of clean conversations certifies" if needed is None else f"{needed:,} more without one certify"
    suspended = ""
    if unpaired := _suspended(seen, rule):
        suspended = (
            f", but {seen.pairs.count:,} asked twice do not tell whether the teacher diverges from itself as often"
        )
        if _excused(seen, rule):
            unpaired = False
            suspended = f", but {_excess(seen.pairs)}, certified below the limit of what it may be"
    reason = f"{_counts(seen.trials, direction)}: {known}{suspended}; {wanted} < {_percent(limit)}"
    return Judgment(Verdict.HOLD, direction, reason, needed, unpaired)


def _suspended(seen: Evidence, rule: Rule) -> bool:
    """Whether the rate is too high, and only the teacher's own divergence could excuse it."""
    enough = -log(rule.fail_level)
    return seen.trials.count >= FEWEST_TO_FAIL and rates.log_e_above(seen.trials, rule.rate.failure_above) >= enough


def _counts(trials: Trials, direction: Direction) -> str:
    return f"{direction} in {trials.diverged:,} of {trials.count:,} conversations"


def _excess(pairs: Differences) -> str:
    return f"{100 * pairs.mean:+.1f} points over the teacher's own in {pairs.count:,} asked twice"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 1.0 else "100 %"
