"""What limits a slice's weight, in words: the one of all bounds that a person would have to move first."""

from __future__ import annotations

from routing.assessment import Assessment
from routing.gates import Verdict
from routing.rollout import Phase, Plan, Progress, Reached, weight

_FULL = 100.0


def limit(plan: Plan, progress: Progress, name: str, assessment: Assessment | None, waits: str) -> str:
    """Why a slice is not served more from the student; empty where it is served all.

    ``waits`` is why the rollout makes no next step.
    """
    reached = progress.slices.get(name, Reached())
    if weight(plan, progress, name) >= _FULL:
        return ""
    stopped = _stopped(plan, progress, reached, waits)
    if stopped:
        return stopped
    if assessment is None:
        return "nothing has been compared in this slice yet"
    if assessment.finding.verdict is not Verdict.PASS and reached.weight < progress.weight:
        return f"its gates: {assessment.finding.reason}"
    return _least(plan, progress, name, assessment, waits)


def _stopped(plan: Plan, progress: Progress, reached: Reached, waits: str) -> str:
    """Why it is served nothing at all, whatever its evidence."""
    if progress.phase is Phase.ROLLED_BACK:
        return f"rolled back: {progress.reason}"
    if plan.suspend or plan.dry_run:
        return "rollout.suspend is set" if plan.suspend else "rollout.dryRun is set"
    if reached.taken_back:
        return f"taken back: {reached.taken_back}"
    if not plan.steps:
        return "the rollout has no steps"
    return f"no step has been made yet: {waits or 'the next tick makes one'}" if progress.phase is Phase.SHADOW else ""


def _least(plan: Plan, progress: Progress, name: str, assessment: Assessment, waits: str) -> str:
    """The lowest of the bounds that moved it, or the next tick."""
    ceiling = plan.ceilings.get(name, plan.ceiling)
    least, words = min(
        (ceiling, f"the operator's ceiling of {ceiling:g} %"),
        (assessment.finding.earned, assessment.limit or "what its evidence has earned"),
        (min(progress.weight, reached_weight(progress, name)), _step_words(progress, waits)),
        key=lambda bound: bound[0],
    )
    if weight(plan, progress, name) < least:
        if assessment.finding.verdict is not Verdict.PASS:
            return f"its gates: {assessment.finding.reason}"
        return "the next tick raises it"
    return words


def reached_weight(progress: Progress, name: str) -> float:
    """The steps' weight that a slice has reached, percent."""
    return progress.slices.get(name, Reached()).weight


def _step_words(progress: Progress, waits: str) -> str:
    made = f"step {progress.step} of {len(progress.steps)}"
    return f"{made}, {waits}" if waits else made
