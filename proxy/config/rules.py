"""What a configuration must satisfy as a whole: the rules that no single key can tell.

A rule takes the configuration and yields what it finds; it raises nothing and changes nothing, and it is asked even
where single keys were wrong, so that all problems are reported together. Its counterpart is ``reading``.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from itertools import chain

from proxy.config.kinds import loopback
from proxy.config.moving import GateRule, Gates, Inherit, OverNoise
from proxy.config.own_rules import BUILT_IN, OWN_RULES
from proxy.config.problems import Finding, Path, nearest, quoted
from proxy.config.settings import Config
from proxy.config.slice_rules import findings as slice_findings
from proxy.config.webhook import findings as webhook_findings

Rule = Callable[[Config, Container[Path]], Iterator[Finding]]
"""Takes the configuration and the paths that the file sets."""

_LEAST_CONFIDENCE = 50
_CERTAIN = 100


def broken(config: Config, given: Container[Path]) -> Iterator[Finding]:
    """Everything the rules find."""
    return chain.from_iterable(rule(config, given) for rule in RULES)


def _some_route(config: Config, _: Container[Path]) -> Iterator[Finding]:
    if not config.routes:
        yield Finding(("routes",), "", "names no route", "add one; docs/configuration.md has a minimal file")


def _admin_guarded(config: Config, _: Container[Path]) -> Iterator[Finding]:
    if not loopback(config.admin.host) and config.admin.token_env is None:
        remedy = "set admin.token_env to the environment variable that holds a token, or listen on 127.0.0.1"
        why = "opens the API to other hosts without a token"
        yield Finding(("admin", "host"), quoted(config.admin.host), why, remedy)


def _models_claimed_once(config: Config, _: Container[Path]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for route in config.routes.values():
        for position, model in enumerate(route.models):
            where = ("routes", route.name, "models", f"[{position}]")
            if model in owners:
                remedy = "let one route take it" if model != "*" else 'let one route have the "*"'
                yield Finding(where, quoted(model), f"is claimed by the route {owners[model]} already", remedy)
            owners.setdefault(model, route.name)


def _models_named(config: Config, given: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        here = ("routes", route.name)
        if not route.models and (*here, "models") in given:
            yield Finding((*here, "models"), "", "names no model", 'write the names that clients ask for, or "*"')
        if route.student.model is None and (*here, "student") in given:
            remedy = "name the model that the student's server has loaded"
            yield Finding((*here, "student", "model"), "", "is missing", remedy)


def _sticky(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        if not route.sticky.by:
            remedy = "name at least one source, such as conversation"
            yield Finding(("routes", route.name, "sticky", "by"), "", "is empty", remedy)


def _steps(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        for position, step in enumerate(route.rollout.steps):
            count = sum(v is not None for v in (step.set_weight, step.set_mirror, step.pause, step.analysis))
            if count != 1:
                where = ("routes", route.name, "rollout", "steps", f"[{position}]")
                yield Finding(where, "", f"has {count} keys", _ONE_KEY)


_ONE_KEY = "give each step exactly one of setWeight, setMirror, pause ({} waits for an operator) and analysis"


def _confidences(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        for section, value in (("gates", route.gates.confidence), ("fallback", route.fallback.confidence)):
            if not _LEAST_CONFIDENCE <= value < _CERTAIN:
                where = ("routes", route.name, section, "confidence")
                why = "is no confidence to act on: below 50 is a guess, and 100 is never reached"
                yield Finding(where, f"{value:g}", why, "write a number from 50 to 99.999, such as 95")


def _thresholds(config: Config, given: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        here = ("routes", route.name, "gates")
        for path, rule in _gate_rules(here, route.gates):
            yield from _ordered(path, rule)
            if rule.over_noise is not None:
                yield from _ordered((*path, "overNoise"), rule.over_noise)
                yield from _complete((*path, "overNoise"), given)


def _gate_rules(here: Path, gates: Gates) -> Iterator[tuple[Path, GateRule]]:
    yield (*here, "defaults"), gates.defaults
    for name, rule in gates.behaviors.items():
        yield (*here, "behaviors", name), rule


def _ordered(path: Path, rule: GateRule | OverNoise) -> Iterator[Finding]:
    success, failure = rule.success_below, rule.failure_above
    if success is not None and failure is not None and success > failure:
        remedy = f"keep it at or below failureAbove, which is {failure:g}"
        yield Finding((*path, "successBelow"), f"{success:g}", "would pass what failureAbove fails", remedy)


def _complete(path: Path, given: Container[Path]) -> Iterator[Finding]:
    """A behavior's own overNoise is taken whole, so half of one would hide where the other half comes from."""
    keys = [key for key in ("successBelow", "failureAbove") if (*path, key) in given]
    if path[-2] != "defaults" and path in given and len(keys) == 1:
        yield Finding(path, "", f"has only {keys[0]}", "give both successBelow and failureAbove")


def _slices(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        yield from slice_findings(("routes", route.name, "slices"), route.slices)


def _webhooks(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        yield from webhook_findings(("routes", route.name, "rollout", "webhooks"), route.rollout.webhooks)


def _behaviors_known(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        known = (*BUILT_IN, *(own.name for own in route.behaviors if own.name))
        for path, name in _behaviors_named(("routes", route.name, "gates"), route.gates):
            if name and name not in known:
                yield Finding(path, quoted(name), "is not a known behavior", nearest(name, known))


def _behaviors_named(here: Path, gates: Gates) -> Iterator[tuple[Path, str]]:
    for name in gates.behaviors:
        yield (*here, "behaviors", name), name
    for position, waiver in enumerate(gates.waivers):
        yield (*here, "waivers", f"[{position}]", "behavior"), waiver.behavior
    for path, rule in _gate_rules(here, gates):
        if isinstance(rule.on_insufficient, Inherit):
            yield (*path, "onInsufficient", "inherit"), rule.on_insufficient.inherit


RULES: tuple[Rule, ...] = (
    _some_route,
    _admin_guarded,
    _models_claimed_once,
    _models_named,
    _sticky,
    _steps,
    _confidences,
    _thresholds,
    *OWN_RULES,
    _behaviors_known,
    _slices,
    _webhooks,
)
"""All of them."""
