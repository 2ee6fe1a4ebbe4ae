"""Why no pair was found: most often because a name was written otherwise than the store knows it."""

from __future__ import annotations

from collections.abc import Collection

from proxy.cli.wanted import Wanted
from proxy.config.problems import nearest
from routing.behaviors.label import Behavior


def no_match(wanted: Wanted, routes: Collection[str]) -> str:
    """A sentence for standard error. ``routes`` are those that the source knows."""
    if wanted.route is not None and wanted.route not in routes:
        return f"no pair matches: there is no route {wanted.route!r} here; {_known(wanted.route, routes)}"
    if wanted.behavior is not None and wanted.behavior not in set(Behavior):
        return (
            f"no pair matches: {wanted.behavior!r} is no built-in behavior; {_known(wanted.behavior, list(Behavior))}"
        )
    return "no pair matches; of agreeing pairs, a sample is kept (privacy.agreeing_sample)"


def _known(word: str, known: Collection[str]) -> str:
    return nearest(word, tuple(str(one) for one in known)) if known else "there is none yet"
