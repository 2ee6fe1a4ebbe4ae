"""The settings that are parsed and checked but have no effect in this version, in one place.

Setting one is no error, so that a file can be written once for what is to come; but whoever sets one is told. A section
leaves this table in the change that gives it its effect.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from proxy.config.problems import Finding, Path

INERT: tuple[tuple[Path, str], ...] = (
    (("tracing",), "no spans are exported yet"),
)
"""Each section, ``*`` standing for any route, and why it does nothing."""


def notices(given: Collection[Path]) -> Iterator[Finding]:
    """A finding for each such section among the paths that a file sets."""
    for path in given:
        for pattern, why in INERT:
            if _matches(path, pattern):
                yield Finding(path, "", "has no effect in this version", why)


def _matches(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(want in ("*", key) for key, want in zip(path, pattern, strict=True))
