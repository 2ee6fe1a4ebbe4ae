"""Rare behaviors: how much traffic it takes until their gate says something, and what passing unseen can cost.

A behavior so rare that losing it altogether stays within the risk budget passes, unless it was seen lost. The worst
student loses it every time; what that harms is what these tables measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from routing.gates import Band, Rule, Verdict
from simulation import borders
from simulation.borders import NEVER, Counts
from simulation.judging import Seen, verdicts
from simulation.replication import Run
from simulation.table import Cell, Percent, Promise, Share, Table, Waits

RULE = Rule(Band(0.03, 0.06), None, budget=0.005, alpha=0.05, alpha_fail=0.05 / 22)
SHARES = (0.001, 0.01, 0.10)
LOST = (0.0, 0.01, 0.10, 0.50, 1.0)
AUDIT = 0.02  # of what the student serves
_TRIALS = 2000
_TRAFFIC = 30_000  # conversations in which rarity is looked for
_REPLICATES = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """At which conversation of traffic each replicate first passed as rare, passed by its rate, and failed."""

    rare: Counts
    passed: Counts
    failed: Counts

    @classmethod
    def joined(cls, batches: list[Outcome]) -> Outcome:
        """All batches as one."""
        return cls(*(np.concatenate([getattr(one, name) for one in batches]) for name in cls.__slots__))


def outcome(rule: Rule, share: float, lost: float, chance: np.random.Generator, rows: int) -> Outcome:
    """A look after every conversation of traffic, told from one trial to the next."""
    gaps = chance.geometric(share, (rows, _TRIALS))
    when = np.cumsum(gaps, axis=1)
    diverged = np.cumsum(chance.random((rows, _TRIALS)) < lost, axis=1, dtype=np.int64)
    count = np.broadcast_to(np.arange(1, _TRIALS + 1), diverged.shape)
    none = np.zeros_like(count)
    by_rate = verdicts(Seen(count, diverged, none, none, none, none), rule, _TRIALS)  # of no traffic nothing is rare
    passed, failed = (_when(by_rate == verdict, when) for verdict in (Verdict.PASS, Verdict.FAIL))
    return Outcome(_rare(rule, when, diverged), passed, failed)


def _when(said: npt.NDArray[np.bool_], when: npt.NDArray[np.int64]) -> Counts:
    at = said.argmax(axis=1)
    return np.where(said.any(axis=1), when[np.arange(len(when)), at], NEVER).astype(np.int32)


def _rare(rule: Rule, when: npt.NDArray[np.int64], diverged: npt.NDArray[np.int64]) -> Counts:
    """The first conversation at which so few had been trials, none of them diverged, that the behavior is rare."""
    border = borders.below(rule.budget, rule.pass_level, _TRAFFIC)
    earliest = np.searchsorted(border, np.arange(_TRIALS + 1))  # for each number of trials; beyond the traffic: never
    rows = len(when)
    start = np.concatenate([np.zeros((rows, 1), int), when], axis=1)
    end = np.concatenate([when, when[:, -1:]], axis=1)
    clean = np.concatenate([np.ones((rows, 1), bool), diverged == 0], axis=1)
    at = np.maximum(start, earliest)
    return _when(clean & (at < end) & (at <= _TRAFFIC), at)


def tables(run: Run) -> tuple[Table, ...]:
    """Traffic until a verdict; the worst that rarity lets through; and the error where both claims are just false."""
    return (_traffic(run), _worst(run), _boundary(run))


def _simulated(run: Run, share: float, lost: float) -> Outcome:
    work = partial(outcome, RULE, share, lost)
    return Outcome.joined(run.over(work, f"rarity {share} {lost}", run.replicates(_REPLICATES)))


def _traffic(run: Run) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for share, lost in ((share, lost) for share in SHARES for lost in LOST):
        found = _simulated(run, share, lost)
        earliest = np.minimum(np.minimum(found.rare, found.passed), found.failed)
        decided = earliest != NEVER
        ways = [
            Share(int((decided & (way == earliest)).sum()), len(way))
            for way in (found.rare, found.passed, found.failed)
        ]
        rows.append((Percent(share), Percent(lost), *ways, Waits.of(earliest)))
    return Table(
        "Rare behaviors: conversations of traffic until the gate says something",
        "Pass below 3 %, failure above 6 %, a risk budget of 0.5 %; every conversation is compared. Which verdict came "
        f"first, within {_TRIALS:,} trials of the behavior, and after how many conversations of the slice.",
        ("share of traffic", "lost", "passed as rare", "passed by its rate", "failed", "conversations of traffic"),
        tuple(rows),
    )


def _worst(run: Run) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for share in (0.0005, 0.001, 0.002, 0.003, 0.004, RULE.budget, 0.006, 0.01):
        found = _simulated(run, share, 1.0)
        passed = Share(int((found.rare != NEVER).sum()), len(found.rare))
        shown = Promise(passed, RULE.pass_level) if share >= RULE.budget else passed
        rows.append((Percent(share), shown, Waits.of(found.rare[found.rare != NEVER]), round(1 / (share * AUDIT))))
    return Table(
        "Rare behaviors: the worst student, which loses every one",
        "How often it ever passed as rare, unseen, and after how many conversations. From then on, were it served "
        "everything, the share of traffic in the first column is harmed: at most the risk budget, but for the stated "
        f"chance. Audited at {100 * AUDIT:g} %, the first loss is seen, and the pass revoked, after the last column's "
        f"number of conversations on average, {1 / AUDIT:.0f} of them harmed however rare the behavior is. Several "
        "rare behaviors add up; what bounds their sum is the slice's earned exposure, not this rule.",
        ("share of traffic, and of it harmed", "passed as rare", "conversations until then", "until a loss is audited"),
        tuple(rows),
    )


def _boundary(run: Run) -> Table:
    found = _simulated(run, RULE.budget, RULE.rate.success_below)
    ever = (found.rare != NEVER, found.passed != NEVER, (found.rare != NEVER) | (found.passed != NEVER))
    rare, rate, either = (Share(int(one.sum()), len(one)) for one in ever)
    return Table(
        "Rare behaviors: both claims just false",
        "A behavior that is exactly as frequent as the risk budget, lost exactly as often as the limit. A gate may "
        "pass for either reason, so its level is shared by both.",
        ("passed as rare", "passed by its rate", "passed"),
        ((rare, rate, Promise(either, RULE.alpha)),),
    )
