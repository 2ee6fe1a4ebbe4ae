"""The spans of the work on a pair that no caller waits for: one for the examination, one for each call it made.

They are in a trace of their own, linked to the caller's: a caller's trace shows what the caller waited for, and its
duration is a latency. The counterpart is ``served``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from proxy.config.settings import Route
from proxy.examiner.tracing.served import call_name, request_attributes, told_by
from proxy.examiner.tracing.span import Attributes, Kind, Span, error_of_call, nanoseconds
from proxy.handover import Record
from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Place, Role, inbound, served, shadow
from proxy.wire.telling import settings_of
from routing.divergence import Trial
from routing.observation import Arm
from routing.traits import Endpoint

ROLES = {"mirror": Role.MIRROR, "audit": Role.AUDIT, "noise": Role.NOISE}


@dataclass(frozen=True, slots=True)
class ShadowCall:
    """A call made for a pair. ``began`` is Unix time, ``body`` decompressed, ``failure`` "" where it has none."""

    purpose: str
    began: float
    total: float
    first: float | None
    status: int
    failure: str
    body: bytes
    said: Attributes


@dataclass(frozen=True, slots=True)
class Examined:
    """What the examination of one pair came to. ``ended`` is Unix time."""

    slice: str
    outcome: str
    calls: tuple[ShadowCall, ...]
    trials: tuple[Trial, ...]
    ended: float

    @property
    def began(self) -> float:
        """When its first call was made; where there was none, it took no time to speak of."""
        return min((call.began for call in self.calls), default=self.ended)

    @property
    def diverged(self) -> tuple[str, ...]:
        """Each divergence as ``behavior.direction``."""
        return tuple(f"{trial.behavior}.{trial.direction}" for trial in self.trials if trial.diverged)


def shadow_spans(record: Record, route: Route, examined: Examined, kept: str) -> tuple[Span, ...]:
    """All spans of the work on one pair; ``kept`` is why."""
    pair: Attributes = {name.PAIR: record.pair, name.ROUTE: record.route, name.SLICE: examined.slice}
    link = served(record.pair, Role.SERVER, inbound(record.traceparent))
    whole = Span(
        name="examine",
        place=shadow(record.pair, Role.EXAMINED),
        kind=Kind.INTERNAL,
        start=nanoseconds(examined.began),
        end=nanoseconds(examined.ended),
        attributes={**pair, name.OUTCOME: examined.outcome, name.DIVERGED: examined.diverged or None, name.KEPT: kept},
        links=(link,),
    )
    return whole, *_calls(record, route, examined.calls, pair, whole.place)


def _calls(
    record: Record, route: Route, calls: Iterable[ShadowCall], pair: Attributes, parent: Place
) -> Iterable[Span]:
    endpoint, asked = Endpoint(record.endpoint), settings_of(record.request)
    for call in calls:
        arm = Arm.STUDENT if call.purpose == "mirror" else Arm.TEACHER
        upstream = route.student if arm is Arm.STUDENT else route.teacher
        yield Span(
            name=call_name(endpoint, upstream, route),
            place=shadow(record.pair, ROLES[call.purpose]),
            kind=Kind.CLIENT,
            start=nanoseconds(call.began),
            end=nanoseconds(call.began, call.total),
            attributes={
                **request_attributes(endpoint, upstream, asked),
                name.HTTP_RESPONSE_STATUS_CODE: call.status or None,
                name.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: call.first if asked.stream else None,
                **told_by(call.body, "", len(call.body)),
                **call.said,
                **pair,
                name.ARM: arm.value,
                name.PURPOSE: call.purpose,
            },
            parent=parent,
            error=error_of_call(call.failure or "ok", call.status),
        )
