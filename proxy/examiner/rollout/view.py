"""What people are told of a rollout: a look at it as the status' frozen values.

Made when somebody asks, never on the controller's tick: bounds cost a search each.
"""

from __future__ import annotations

from dataclasses import replace

from proxy.examiner.rollout.look import Look
from proxy.examiner.rollout.state import State
from proxy.examiner.status import DirectionStatus, GateStatus, RouteStatus, SliceStatus, Weights
from routing.assessment import Assessment, Charter, evidence, rule
from routing.divergence import Direction
from routing.evidence import rates
from routing.gates import Evidence
from routing.limits import limit, reached_weight
from routing.rollout import Act, Plan, Progress, Reached, waits_for, weight
from routing.verdicts import Gate

_ON_FAILURE = {Act.ROLL_BACK: "rollback", Act.TAKE_BACK: "rollback", Act.PAUSE: "pause", Act.NONE: "warn"}


def told(status: RouteStatus, seen: Look, state: State, waits: str) -> RouteStatus:
    """A route's status with what is to be said of its rollout: a look at it, and the ``state`` that is in force.

    ``waits`` is why no raise is made though the rollout would, such as a webhook's no; empty where nothing of the kind.
    """
    progress = state.progress
    waits = waits or waits_for(seen.plan, progress, seen.findings)
    found = slices(seen, progress, waits)
    return replace(
        status,
        phase=progress.phase,
        weights=_route_weights(seen.plan, progress, max((one.weights.earned for one in found), default=0.0)),
        epoch=state.epoch,
        step=progress.step,
        steps=len(seen.plan.steps),
        waits=waits,
        slices=found,
    )


def slices(seen: Look, progress: Progress, waits: str) -> tuple[SliceStatus, ...]:
    """Every slice of which anything is known, in order of their names."""
    names = sorted({*seen.assessments, *progress.slices})
    return tuple(_slice(seen, progress, name, waits) for name in names)


def _route_weights(plan: Plan, progress: Progress, earned: float) -> Weights:
    """The route's: its default ceiling, its step, the most that any slice has earned, the most that any is served."""
    served = max((weight(plan, progress, name) for name in progress.slices), default=0.0)
    return Weights(plan.ceiling, progress.weight, earned, served)


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
    by = rule(charter.of(name)[behavior], charter)
    return GateStatus(
        behavior=behavior,
        verdict=gate.judgment.verdict.name.lower(),
        reason=gate.judgment.reason,
        needed=gate.judgment.needed,
        success_below=by.rate.success_below,
        failure_above=by.plain_failure,
        directions=tuple(
            _direction(known, way, by.pass_level) for way in Direction if (known := evidence(sheet, behavior, way))
        ),
        on_failure=_ON_FAILURE[gate.policy.on_failure],
        critical=gate.policy.on_failure is Act.ROLL_BACK,
        idle=_idle(gate),
        direction=gate.judgment.direction,
        excess_below=by.over_noise.success_below if by.over_noise else None,
        excess_above=by.over_noise.failure_above if by.over_noise else None,
    )


def _direction(known: Evidence, way: Direction, level: float) -> DirectionStatus:
    """Bounds at the level by which a gate passes: those that its own sentence names."""
    return DirectionStatus(
        direction=way,
        trials=known.trials.count,
        diverged=known.trials.diverged,
        lower=rates.lower(known.trials, level),
        upper=rates.upper(known.trials, level),
        noise_trials=known.pairs.count,
        excess=known.pairs.mean if known.pairs.count else None,
    )


def _idle(gate: Gate) -> str:
    policy = gate.policy
    if policy.waived:
        return f"waived by {policy.waived}"
    return "muted" if policy.muted else "dry run" if policy.dry_run else ""
