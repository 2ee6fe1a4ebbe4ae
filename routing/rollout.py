"""A rollout: how a route's slices climb its steps, one at a time, and how they come down at once.

``Plan`` is what the operator wants, ``Progress`` what has been reached, ``Finding`` what the gates say of one slice.
``tick`` is the only thing that raises a weight: at most one step in an interval, however often and by however many it
is called, and each slice climbs at most to the step's weight, while its gates pass. ``weight`` is what a slice is
served at any moment: never more than the operator's ceiling and what its evidence has earned, and nothing where it was
taken back. Lowering waits for nothing; an operator who lifts a ceiling lets the next ticks climb, and raises nothing.

``tick`` is ``lowered``, then ``raised``: a caller that has to ask somebody before it raises takes the first at once.

Every assignment of a phase is in ``_NEXT``; nothing else makes one. Times are seconds of the wall clock, and a clock
that steps back ends no pause early: a pause counts from the latest moment ever seen. It knows no file, no database and
no metric; the controller of the examiner reads evidence, asks here, stores, and publishes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from routing.gates import Verdict

OPEN = float("inf")  # a pause until an operator promotes


class Phase(StrEnum):
    """Where a rollout stands."""

    SHADOW = "shadow"
    CANARY = "canary"
    PAUSED = "paused"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled_back"


class Event(StrEnum):
    """What moves a rollout from one phase to another."""

    BEGIN = "begin"  # the first step
    FINISH = "finish"  # after the last step
    REOPEN = "reopen"  # steps were added behind the last one
    PAUSE = "pause"
    RESUME = "resume"
    ROLL_BACK = "roll_back"  # an operator's abort, or a critical gate
    RETRY = "retry"  # a new epoch


_NEXT: Mapping[tuple[Phase, Event], Phase] = MappingProxyType(
    {
        (Phase.SHADOW, Event.BEGIN): Phase.CANARY,
        (Phase.CANARY, Event.FINISH): Phase.PROMOTED,
        (Phase.PROMOTED, Event.REOPEN): Phase.CANARY,
        (Phase.CANARY, Event.PAUSE): Phase.PAUSED,
        (Phase.PROMOTED, Event.PAUSE): Phase.PAUSED,
        (Phase.PAUSED, Event.RESUME): Phase.CANARY,
        (Phase.SHADOW, Event.ROLL_BACK): Phase.ROLLED_BACK,
        (Phase.CANARY, Event.ROLL_BACK): Phase.ROLLED_BACK,
        (Phase.PAUSED, Event.ROLL_BACK): Phase.ROLLED_BACK,
        (Phase.PROMOTED, Event.ROLL_BACK): Phase.ROLLED_BACK,
        (Phase.ROLLED_BACK, Event.RETRY): Phase.SHADOW,
        (Phase.CANARY, Event.RETRY): Phase.SHADOW,
        (Phase.PAUSED, Event.RETRY): Phase.SHADOW,
        (Phase.PROMOTED, Event.RETRY): Phase.SHADOW,
        (Phase.SHADOW, Event.RETRY): Phase.SHADOW,
    }
)


class RolloutError(ValueError):
    """A verb that makes no sense in a rollout's phase."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step; exactly one of them is meant. Weights and shares in percent, a pause in seconds or ``OPEN``."""

    weight: float | None = None
    mirror: float | None = None
    pause: float | None = None
    analysis: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What the operator wants.

    Attributes:
        steps: To be made one after the other.
        ceiling: The most that any slice may get, percent.
        ceilings: The same for single slices, instead.
        suspend: Serve nothing from the student, and keep what was reached.
        dry_run: Decide everything, and serve nothing from the student.
        interval: The least time between two raises, seconds.
    """

    steps: tuple[Step, ...] = ()
    ceiling: float = 100.0
    ceilings: Mapping[str, float] = field(default_factory=dict)
    suspend: bool = False
    dry_run: bool = False
    interval: float = 30.0


class Act(StrEnum):
    """What the gates of a slice ask for, the strongest of them."""

    NONE = "none"
    PAUSE = "pause"  # the route waits for an operator
    TAKE_BACK = "take_back"  # this slice
    ROLL_BACK = "roll_back"  # the whole route


@dataclass(frozen=True, slots=True)
class Finding:
    """What the gates say of one slice now.

    Attributes:
        verdict: The worst of its gates that act.
        act: What a failed one asks for.
        earned: The most that its evidence allows, percent.
        reason: The sentence of the gate that decided.
    """

    verdict: Verdict
    act: Act
    earned: float
    reason: str


@dataclass(frozen=True, slots=True)
class Reached:
    """What one slice has reached: the steps' weight, why it was taken back, if it was, and what it is served.

    Weights are in percent.
    """

    weight: float = 0.0
    taken_back: str = ""
    served: float = 0.0


@dataclass(frozen=True, slots=True)
class Progress:
    """What has been reached. This, and nothing else, is what a restart needs.

    Attributes:
        phase: Where it stands.
        step: How many steps are behind it.
        weight: The weight of the latest step that set one, percent.
        mirror: The share of the latest step that set one, percent; None: the configuration's.
        since: When the step that waits began to.
        seen: The latest moment ever seen.
        raised: When a tick last made a step, or let a slice climb.
        promoted: Whether an operator let the step that waits pass.
        slices: What each slice has reached.
        reason: Why it is paused or rolled back.
        steps: The steps it was counted in.
    """

    phase: Phase = Phase.SHADOW
    step: int = 0
    weight: float = 0.0
    mirror: float | None = None
    since: float = 0.0
    seen: float = 0.0
    raised: float = -OPEN
    promoted: bool = False
    slices: Mapping[str, Reached] = field(default_factory=dict)
    reason: str = ""
    steps: tuple[Step, ...] = ()


def weight(plan: Plan, progress: Progress, name: str, earned: float = 100.0) -> float:
    """What a slice is served from the student now, percent; an ``earned`` newer than the last tick counts at once."""
    reached = progress.slices.get(name, Reached())
    return min(reached.served, _allowed(plan, progress, name, earned))


def tick(plan: Plan, progress: Progress, findings: Mapping[str, Finding], now: float) -> Progress:
    """What is reached after a look at all slices: whatever has to come down, and at most one step up."""
    return raised(plan, lowered(plan, progress, findings, now), findings)


def lowered(plan: Plan, progress: Progress, findings: Mapping[str, Finding], now: float) -> Progress:
    """The half of a tick that waits for nobody: what gates, ceilings and evidence take back."""
    after = _taken_back(_fitted(plan, replace(progress, seen=max(progress.seen, now))), findings)
    slices = {name: _capped(plan, after, name, findings.get(name)) for name in after.slices}
    return replace(after, slices=slices)


def raised(plan: Plan, progress: Progress, findings: Mapping[str, Finding]) -> Progress:
    """The other half, after ``lowered``: at most one step up, once in an interval."""
    if progress.phase in (Phase.PAUSED, Phase.ROLLED_BACK) or plan.suspend:
        return progress
    if progress.seen - progress.raised < plan.interval:
        return progress
    higher = _served(plan, _climbed(_stepped(progress, findings), findings), findings)
    return progress if higher == progress else replace(higher, raised=higher.seen)


def waits_for(plan: Plan, progress: Progress, findings: Mapping[str, Finding]) -> str:
    """Why the next tick will not make the next step; empty where it will, or where there is none."""
    progress = _fitted(plan, progress)
    if plan.suspend:
        return "rollout.suspend is set"
    if progress.phase in (Phase.PAUSED, Phase.ROLLED_BACK):
        return progress.reason or progress.phase
    return _obstacle(progress, findings)


def promoted(progress: Progress, *, full: bool = False) -> Progress:
    """An operator lets the step that waits pass; ``full``: all of them. Slices still climb only while their gates pass.

    Raises:
        RolloutError: where it is paused, rolled back or through.
    """
    if progress.phase not in (Phase.SHADOW, Phase.CANARY) or progress.step >= len(progress.steps):
        raise RolloutError(f"nothing to promote: the rollout is {progress.phase}, {_position(progress)}")
    if not full:
        return replace(progress, promoted=True)
    last = max((step.weight for step in progress.steps if step.weight is not None), default=0.0)
    begun = _moved(progress, Event.BEGIN) if progress.phase is Phase.SHADOW else progress
    return replace(_moved(begun, Event.FINISH), step=len(progress.steps), weight=last)


def released(progress: Progress, findings: Mapping[str, Finding]) -> Progress:
    """Slices that were taken back, and that no gate holds against now, may climb again from nothing.

    Raises:
        RolloutError: where there are none.
    """
    free = {
        name
        for name, reached in progress.slices.items()
        if reached.taken_back and name in findings and findings[name].act is Act.NONE
    }
    if not free:
        raise RolloutError("nothing to resume: it is not paused, and of no slice taken back do all gates stand")
    kept = {name: reached for name, reached in progress.slices.items() if name not in free}
    return replace(progress, slices=kept)


def paused(progress: Progress, reason: str) -> Progress:
    """Nothing is raised until ``resumed``; gates may still take back. Raises ``RolloutError`` before the first step."""
    return replace(_moved(progress, Event.PAUSE), reason=reason)


def resumed(progress: Progress) -> Progress:
    """On from where it was paused; a pause that was running begins anew. Raises ``RolloutError`` unless paused."""
    return replace(_moved(progress, Event.RESUME), reason="", since=progress.seen)


def rolled_back(progress: Progress, reason: str) -> Progress:
    """The teacher serves everything, at once. Raises ``RolloutError`` where that is so already."""
    return replace(_moved(progress, Event.ROLL_BACK), reason=reason, weight=0.0, slices={})


def retried(progress: Progress) -> Progress:
    """From the beginning, on new evidence only: the caller starts an epoch."""
    return Progress(_moved(progress, Event.RETRY).phase, since=progress.seen, seen=progress.seen, steps=progress.steps)


def _moved(progress: Progress, event: Event) -> Progress:
    phase = _NEXT.get((progress.phase, event))
    if phase is None:
        raise RolloutError(f"cannot {event.replace('_', ' ')}: the rollout is {progress.phase}")
    return replace(progress, phase=phase)


def _position(progress: Progress) -> str:
    return f"{progress.step} of {len(progress.steps)} steps made"


def _fitted(plan: Plan, progress: Progress) -> Progress:
    """After an edit of the steps the weight stays, and the next step is the first that does not fall below it."""
    if plan.steps == progress.steps:
        return progress
    at = len(plan.steps)
    if progress.phase is Phase.SHADOW and progress.weight == 0.0:
        at = 0
    else:
        for position, step in enumerate(plan.steps):
            if step.weight is not None and step.weight >= progress.weight:
                at = position + (step.weight == progress.weight)
                break
    fitted = replace(progress, steps=plan.steps, step=at, since=progress.seen, promoted=False)
    return _moved(fitted, Event.REOPEN) if fitted.phase is Phase.PROMOTED and at < len(plan.steps) else fitted


def _taken_back(progress: Progress, findings: Mapping[str, Finding]) -> Progress:
    """What failed gates take back. Before the first step there is nothing to take: a failed gate only stops it."""
    if progress.phase in (Phase.ROLLED_BACK, Phase.SHADOW):
        return progress
    asked = {act: [(n, f) for n, f in findings.items() if f.act is act] for act in Act}
    for name, finding in asked[Act.ROLL_BACK]:
        return rolled_back(progress, f"{name}: {finding.reason}")
    slices = dict(progress.slices)
    for name, finding in asked[Act.TAKE_BACK]:
        reached = slices.get(name, Reached())
        if reached.weight > 0.0 and not reached.taken_back:
            slices[name] = Reached(0.0, finding.reason)
    after = replace(progress, slices=slices)
    for name, finding in asked[Act.PAUSE]:
        if (after.phase, Event.PAUSE) in _NEXT:
            return paused(after, f"{name}: {finding.reason}")
    return after


def _allowed(plan: Plan, progress: Progress, name: str, earned: float) -> float:
    """The most that a slice may be served now."""
    reached = progress.slices.get(name, Reached())
    if plan.suspend or plan.dry_run or reached.taken_back or progress.phase in (Phase.SHADOW, Phase.ROLLED_BACK):
        return 0.0
    return max(0.0, min(reached.weight, progress.weight, plan.ceilings.get(name, plan.ceiling), earned))


def _capped(plan: Plan, progress: Progress, name: str, finding: Finding | None) -> Reached:
    reached = progress.slices[name]
    most = _allowed(plan, progress, name, finding.earned if finding else OPEN)
    return reached if reached.served <= most else replace(reached, served=most)


def _served(plan: Plan, progress: Progress, findings: Mapping[str, Finding]) -> Progress:
    """Slices that pass are served more: what is allowed, but no more than to the next step above."""
    slices = dict(progress.slices)
    for name, reached in progress.slices.items():
        finding = findings.get(name)
        if finding is not None and finding.verdict is Verdict.PASS:
            most = min(_allowed(plan, progress, name, finding.earned), _next_weight(progress, reached.served))
            slices[name] = replace(reached, served=max(reached.served, most))
    return replace(progress, slices=slices)


def _stepped(progress: Progress, findings: Mapping[str, Finding]) -> Progress:
    """One step, if nothing stands against it."""
    waits = progress.step >= len(progress.steps) or _obstacle(progress, findings)
    after = progress if waits else _made(progress, progress.steps[progress.step])
    through = after.step >= len(after.steps) and after.phase is Phase.CANARY
    return _moved(after, Event.FINISH) if through else after


def _made(progress: Progress, step: Step) -> Progress:
    after = replace(progress, step=progress.step + 1, since=progress.seen, promoted=False)
    if step.mirror is not None:
        after = replace(after, mirror=step.mirror)
    if step.weight is None:
        return after
    begun = _moved(after, Event.BEGIN) if after.phase is Phase.SHADOW else after
    return replace(begun, weight=step.weight)


def _obstacle(progress: Progress, findings: Mapping[str, Finding]) -> str:
    """What the next step waits for; empty where nothing does, or where there is no step."""
    if progress.step >= len(progress.steps) or progress.promoted:
        return ""
    for name, one in findings.items():
        if one.act is Act.ROLL_BACK:
            return f"{name}: {one.reason}"
    step = progress.steps[progress.step]
    if step.pause is not None:
        return _remaining(step.pause - (progress.seen - progress.since))
    open_ = [one for name, one in findings.items() if not _given_up(progress, name, one)]
    if step.analysis and not (open_ and all(one.verdict is Verdict.PASS for one in open_)):
        return "an analysis: not all slices pass their gates"
    raises = step.weight is not None and step.weight > progress.weight
    if raises and not any(one.verdict is Verdict.PASS for one in open_):
        return "no slice passes all its gates"
    return ""


def _given_up(progress: Progress, name: str, finding: Finding) -> bool:
    """Whether nothing waits for a slice any more."""
    return finding.act is Act.TAKE_BACK or bool(progress.slices.get(name, Reached()).taken_back)


def _remaining(seconds: float) -> str:
    if seconds == OPEN:
        return "a pause until an operator promotes"
    return f"a pause of {seconds:.0f} s more" if seconds > 0.0 else ""


def _climbed(progress: Progress, findings: Mapping[str, Finding]) -> Progress:
    """Slices that pass make one step towards the route's weight; the others stay where they are."""
    slices = dict(progress.slices)
    for name, finding in findings.items():
        reached = slices.get(name, Reached())
        if finding.verdict is Verdict.PASS and not reached.taken_back and reached.weight < progress.weight:
            slices[name] = replace(reached, weight=min(_next_weight(progress, reached.weight), progress.weight))
    return replace(progress, slices=slices)


def _next_weight(progress: Progress, reached: float) -> float:
    """The first step's weight above what was reached; where there is none, the route's."""
    ahead = [step.weight for step in progress.steps if step.weight is not None and step.weight > reached]
    return min(ahead, default=progress.weight)
