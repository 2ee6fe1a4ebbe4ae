"""The queries that panels are made of: shorthand for the few shapes that all of them have.

A counter is summed over instances. A gauge that comes from the store is the same on every replica, so its ``max`` is
taken: two replicas must not show twice the weight. Queries rest on metrics alone and not on recording rules, so that a
dashboard imported by hand shows everything.
"""

from __future__ import annotations

WINDOW = "$__rate_interval"
RANGE = "$__range"


def metric(name: str, **labels: str) -> str:
    """A selector within the chosen routes. A label's value beginning with ``~`` or ``!`` is an operator, too."""
    chosen = {"route": "~$route", **labels}
    said = (f'{label}{_operator(value)}"{value.lstrip("~!")}"' for label, value in chosen.items() if value)
    return f"practicum_{name}{{{', '.join(said)}}}"


def whole(name: str) -> str:
    """A selector of a metric that knows no routes."""
    return f"practicum_{name}"


def rate(by: str, selector: str, window: str = WINDOW) -> str:
    """How often a counter counts, a second, over all instances."""
    return f"sum by ({by}) (rate({selector}[{window}]))"


def grown(by: str, selector: str, window: str = RANGE) -> str:
    """By how much a counter grew, over all instances."""
    return f"sum by ({by}) (increase({selector}[{window}]))"


def gauge(by: str, selector: str) -> str:
    """What a gauge says that every replica tells alike."""
    return f"max by ({by}) ({selector})"


def quantile(share: float, by: str, selector: str) -> str:
    """A quantile of a histogram; ``selector`` names its buckets."""
    return f"histogram_quantile({share:g}, {rate(f'le, {by}', selector)})"


def share(part: str, of: str) -> str:
    """A part of a whole; nothing where the whole is nothing."""
    return f"{part} / ({of} > 0)"


def _operator(value: str) -> str:
    if value.startswith("!~"):
        return "!~"
    return {"~": "=~", "!": "!="}.get(value[0], "=")
