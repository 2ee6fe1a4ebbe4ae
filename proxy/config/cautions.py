"""What the author of a valid file is told: settings that do more, or less, than they may seem to.

None of it is an error, and nothing is said of a default. Its counterpart for what cannot be is ``rules``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from proxy.config.problems import Finding, Path
from proxy.config.settings import Config

_ENDPOINT: Path = ("tracing", "otlp_endpoint")
_CONTENT: Path = ("tracing", "content")
_OF_LOGS_TOO: Path = ("tracing", "slow")


def cautions(config: Config, given: Collection[Path]) -> Iterator[Finding]:
    """A finding for each such setting among the paths that a file sets."""
    yield from _traced_nowhere(config, given)
    if config.tracing.content and _CONTENT in given:
        why = "shows prompts and replies to whoever reads the traces"
        yield Finding(_CONTENT, "true", why, "keep it only where that is meant; privacy.store: redacted masks them")


def _traced_nowhere(config: Config, given: Collection[Path]) -> Iterator[Finding]:
    if config.tracing.otlp_endpoint is not None:
        return
    for path in given:
        if len(path) == len(_ENDPOINT) and path[0] == "tracing" and path not in {_ENDPOINT, _OF_LOGS_TOO}:
            yield Finding(path, "", "has no effect without tracing.otlp_endpoint", "name a collector, or leave it out")
