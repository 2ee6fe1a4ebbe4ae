"""A route's evidence, held against what its operator demands: one assessment a slice.

Each behavior is judged twice in each slice, for conversations that the teacher served and for those that the student
did; either judgment may fail it. What the teacher's conversations certify carries a slice up to ``charter.alone``
percent; above that, the student's own have to certify it as well, because from their second turn on they hold what the
student wrote. A failure is looked for among all conversations seen, a pass among the settled ones.

It decides nothing about traffic: a ``Finding`` is what it hands to ``routing.rollout``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from math import floor, log10

from routing.behaviors.label import Behavior
from routing.divergence import Direction
from routing.gates import Band, Evidence, Judgment, Rule, Verdict, judge
from routing.ledger import Counted, History, Ledger, Sheet, Stage, entry
from routing.rollout import Finding
from routing.verdicts import Gate, Policy, exposure, finding

BENIGN = frozenset(
    (
        (Behavior.DEGENERATE, Direction.LOST),
        (Behavior.FORMAT, Direction.GAINED),
        (Behavior.GROUNDING, Direction.GAINED),
        (Behavior.PLAN_REPAIR, Direction.GAINED),
    )
)
"""Divergences in which the student did better than its teacher: they are shown, and hold nothing back."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What one behavior has to satisfy in one slice: limits on its rate and on its excess, and what a verdict does."""

    rate: Band
    over_noise: Band | None = None
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True)
class Charter:
    """What a route's operator demands.

    Attributes:
        terms: Of each behavior, in every slice.
        waived: Terms that differ in single slices, by slice and behavior.
        alpha: The chance of a wrong pass, of a wrong failure in a slice, and of a wrong exposure.
        budget: The share of a slice's traffic that may be served a divergent reply.
        alone: The weight, percent, up to which evidence on the teacher's conversations is enough.
    """

    terms: Mapping[str, Terms] = field(default_factory=dict)
    waived: Mapping[tuple[str, str], Terms] = field(default_factory=dict)
    alpha: float = 0.05
    budget: float = 0.005
    alone: float = 25.0

    def of(self, slice_: str) -> Mapping[str, Terms]:
        """The terms in a slice, by behavior."""
        return {name: self.waived.get((slice_, name), terms) for name, terms in self.terms.items()}


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is to be said of one slice.

    Attributes:
        finding: For the rollout.
        gates: Each behavior's judgment, with what is wanted of it.
        bases: What each of them rests on.
        conversations: How many have been seen.
        limit: Why the slice may not get more than ``finding.earned``; empty where nothing limits it.
        unpaired: Whether a gate that acts would fail, but for its not being known how often the teacher does the same.
    """

    finding: Finding
    gates: Mapping[str, Gate]
    bases: Mapping[str, Sheet]
    conversations: int
    limit: str = ""
    unpaired: bool = False


_Judged = tuple[Judgment, Sheet]  # and what it rests on


def assess(ledger: Ledger, charter: Charter, still: Mapping[str, Assessment] | None = None) -> dict[str, Assessment]:
    """The assessment of every slice of which anything is known; ``still`` are those that hold as they are."""
    still = still or {}
    return {name: still[name] if name in still else _slice(ledger, name, charter) for name in ledger.slices()}


def rule(terms: Terms, charter: Charter) -> Rule:
    """What a behavior's gate judges by: the level of a failure is shared by all that may fail in a slice."""
    tests = len(charter.terms) * len(Direction) * len(History)
    return Rule(terms.rate, terms.over_noise, charter.budget, charter.alpha, charter.alpha / max(1, tests))


def evidence(sheet: Sheet, behavior: str, direction: Direction) -> Evidence | None:
    """A sheet's evidence in one direction; None where divergences in it are benign."""
    if (behavior, direction) in BENIGN:
        return None
    counted = sheet.cells.get((behavior, direction), Counted())
    return Evidence(counted.trials, counted.pairs, sheet.conversations)


def _slice(ledger: Ledger, name: str, charter: Charter) -> Assessment:
    terms = charter.of(name)
    taught, served = (_judged(ledger, name, history, charter, terms) for history in History)
    worse = {key: _worse(taught[key], served[key]) for key in terms}
    gates = {key: Gate(judgment, terms[key].policy) for key, (judgment, _) in worse.items()}
    harms = {
        entry(key, way) for key in terms for way in Direction if terms[key].policy.acts and (key, way) not in BENIGN
    }
    earned, limit = _limited(
        charter,
        _earned(ledger, name, History.TEACHER, charter, harms),
        _earned(ledger, name, History.STUDENT, charter, harms),
        proven=_proven(ledger, name, served, terms),
    )
    seen = sum(ledger.sheet(name, history, Stage.SEEN).conversations for history in History)
    bases = {key: sheet for key, (_, sheet) in worse.items()}
    unpaired = any(gate.judgment.unpaired and gate.policy.acts for gate in gates.values())
    return Assessment(finding(gates, earned), gates, bases, seen, limit, unpaired)


def _judged(
    ledger: Ledger, name: str, history: History, charter: Charter, terms: Mapping[str, Terms]
) -> dict[str, _Judged]:
    """Each behavior's judgment over one history. A pass waits for what has settled; a failure, and a doubt, do not."""
    seen, settled = (ledger.sheet(name, history, stage) for stage in (Stage.SEEN, Stage.SETTLED))
    judged = {}
    for key, one in terms.items():
        early = _judge(seen, key, rule(one, charter))
        bad = early.verdict is Verdict.FAIL or early.unpaired
        judged[key] = (early, seen) if bad else (_judge(settled, key, rule(one, charter)), settled)
    return judged


def _judge(sheet: Sheet, behavior: str, by: Rule) -> Judgment:
    return judge(evidence(sheet, behavior, Direction.LOST), evidence(sheet, behavior, Direction.GAINED), by)


def _worse(taught: _Judged, served: _Judged) -> _Judged:
    """What the teacher's conversations say, unless the student's own are worse than not known."""
    bad = served[0].verdict is Verdict.FAIL or (served[0].unpaired and taught[0].verdict is Verdict.PASS)
    return served if bad and taught[0].verdict is not Verdict.FAIL else taught


def _proven(ledger: Ledger, name: str, served: Mapping[str, _Judged], terms: Mapping[str, Terms]) -> bool:
    """Whether the student's own conversations pass as well."""
    gates = {key: Gate(judgment, terms[key].policy) for key, (judgment, _) in served.items()}
    known = ledger.sheet(name, History.STUDENT, Stage.SETTLED).conversations
    return known > 0 and finding(gates, 0.0).verdict is Verdict.PASS


def _earned(ledger: Ledger, name: str, history: History, charter: Charter, acting: Collection[str]) -> float:
    """The lower of what the settled conversations allow, and all of them."""
    if not acting:
        return 100.0
    sheets = (ledger.sheet(name, history, stage) for stage in Stage)
    any_of = (sheet.any_of(acting) for sheet in sheets)
    # two histories and two bounds a slice; a wrong one of them is a wrong exposure
    level = charter.alpha / len(History)
    earned = min(exposure(Evidence(one.trials, one.pairs, one.trials.count), charter.budget, level) for one in any_of)
    return _floored(earned)


def _floored(percent: float) -> float:
    """Two digits of it, rounded down: a weight that followed every conversation would be decided at every look."""
    if percent <= 0.0:
        return 0.0
    unit = 10.0 ** (floor(log10(percent)) - 1)
    return floor(percent / unit) * unit


def _limited(charter: Charter, taught: float, served: float, *, proven: bool) -> tuple[float, str]:
    """What is earned, percent, and what limits it."""
    budget = f"the risk budget of {100 * charter.budget:g} % allows {{:.3g}} % until more conversations are clean"
    if taught <= charter.alone:
        return taught, budget.format(taught) if taught < 100.0 else ""  # noqa: PLR2004 -- percent
    if not proven:
        return charter.alone, f"above {charter.alone:g} %, conversations that the student served must pass as well"
    earned = min(taught, max(served, charter.alone))
    return earned, budget.format(earned) if earned < 100.0 else ""  # noqa: PLR2004 -- percent
