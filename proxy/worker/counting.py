"""What each exchange adds to its worker's totals.

Which totals the exchanges of one kind add to is looked up once, because to make their keys costs more than to add.
This module refuses to know when an exchange has ended, and to tell anybody: ``serving`` does, and ``link``.
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.handover import Record
from proxy.telemetry.catalog import ATTEMPTS, DURATION, FIRST_TOKEN, INTER_TOKEN, OVERHEAD, REQUESTS
from proxy.telemetry.tally import Histogram, Key, Tally, key
from proxy.worker.exchange import Exchange

_Kind = tuple[str, str, str, str, str, str, bool, bool]


@dataclass(frozen=True, slots=True)
class _Totals:
    """Of exchanges of one kind. ``first_token`` is of those that were answered, so None for others.

    ``attempts`` is None where the last call of an upstream has been counted already, or there was none.
    """

    requests: Key
    attempts: Key | None
    duration: Histogram
    overhead: Histogram
    first_token: Histogram | None


class Counting:
    """Counts exchanges in a tally."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._known: dict[_Kind, _Totals] = {}

    def count(self, exchange: Exchange, record: Record) -> None:
        """Count an exchange that has ended, with its last call of an upstream."""
        stream, answered = exchange.ask.stream, record.first_token is not None
        kind = (
            record.route, record.endpoint, record.arm, record.outcome, exchange.attempt, record.fallback,
            stream, answered,
        )  # fmt: skip
        totals = self._known.get(kind) or self._look_up(kind)
        self._tally.increment(totals.requests)
        if totals.attempts is not None:
            self._tally.increment(totals.attempts)
        totals.duration.observe(record.total)
        totals.overhead.observe(record.overhead)
        if totals.first_token is not None and record.first_token is not None:
            totals.first_token.observe(record.first_token)
        if record.gaps:
            self._tally.histogram(INTER_TOKEN, record.route, record.arm, _said(stream)).observe_all(record.gaps)

    def count_attempt(self, exchange: Exchange) -> None:
        """Count the call of an upstream that has ended, where another one follows."""
        if exchange.called:
            self._tally.increment(_attempts(exchange.ask.route.name, exchange.arm, exchange.attempt, exchange.fallback))
        exchange.called = False

    def _look_up(self, kind: _Kind) -> _Totals:
        route, endpoint, arm, outcome, attempt, fallback, stream, answered = kind
        histogram = self._tally.histogram
        totals = self._known[kind] = _Totals(
            key(REQUESTS, route, endpoint, arm, outcome),
            _attempts(route, arm, attempt, fallback) if attempt else None,
            histogram(DURATION, route, arm, _said(stream)),
            histogram(OVERHEAD, route, arm),
            histogram(FIRST_TOKEN, route, arm, _said(stream)) if answered else None,
        )
        return totals


def _attempts(route: str, arm: str, outcome: str, fallback: str | None) -> Key:
    return key(ATTEMPTS, route, arm, "fallback" if fallback else "serve", outcome)


def _said(stream: bool) -> str:
    return "true" if stream else "false"
