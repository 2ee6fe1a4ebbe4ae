"""One line of the log for a request, written from its record: of those that went well a share, of all others each.

A line has ids, names from closed sets, times and numbers; never a header, a query, or a word of what was said. The
examiner writes it, so that it costs a worker nothing: while no examiner runs, there are only the workers' own warnings
of upstreams that fail. Requests that were refused before they had a route leave no record; ``refusal_log`` has those.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from proxy.config.settings import Config
from proxy.handover import Record
from proxy.telemetry.catalog import LOG_LEFT_OUT
from proxy.telemetry.noteworthy import FAILED, noteworthy
from proxy.telemetry.tally import Tally, key
from proxy.telemetry.trace_ids import Role, drawn, inbound, served, threshold

log = logging.getLogger("practicum.requests")

Fact = str | int | float
_MICRO = 6  # digits of a second
_NOT_DRAWN = key(LOG_LEFT_OUT, "not_drawn")


class RequestLog:
    """Writes lines, as ``log`` and ``tracing.slow`` of the configuration say."""

    def __init__(self, config: Callable[[], Config], tally: Tally) -> None:
        self._config = config
        self._tally = tally
        self._share, self._below = -1.0, ""

    def took(self, record: Record) -> None:
        """Write a line of this request, or none."""
        config = self._config()
        if config.log.requests != self._share:
            self._share, self._below = config.log.requests, threshold(config.log.requests)
        why = noteworthy(record, config.tracing.slow)
        if not why and not drawn(record.pair, self._below):
            self._tally.increment(_NOT_DRAWN)
            return
        facts = facts_of(record, why or "sampled")
        log.log(logging.WARNING if why == FAILED else logging.INFO, "%s", sentence(facts), extra={"facts": facts})


def facts_of(record: Record, why: str) -> dict[str, Fact]:
    """What a line says; what is unknown or empty is left out."""
    facts: dict[str, Fact | None] = {
        "pair": record.pair,
        "trace": served(record.pair, Role.SERVER, inbound(record.traceparent)).trace,
        "why": why,
        "route": record.route,
        "endpoint": record.endpoint,
        "arm": record.arm,
        "outcome": record.outcome,
        "status": record.status or None,
        "failure": record.failure,
        "reason": record.reason,
        "slice": record.slice,
        "fallback": record.fallback,
        "confidence": _rounded(record.confidence),
        "first_byte": _rounded(record.first_token),
        "total": _rounded(record.total),
        "overhead": _rounded(record.overhead),
        "held": _rounded(record.held) or None,
    }
    return {key: value for key, value in facts.items() if value not in {None, ""}}


def sentence(facts: dict[str, Fact]) -> str:
    """The line for people."""
    named = ("route", "endpoint", "arm", "status", "outcome")
    words = " ".join(str(facts[name]) for name in named if name in facts)
    why = "" if facts["why"] in {"sampled", facts["outcome"]} else str(facts["why"])
    because = ": ".join(word for word in (why, str(facts.get("fallback") or facts.get("failure") or "")) if word)
    return f"{words} in {_spoken(float(facts['total']))}{f' ({because})' if because else ''}, pair {facts['pair']}"


def _spoken(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.1f} ms"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, _MICRO)
