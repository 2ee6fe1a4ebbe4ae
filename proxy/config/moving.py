"""How a route's traffic moves, and the gates that hold it back, in the words of Argo Rollouts and Flagger.

Its counterpart is ``settings``, which has all the other settings; what follows from these is for ``routing`` to decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from proxy.config.hints import BehaviorName, Date, Duration, Free, Percent, PerSlice, SliceName, Text, Timeout
from proxy.config.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait in a rollout.

    Attributes:
        duration: How long; without one, until an operator promotes.
    """

    duration: Duration | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rollout; exactly one of its keys is set.

    Attributes:
        set_weight: Serve this share from the student.
        set_mirror: Mirror this share, in place of mirror.percentage.
        pause: Wait.
        analysis: Wait for the gates' verdicts.
    """

    set_weight: Percent | None = None
    set_mirror: Percent | None = None
    pause: Pause | None = None
    analysis: Free | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """How traffic moves.

    Attributes:
        ceiling: The operator's limit on the student's share, for all slices or by slice with a default.
        suspend: Serve nothing from the student, whatever was earned.
        dry_run: Decide and report, but serve from the teacher.
        interval: The least time between two raises, and before a webhook that said no is asked again.
        steps: What to do, one after the other.
        webhooks: Servers of the operator's that are asked before a raise, or told what happened.
    """

    ceiling: PerSlice = field(default_factory=lambda: {"default": 100.0})
    suspend: bool = False
    dry_run: bool = False
    interval: Timeout = 30.0
    steps: tuple[Step, ...] = ()
    webhooks: tuple[Webhook, ...] = ()


@dataclass(frozen=True, slots=True)
class OverNoise:
    """Thresholds on divergence in excess of the teacher's own, in percentage points.

    Attributes:
        success_below: An excess certified to lie below this passes.
        failure_above: An excess certified to lie above this fails.
    """

    success_below: Percent = 1.0
    failure_above: Percent = 3.0


@dataclass(frozen=True, slots=True)
class Inherit:
    """What a gate without enough evidence looks at instead.

    Attributes:
        inherit: The behavior whose verdict is taken.
    """

    inherit: BehaviorName


@dataclass(frozen=True, slots=True)
class GateRule:
    """A gate's thresholds and what follows. A behavior's own rule inherits what it leaves out from defaults.

    Attributes:
        success_below: A rate of divergence certified to lie below this passes.
        failure_above: A rate of divergence certified to lie above this fails.
        over_noise: The same two on the divergence in excess of the teacher's own.
        on_failure: What a failed gate does.
        on_insufficient: What a gate without enough evidence does.
        critical: One failure rolls the whole route back.
        muted: Judged and shown, but neither alerts nor acts.
        dry_run: Judged and alerted on, but does not act.
    """

    success_below: Percent | None = None
    failure_above: Percent | None = None
    over_noise: OverNoise | None = None
    on_failure: Literal["rollback", "pause", "warn"] | None = None
    on_insufficient: Literal["hold", "teacher"] | Inherit | None = None
    critical: bool = False
    muted: bool = False
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Waiver:
    """A documented trade: counted as absent once expired.

    Attributes:
        behavior: The behavior that may diverge.
        reason: Why that is acceptable.
        owner: Who answers for it.
        expires: The last day it holds.
        slice: The slice it is limited to; all slices unless given.
    """

    behavior: BehaviorName
    reason: Text
    owner: Text
    expires: Date
    slice: SliceName | None = None


@dataclass(frozen=True, slots=True)
class Gates:
    """What holds a rollout back.

    Attributes:
        confidence: How sure a verdict must be.
        risk_budget: The share of a slice's traffic that may be served a divergent reply.
        defaults: The rule of every behavior.
        behaviors: Rules of single behaviors.
        waivers: Divergences accepted for a time.
        settle_after: How long a conversation must be idle before its silence counts; until then it may yet diverge.
    """

    confidence: Percent = 95.0
    risk_budget: Percent = 0.5
    defaults: GateRule = GateRule(3.0, 6.0, OverNoise(), "rollback", "hold")
    behaviors: Mapping[BehaviorName, GateRule] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    settle_after: Timeout = 600.0
