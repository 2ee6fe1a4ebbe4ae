"""Every metric of Practicum, declared once: its kind, its help text, its labels.

Workers and the examiner count under these names only, docs/metrics.md is held to this table by a test, and label
values come from closed sets or from the configuration. ``tally`` counts, ``exposition`` prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The Prometheus type."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, named without its prefix and suffix. ``buckets`` are upper bounds in the metric's unit."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


PREFIX = "practicum_"

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
_FINE = (0.00005, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)
_HELD = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0)
_CONFIDENCE = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 1.0)
_GAPS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 5.0, 20.0)


def _counter(name: str, help_: str, *labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, help_, labels)


def _gauge(name: str, help_: str, *labels: str) -> Metric:
    return Metric(name, Kind.GAUGE, help_, labels)


def _histogram(name: str, help_: str, buckets: tuple[float, ...], *labels: str) -> Metric:
    return Metric(name, Kind.HISTOGRAM, help_, labels, buckets)


REQUESTS = _counter("requests", "Requests of clients, by how they ended.", "route", "endpoint", "arm", "outcome")
IN_FLIGHT = _gauge("requests_in_flight", "Requests being served now, over all workers.")
DURATION = _histogram(
    "request_duration_seconds", "From a request's head to its reply's last byte.", _SECONDS, "route", "arm", "stream"
)
FIRST_TOKEN = _histogram(
    "first_token_seconds", "From a request's head to its reply's first byte.", _SECONDS, "route", "arm", "stream"
)
INTER_TOKEN = _histogram(
    "inter_token_seconds", "Between two chunks of a streamed reply.", _GAPS, "route", "arm", "stream"
)
OVERHEAD = _histogram("overhead_seconds", "Time in the proxy less time waiting for an upstream.", _FINE, "route", "arm")
ATTEMPTS = _counter("upstream_attempts", "Calls of upstreams, by how they ended.", "route", "arm", "purpose", "outcome")
FALLBACKS = _counter("fallbacks", "Requests the teacher answered in the student's place, by why.", "route", "reason")
HELD = _histogram(
    "held_seconds", "From a student's first byte until its reply was served, begun or withdrawn.", _HELD, "route"
)
CONFIDENCE = _histogram(
    "confidence", "How sure the student was of its replies, as they were judged.", _CONFIDENCE, "route", "slice"
)
UNBUCKETABLE = _counter("unbucketable", "Requests kept from the student because nothing said whose they are.", "route")
TOKENS = _counter("tokens", "Tokens as the upstreams report them.", "route", "arm", "purpose", "direction")
PRICE = _gauge(
    "price_per_token", "What a token costs, as configured; absent where it is not.", "route", "arm", "direction"
)
SAMPLED = _counter("mirror_sampled", "Requests chosen for the shadow lane.", "route")
PAIRS = _counter("mirror_pairs", "Sampled requests, by the one outcome each of them ends in.", "route", "outcome")
SHED = _counter("mirror_shed", "Sampled requests that were shed, by why.", "route", "reason")
QUEUE_RECORDS = _gauge("mirror_queue_records", "Records waiting for the student.", "route")
QUEUE_BYTES = _gauge("mirror_queue_bytes", "Bytes of the records waiting for the student.", "route")
MIRROR_INFLIGHT = _gauge("mirror_inflight", "Mirror calls under way.", "route")
TRIALS = _counter(
    "behavior_trials", "Compared requests on which a behavior could diverge.", "route", "slice", "behavior", "direction"
)
DIVERGENCES = _counter("divergences", "Trials on which the arms diverged.", "route", "slice", "behavior", "direction")
JUDGMENTS = _counter(
    "judgments", "Questions to the judges of own behaviors, by how they ended.", "route", "behavior", "outcome"
)
JUDGE_QUEUE_PAIRS = _gauge("judge_queue_pairs", "Compared pairs waiting for a judge's answer.", "route")
JUDGE_QUEUE_BYTES = _gauge("judge_queue_bytes", "Bytes of the pairs waiting for a judge's answer.", "route")
JUDGE_QUEUE_LIMIT = _gauge("judge_queue_limit", "How much may wait for judges, over all routes.", "kind")
NOISE_RATE = _gauge(
    "noise_rate",
    "Share of trials on which the teacher diverged from itself.",
    "route",
    "slice",
    "behavior",
    "direction",
)
RATE_UPPER = _gauge(
    "divergence_rate_upper",
    "The most that a behavior diverges, as a share of conversations, at the gates' confidence.",
    "route",
    "slice",
    "behavior",
    "direction",
)
RATE_LOWER = _gauge(
    "divergence_rate_lower",
    "The least that a behavior diverges, as a share of conversations, at the gates' confidence.",
    "route",
    "slice",
    "behavior",
    "direction",
)
CONFIDENCE_THRESHOLD = _gauge(
    "confidence_threshold",
    "The least confidence with which a student's reply is served; absent where none is certified.",
    "route",
    "slice",
    "view",
)
CONFIDENCE_COVERAGE = _gauge(
    "confidence_coverage_ratio",
    "Share of answers at least as sure as the threshold; 0 where none is certified.",
    "route",
    "slice",
    "view",
)
CONFIDENCE_UNITS = _gauge(
    "confidence_units", "Conversations that a threshold is certified on.", "route", "slice", "view"
)
CONFIDENCE_BRIER = _gauge(
    "confidence_brier",
    "Mean squared error of confidence, on conversations it was not fitted to.",
    "route",
    "slice",
    "view",
)
CONFIDENCE_ECE = _gauge(
    "confidence_ece",
    "Expected calibration error: how far confidence is off, as a share, in the mean.",
    "route",
    "slice",
    "view",
)
CALIBRATION = _gauge("calibration_version", "Which of a route's calibrations is in force; 0 for none.", "route")
PROMISE = _gauge("promise_target_ratio", "The share that may diverge of what the student serves, as promised.", "route")
SERVED_DIVERGENCE = _gauge(
    "served_divergence_ratio", "Share of what the student served that diverged, as audits found.", "route", "slice"
)
SERVED_DIVERGENCE_LOWER = _gauge(
    "served_divergence_lower_ratio",
    "The least of what the student served that must have diverged, at the promise's confidence.",
    "route",
    "slice",
)
SERVED_DIVERGENCE_UPPER = _gauge(
    "served_divergence_upper_ratio",
    "The most of what the student served that may have diverged, at the promise's confidence.",
    "route",
    "slice",
)
PROMPT_ESTIMATE = _gauge(
    "prompt_estimate_active", "1 where hopeless requests are told from the prompt, before the call.", "route", "slice"
)
GATE_VERDICT = _gauge(
    "gate_verdict", "What a behavior's gate says: -1 fail, 0 hold, 1 pass.", "route", "slice", "behavior"
)
GATE_ACTS = _gauge(
    "gate_acts", "0 where a gate is muted, a dry run or waived, 1 where it acts.", "route", "slice", "behavior"
)
GATE_NEEDED = _gauge(
    "gate_needed_conversations",
    "How many more conversations without a divergence would let a gate pass; absent where no number would.",
    "route",
    "slice",
    "behavior",
)
STYLE_LENGTH = _gauge("style_length_ratio", "Words of the student for each of its teacher's.", "route", "slice")
STYLE_HEDGES = _gauge("style_hedges_per_hundred_words", "Hedges in an arm's replies.", "route", "slice", "arm")
STYLE_CORRECTIONS = _gauge("style_self_corrections", "Self-corrections per reply of an arm.", "route", "slice", "arm")
STYLE_UNSURE = _gauge("style_unsure_ratio", "Share of an arm's replies that voice doubt.", "route", "slice", "arm")
STYLE_ALARM = _gauge(
    "style_alarm", "1 if the student is shorter and surer than its teacher, beyond doubt.", "route", "slice"
)
WEIGHT = _gauge("weight_percent", "The student's share of a slice, and what limits it.", "route", "slice", "kind")
PHASE = _gauge("phase_info", "1 for the phase the rollout is in.", "route", "phase")
CIRCUIT = _gauge("circuit_state", "Circuit breaker: 0 closed, 1 half open, 2 open.", "route", "arm")
WAITING = _gauge("student_queue_waiting", "Requests waiting in the student, as it reports them.", "route")
KV_CACHE = _gauge("student_kv_cache_ratio", "Use of the student's KV cache, as it reports it.", "route")
WEBHOOKS = _counter("webhooks", "Calls of a rollout's webhooks, by how they ended.", "route", "type", "outcome")
RELOAD_OK = _gauge("config_last_reload_successful", "1 if the configuration on disk is the one in force.")
RELOAD_AT = _gauge("config_last_reload_timestamp_seconds", "When the configuration in force was loaded.")
CONFIG = _gauge("config_info", "1 for the hash of the configuration in force.", "hash")
SKEW = _gauge("config_skewed_workers", "Workers whose configuration is not the examiner's.")
WORKERS = _gauge("workers_connected", "Workers connected to the examiner.")
HANDED = _counter("records_handed", "Records handed to the examiner, or shed at the socket.", "outcome")
LOST = _counter("records_lost", "Records and requests lost when a process died.", "process")
LOG_LEFT_OUT = _counter("log_lines_left_out", "Requests without a line of the log, by why.", "reason")
SPANS = _counter("trace_spans", "Spans kept for the collector, by what became of them.", "outcome")
STORE_OK = _gauge("store_available", "1 if the last write to the database succeeded.")
STORE_ERRORS = _counter("store_errors", "Failed writes to the database; each is tried again.")
STORE_PENDING = _gauge("store_pending_pairs", "Pairs waiting to be written.")
STORE_FREE = _gauge("store_free_bytes", "Bytes free where the SQLite database lies; absent for a server.")
PRUNED = _counter("store_pruned_pairs", "Pairs removed, by age or by size.", "reason")

CATALOG: tuple[Metric, ...] = tuple(m for m in list(globals().values()) if isinstance(m, Metric))
BY_NAME = {m.name: m for m in CATALOG}
