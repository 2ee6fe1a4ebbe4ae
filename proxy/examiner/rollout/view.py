"""What people are told of a rollout: a look at it as the status' frozen values.

Made when somebody asks, never on the controller's tick: bounds cost a search each.
"""

from __future__ import annotations

from proxy.examiner.rollout.look import Look
from proxy.examiner.status import DirectionStatus, GateStatus, SliceStatus, Weights
from routing.assessment import Assessment, Charter, evidence
from routing.divergence import Direction
from routing.evidence import rates
from routing.gates import Evidence
from routing.limits import limit, reached_weight
from routing.rollout import Act, Plan, Progress, Reached, waits_for, weight
from routing.verdicts import Gate

_ON_FAILURE = {Act.ROLL_BACK: "rollback", Act.TAKE_BACK: "rollback", Act.PAUSE: "pause", Act.NONE: "warn"}


def slices(seen: Look) -> tuple[SliceStatus, ...]:
    """Every slice of which anything is known, in order of their names."""
    progress = seen.high.progress
    waits = waits_for(seen.plan, progress, seen.findings)
    names = sorted({*seen.assessments, *progress.slices})
    return tuple(_slice(seen, progress, name, waits) for name in names)


def route_weights(plan: Plan, progress: Progress, findings_earned: float) -> Weights:
    """The route's: its default ceiling, its step, the most that any slice has earned, the most that any is served."""
    served = max((weight(plan, progress, name) for name in progress.slices), default=0.0)
    return Weights(plan.ceiling, progress.weight, findings_earned, served)


def _slice(seen: Look, progress: Progress, name: str, waits: str) -> SliceStatus:
    found = seen.assessments.get(name)
    verdict = seen.findings[name].verdict.name.lower() if found else "hold"
    return SliceStatus(
        slice=name,
        weights=Weights(
            ceiling=seen.plan.ceilings.get(name, seen.plan.ceiling),
            step=reached_weight(progress, name),
            earned=found.finding.earned if found else 0.0,
            effective=weight(seen.plan, progress, name),
        ),
        verdict=verdict,
        reason=seen.findings[name].reason if found else "nothing has been compared yet",
        limit=limit(seen.plan, progress, name, found, waits),
        taken_back=progress.slices.get(name, Reached()).taken_back,
        conversations=found.conversations if found else 0,
        gates=tuple(_gate(found, name, behavior, seen.charter) for behavior in found.gates) if found else (),
    )


def _gate(found: Assessment, name: str, behavior: str, charter: Charter) -> GateStatus:
    gate, sheet = found.gates[behavior], found.bases[behavior]
    terms = charter.of(name)[behavior]
    return GateStatus(
        behavior=behavior,
        verdict=gate.judgment.verdict.name.lower(),
        reason=gate.judgment.reason,
        needed=gate.judgment.needed,
        success_below=terms.rate.success_below,
        failure_above=terms.rate.failure_above,
        directions=tuple(
            _direction(known, way, charter.alpha) for way in Direction if (known := evidence(sheet, behavior, way))
        ),
        on_failure=_ON_FAILURE[gate.policy.on_failure],
        critical=gate.policy.on_failure is Act.ROLL_BACK,
        idle=_idle(gate),
    )


def _direction(known: Evidence, way: Direction, alpha: float) -> DirectionStatus:
    return DirectionStatus(
        direction=way,
        trials=known.trials.count,
        diverged=known.trials.diverged,
        lower=rates.lower(known.trials, alpha),
        upper=rates.upper(known.trials, alpha),
        noise_trials=known.pairs.count,
        excess=known.pairs.mean if known.pairs.count else None,
    )


def _idle(gate: Gate) -> str:
    policy = gate.policy
    if policy.waived:
        return f"waived by {policy.waived}"
    return "muted" if policy.muted else "dry run" if policy.dry_run else ""
