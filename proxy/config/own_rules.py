"""What behaviors of the operator's own must satisfy beyond their single keys; ``rules`` asks these with its own.

Their names label metrics, so they are few and collide with nothing; a schema must compile; and a judge is none of the
two models it judges, unless the operator says that this is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import cast
from urllib.parse import urlsplit

from proxy.config.own import Judge, OwnBehavior
from proxy.config.problems import Finding, Path, quoted
from proxy.config.settings import Config, Route, Upstream
from proxy.wire.schemas import usable
from routing.behaviors.label import Behavior
from routing.traits import Json

BUILT_IN = tuple(b.value for b in Behavior)
MOST = 16
"""How many behaviors of its own a route may have."""

_PORTS = {"http": 80, "https": 443}


def _few(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        if len(route.behaviors) > MOST:
            why = f"are {len(route.behaviors)}, more than the limit of {MOST}"
            yield Finding(("routes", route.name, "behaviors"), "", why, "keep those that a gate or a person looks at")


def _named_apart(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        counts = Counter(own.name for own in route.behaviors)
        for where, own in _own(route):
            if own.name in BUILT_IN or (own.name and counts[own.name] > 1):
                yield Finding((*where, "name"), quoted(own.name), "names another behavior too", "choose another name")


def _found_in_one_way(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        for where, own in _own(route):
            ways = [key for key in _WAYS if getattr(own, key) is not None]
            if len(ways) != 1:
                why = f"has {' and '.join(ways)}" if ways else "says not how it is found"
                yield Finding(where, "", why, f"give it exactly one of {', '.join(_WAYS)}")


_WAYS = ("pattern", "schema", "judge")


def _schemas_compile(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        for where, own in _own(route):
            if own.schema is not None and not usable(cast("Json", own.schema)):
                remedy = "mend it; it must be valid JSON Schema, refer to nothing outside itself, and be below 256 KiB"
                yield Finding((*where, "schema"), "", "is no JSON Schema that can be used", remedy)


def _judges_are_no_contestants(config: Config, _: Container[Path]) -> Iterator[Finding]:
    for route in config.routes.values():
        for where, own in _own(route):
            if own.judge is None or own.judge.allow_contestant:
                continue
            for arm, contestant in (("teacher", route.teacher), ("student", route.student)):
                if _same(own.judge, contestant, route):
                    remedy = "name a third model, or set allow_contestant: true if it may judge itself"
                    why = f"is the {arm}, which would judge itself"
                    yield Finding((*where, "judge", "model"), quoted(own.judge.model), why, remedy)


def _own(route: Route) -> Iterator[tuple[Path, OwnBehavior]]:
    for position, own in enumerate(route.behaviors):
        yield ("routes", route.name, "behaviors", f"[{position}]"), own


def _same(judge: Judge, contestant: Upstream, route: Route) -> bool:
    """Whether the judge can be the contestant: one server, and a model that the contestant is, or may be, asked for."""
    if _server(judge.base_url) != _server(contestant.base_url):
        return False
    if contestant.model is not None:
        return contestant.model == judge.model
    return judge.model in (*route.models, route.name) or "*" in route.models  # it is sent what the client names


def _server(url: str) -> tuple[str, str, int | None, str]:
    """A base URL without the differences that make none: the host's case, and a port that goes without saying."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme), parts.path.rstrip("/")
    except ValueError:  # no URL; its own kind has said so
        return "", url, None, ""


OWN_RULES = (_few, _named_apart, _found_in_one_way, _schemas_compile, _judges_are_no_contestants)
"""All of them."""
