"""What all gates of a slice say together: one finding for the rollout.

A gate *acts* unless the operator muted it, made it a dry run, or waived the behavior; the others are judged and
shown, and hold nothing back. Of the gates that act, the worst verdict is the slice's, and the strongest of what
failed ones ask for is done. A failure that only warns holds nothing back either: that is what the word says.

The slice's exposure is earned by the divergences of acting behaviors together: a conversation in which any of them
was lost or gained is one that the risk budget pays for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from routing.evidence import excess, rates
from routing.gates import Evidence, Judgment, Verdict
from routing.rollout import Act, Finding

_STRENGTH = tuple(Act)  # from the weakest to the strongest


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator wants of a gate.

    Attributes:
        on_failure: What a failure asks for; ``Act.NONE`` only warns.
        inherit: The behavior whose verdict is taken while there is not enough evidence; empty: none.
        teacher: Whether the teacher serves the slice while there is not enough evidence.
        muted: Neither alerts nor acts.
        dry_run: Alerts and does not act.
        waived: The reason of a waiver in force; empty: none.
    """

    on_failure: Act = Act.TAKE_BACK
    inherit: str = ""
    teacher: bool = False
    muted: bool = False
    dry_run: bool = False
    waived: str = ""

    @property
    def acts(self) -> bool:
        """Whether its verdict has consequences."""
        return not (self.muted or self.dry_run or self.waived)


@dataclass(frozen=True, slots=True)
class Gate:
    """One behavior's judgment in a slice, and what the operator wants of it."""

    judgment: Judgment
    policy: Policy = Policy()


def finding(gates: Mapping[str, Gate], earned: float) -> Finding:
    """The slice's finding; ``earned`` is what ``exposure`` gives, percent. Without a gate that acts it passes."""
    acting = {name: gate for name, gate in gates.items() if gate.policy.acts}
    verdicts = {name: _verdict(gate, gates) for name, gate in acting.items()}
    if not verdicts:
        return Finding(Verdict.PASS, Act.NONE, earned, "no gate acts")
    worst = min(verdicts, key=lambda name: (verdicts[name], *_burden(acting[name])))
    act = max((_asked(gate) for gate in acting.values()), key=_STRENGTH.index)
    unknown = any(acting[name].policy.teacher for name, verdict in verdicts.items() if verdict is Verdict.HOLD)
    reason = f"{worst} {acting[worst].judgment.reason}"
    return Finding(verdicts[worst], act, 0.0 if unknown else earned, reason)


def exposure(any_behavior: Evidence, budget: float, alpha: float) -> float:
    """The percentage of a slice at which divergent replies stay within ``budget``, a share of the slice's traffic.

    ``any_behavior`` counts conversations in which any acting behavior diverged, among all of the slice. Where the
    teacher was asked twice, what it does to itself is not the student's: the bound on the excess counts if it is lower.
    """
    absolute = rates.upper(any_behavior.trials, alpha / 2)
    over_noise = excess.upper(any_behavior.pairs, alpha / 2)
    risk = min(absolute, over_noise)
    return 100.0 if risk <= budget else 100.0 * budget / risk


def _burden(gate: Gate) -> tuple[int, float]:
    """A key by which, of gates of one verdict, the one comes first that asks for most, then the one that needs most."""
    needed = gate.judgment.needed
    waits = inf if needed is None else needed
    return -_STRENGTH.index(_asked(gate)), -waits


def _verdict(gate: Gate, gates: Mapping[str, Gate]) -> Verdict:
    """A gate's verdict as the rollout takes it."""
    verdict = gate.judgment.verdict
    if verdict is Verdict.FAIL and gate.policy.on_failure is Act.NONE:
        return Verdict.PASS
    if verdict is Verdict.HOLD and gate.policy.inherit in gates:
        return gates[gate.policy.inherit].judgment.verdict
    return verdict


def _asked(gate: Gate) -> Act:
    return gate.policy.on_failure if gate.judgment.verdict is Verdict.FAIL else Act.NONE
