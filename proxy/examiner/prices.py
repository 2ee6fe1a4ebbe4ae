"""A route's prices on the metrics page, so that a dashboard can multiply them with tokens.

A price that nobody gave has no series: what costs nothing and what has an unknown price are different things to a sum.
"""

from __future__ import annotations

from collections.abc import Iterator

from proxy.config.settings import Route
from proxy.telemetry import catalog as metric
from proxy.telemetry.tally import Key
from routing.observation import Arm

_MILLION = 1_000_000


def price_gauges(route: Route) -> Iterator[tuple[Key, float]]:
    """The price of one token, by arm and direction."""
    for arm, prices in ((Arm.TEACHER, route.prices.teacher), (Arm.STUDENT, route.prices.student)):
        for direction, price in (("prompt", prices.prompt), ("completion", prices.completion)):
            if price is not None:
                yield (metric.PRICE.name, (route.name, arm.value, direction)), price / _MILLION
