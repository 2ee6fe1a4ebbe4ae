"""From a route's settings to what ``routing`` judges by: its gates' charter, its rollout's plan, its identity.

Percentages become shares here, and nowhere else. It refuses to judge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

import msgspec

from proxy.config import moving
from proxy.config.moving import GateRule, Gates, Inherit, OverNoise, Waiver
from proxy.config.settings import Route
from routing.assessment import Charter, Terms
from routing.assignment import HASH_VERSION
from routing.behaviors.table import TABLE
from routing.divergence import COMPARATOR
from routing.evidence.levels import share
from routing.gates import Band
from routing.rollout import OPEN, Act, Plan, Step
from routing.verdicts import Policy

DEFAULT = "default"  # the key of what holds for all slices that are not named
_LEAST, _MOST = 1e-5, 1.0 - 1e-5  # shares: a limit of 0 or 100 % could never be certified
_ON_FAILURE = {"rollback": Act.TAKE_BACK, "pause": Act.PAUSE, "warn": Act.NONE}


def identity(route: Route) -> str:
    """12 hexadecimal digits that change with whatever makes old evidence say nothing of today's student."""
    about = (
        COMPARATOR,
        HASH_VERSION,
        (route.teacher.base_url, route.teacher.model),
        (route.student.base_url, route.student.model),
        route.behaviors,
        route.slices,
    )
    return hashlib.sha256(msgspec.json.encode(about)).hexdigest()[:12]


def charter(route: Route, position: int, today: date) -> Charter:
    """What the operator demands of the route in its ``position``-th epoch, with the waivers in force on that day."""
    gates = route.gates
    names = [row.behavior for row in TABLE] + [own.name for own in route.behaviors]
    rules = {name: _resolved(gates.behaviors.get(name), gates.defaults) for name in names}
    valid = [waiver for waiver in gates.waivers if today <= date.fromisoformat(waiver.expires)]
    everywhere = {waiver.behavior: waiver for waiver in valid if waiver.slice is None}
    twice = route.noise_floor.percentage > 0.0
    there = [waiver for waiver in valid if waiver.slice is not None]
    return Charter(
        terms={name: _terms(rule, everywhere.get(name), twice=twice) for name, rule in rules.items()},
        waived={(str(one.slice), one.behavior): _terms(rules[one.behavior], one, twice=twice) for one in there},
        alpha=share(1.0 - gates.confidence / 100, position),
        budget=min(_MOST, gates.risk_budget / 100),
        alone=route.audit.required_above,
    )


def plan(route: Route, ceilings: Mapping[str, float]) -> Plan:
    """What the operator wants of the rollout; ``ceilings`` are those ordered beside the file, the lower one holds."""
    rollout = route.rollout
    named = {*rollout.ceiling, *ceilings} - {DEFAULT}
    return Plan(
        steps=tuple(_step(step) for step in rollout.steps),
        ceiling=_ceiling(DEFAULT, rollout.ceiling, ceilings),
        ceilings={name: _ceiling(name, rollout.ceiling, ceilings) for name in named},
        suspend=rollout.suspend,
        dry_run=rollout.dry_run,
        interval=rollout.interval,
    )


def resolved(gates: Gates, behavior: str) -> GateRule:
    """A behavior's rule, with what it leaves out taken from the defaults."""
    return _resolved(gates.behaviors.get(behavior), gates.defaults)


def _ceiling(name: str, *layers: Mapping[str, float]) -> float:
    return min(layer.get(name, layer.get(DEFAULT, 100.0)) for layer in layers)


def _step(step: moving.Step) -> Step:
    if step.pause is not None:
        return Step(pause=OPEN if step.pause.duration is None else step.pause.duration)
    return Step(weight=step.set_weight, mirror=step.set_mirror, analysis=step.analysis is not None)


def _resolved(own: GateRule | None, defaults: GateRule) -> GateRule:
    """``critical``, ``muted`` and ``dryRun`` of the defaults hold for every behavior."""
    if own is None:
        return defaults
    return GateRule(
        success_below=defaults.success_below if own.success_below is None else own.success_below,
        failure_above=defaults.failure_above if own.failure_above is None else own.failure_above,
        over_noise=own.over_noise or defaults.over_noise,
        on_failure=own.on_failure or defaults.on_failure,
        on_insufficient=own.on_insufficient or defaults.on_insufficient,
        critical=own.critical or defaults.critical,
        muted=own.muted or defaults.muted,
        dry_run=own.dry_run or defaults.dry_run,
    )


def _terms(rule: GateRule, waiver: Waiver | None, *, twice: bool) -> Terms:
    """``twice``: whether the teacher is ever asked twice. If not, its own divergence excuses nobody's."""
    insufficient = rule.on_insufficient
    policy = Policy(
        on_failure=Act.ROLL_BACK if rule.critical else _ON_FAILURE[rule.on_failure or "rollback"],
        inherit=insufficient.inherit if isinstance(insufficient, Inherit) else "",
        teacher=insufficient == "teacher",
        muted=rule.muted,
        dry_run=rule.dry_run,
        waived=f"{waiver.owner} until {waiver.expires}: {waiver.reason}" if waiver else "",
    )
    noise = rule.over_noise if twice else None
    return Terms(_band(rule), None if noise is None else _band(noise), policy)


def _band(limits: GateRule | OverNoise) -> Band:
    """Where only failureAbove was lowered, successBelow of the defaults comes down with it."""
    failure = _share(limits.failure_above)
    return Band(min(_share(limits.success_below), failure), failure)


def _share(percent: float | None) -> float:
    return min(_MOST, max(_LEAST, (percent or 0.0) / 100))
