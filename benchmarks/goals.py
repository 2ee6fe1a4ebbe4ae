"""The promises about speed, each as a ratio to a peer in the same run, and whether a run kept them.

The figure that is judged is the median over the rounds. A goal that a run has no figures for is shown as not measured:
that is neither met nor missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.samples import Samples, Spread

_P, _ENVOY, _NGINX, _LITELLM = "practicum+m", "envoy+m", "nginx+m", "litellm"


@dataclass(frozen=True, slots=True)
class Goal:
    """One promise: of what, the limit, and how a run shows it. ``most``: the limit is a ceiling, else a floor."""

    what: str
    limit: float
    unit: str
    measured: Callable[[Samples], Spread | None]
    most: bool = True

    @property
    def asked(self) -> str:
        """The limit in words."""
        return f"{'≤' if self.most else '≥'} {self.limit:.3g} {self.unit}".strip()

    def verdict(self, samples: Samples) -> str:
        """``met``, ``missed`` or ``not measured``."""
        found = self.measured(samples)
        if found is None:
            return "not measured"
        kept = found.median <= self.limit if self.most else found.median >= self.limit
        return "met" if kept else "missed"


def _ratio(scenario: str, figure: str, other: str, arm: str = _P) -> Callable[[Samples], Spread | None]:
    return lambda samples: samples.ratio(scenario, figure, arm, other)


def _plain(scenario: str, figure: str, arm: str = _P) -> Callable[[Samples], Spread | None]:
    return lambda samples: samples.spread(scenario, arm, figure)


def _added(scenario: str, figure: str, other: str) -> Callable[[Samples], Spread | None]:
    return lambda samples: samples.added_ratio(scenario, figure, _P, other, "direct")


def _between(scenarios: tuple[str, str], figure: str) -> Callable[[Samples], Spread | None]:
    """Practicum in one scenario over itself in another, in the same round of a run."""

    def measured(samples: Samples) -> Spread | None:
        above, below = (samples.by_round(scenario, _P, figure) for scenario in scenarios)
        return Spread.over(above[number] / below[number] for number in above if below.get(number))

    return measured


GOALS = (
    Goal("unary, 32 connections: CPU per request", 0.9, "of Envoy with mirror", _ratio("unary", "cpu_us", _ENVOY)),
    Goal("", 1.5, "of nginx with mirror", _ratio("unary", "cpu_us", _NGINX)),
    Goal("", 1 / 120, "of LiteLLM without mirror", _ratio("unary", "cpu_us", _LITELLM)),
    Goal(
        "streams, a chunk every 20 ms: CPU per chunk", 1.2, "of Envoy with mirror", _ratio("streams", "cpu_us", _ENVOY)
    ),
    Goal("", 1 / 20, "of LiteLLM without mirror", _ratio("streams", "cpu_us", _LITELLM)),
    Goal("added at one connection: p50", 1.0, "of Envoy with mirror", _added("latency", "p50_us", _ENVOY)),
    Goal("added at one connection: p99", 2.0, "of Envoy with mirror", _added("latency", "p99_us", _ENVOY)),
    Goal("student hung: throughput", 0.95, "of healthy", _plain("hung", "kept"), most=False),
    Goal("student hung: the worker grows by", 10.0, "MiB", _plain("hung", "grown_mib")),
    Goal("student hung: records unaccounted for", 0.0, "", _plain("hung", "unaccounted")),
    Goal("shadow on against off: CPU of the worker", 1.15, "of off", _ratio("unary", "cpu_us", "practicum")),
    Goal("shadow on against off: p99 at one connection", 1.1, "of off", _ratio("latency", "p99_us", "practicum")),
    Goal(
        "256 paced streams: added to the first chunk, p99",
        2.0,
        "of nginx with mirror",
        _added("first-token", "first_p99_us", _NGINX),
    ),
    Goal("2 000 idle open streams: memory of each", 40.0, "kB", _plain("memory", "per_stream_kb")),
    Goal(
        "examiner: pairs compared and kept",
        400.0,
        "a CPU second",
        _plain("examiner", "pairs_per_cpu_second", "practicum"),
        most=False,
    ),
    Goal("cold start to ready", 1.5, "s", _plain("start", "ready_s", "practicum")),
    Goal("importing the worker", 0.6, "s", _plain("start", "import_s", "practicum")),
    Goal(
        "two workers on two cores: capacity",
        1.8,
        "of one",
        _ratio("workers", "capacity", "one worker", "two workers"),
        most=False,
    ),
    Goal("CPU per request, 1 connection", 1.2, "of that at 32", _between(("growth-1", "growth-32"), "cpu_us")),
    Goal("CPU per request, 1 000 connections", 1.2, "of that at 32", _between(("growth-1000", "growth-32"), "cpu_us")),
    Goal(
        "CPU to store a pair, evidence of 10 000 routes",
        1.2,
        "of that of 10",
        _ratio("evidence", "store_us", "10 routes", "10000 routes"),
    ),
)
BESIDE = (
    "`python -m benchmarks.decision` says what a decision costs over 10 to 10 000 routes, and "
    "`python -m benchmarks.examiner` of what parts a pair's cost is made."
)
