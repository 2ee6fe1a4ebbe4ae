"""The spans of the work on a pair that no caller waits for: one for the examination, one for each call it made.

They are in a trace of their own, linked to the caller's: a caller's trace shows what the caller waited for, and its
duration is a latency. The counterpart is ``served``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from proxy.config.settings import Route
from proxy.examiner.tracing.content import Mask, answered
from proxy.examiner.tracing.served import call_name, request_attributes, told_by
from proxy.examiner.tracing.span import Attributes, Kind, Span, error_of_call, nanoseconds
from proxy.examiner.tracing.trail import ShadowCall
from proxy.handover import Record
from proxy.telemetry import conventions as name
from proxy.telemetry.trace_ids import Place, Role, inbound, served, shadow
from proxy.wire.telling import Settings, settings_of
from routing.divergence import Trial
from routing.observation import Failure, Observation

_ERROR_STATUS = 400


@dataclass(frozen=True, slots=True)
class Examined:
    """What the examination of a pair came to. ``ended`` is Unix time; ``seen`` are replies by their call's purpose."""

    slice: str
    outcome: str
    calls: tuple[ShadowCall, ...]
    trials: tuple[Trial, ...]
    ended: float
    seen: Mapping[str, Observation] = field(default_factory=dict)

    @property
    def began(self) -> float:
        """When its first call was made; where there was none, it took no time to speak of."""
        return min((call.heard.began for call in self.calls), default=self.ended)

    @property
    def diverged(self) -> tuple[str, ...]:
        """Each divergence as ``behavior.direction``."""
        return tuple(f"{trial.behavior}.{trial.direction}" for trial in self.trials if trial.diverged)


def shadow_spans(
    record: Record, route: Route, examined: Examined, kept: str, mask: Mask | None = None
) -> tuple[Span, ...]:
    """All spans of the work on one pair; ``kept`` is why, ``mask`` how what was answered may be shown, if at all."""
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
    asked = settings_of(record.request)
    calls = (
        _call_span(made, route, asked, examined.seen.get(made.call.purpose), mask, pair, whole.place)
        for made in examined.calls
    )
    return whole, *calls


def _call_span(
    made: ShadowCall,
    route: Route,
    callers: Settings,
    seen: Observation | None,
    mask: Mask | None,
    pair: Attributes,
    parent: Place,
) -> Span:
    call, heard, asked = made.call, made.heard, made.asked or callers
    outcome = _outcome(made, seen)
    return Span(
        name=call_name(call.endpoint, call.target, route),
        place=made.place,
        kind=Kind.CLIENT,
        start=nanoseconds(heard.began),
        end=nanoseconds(heard.began, heard.timing.total),
        attributes={
            **request_attributes(call.endpoint, call.target, asked),
            name.HTTP_RESPONSE_STATUS_CODE: heard.status or None,
            name.GEN_AI_RESPONSE_TIME_TO_FIRST_CHUNK: heard.timing.first_token if asked.stream else None,
            **told_by(heard.body, heard.encoding, call.most),
            **(answered(seen, mask) if seen and mask else {}),
            **pair,
            name.ARM: call.arm,
            name.PURPOSE: call.purpose,
            name.OUTCOME: outcome,
        },
        parent=parent,
        error=error_of_call(outcome, heard.status),
    )


def _outcome(made: ShadowCall, seen: Observation | None) -> str:
    """As a caller's calls have it: "ok", "cancelled", or how it failed, be it that its reply could not be read."""
    if made.given_up:
        return "cancelled"
    failed = Failure.HTTP_ERROR if made.heard.status >= _ERROR_STATUS else None
    return (seen.failure if seen else None) or made.heard.failure or failed or "ok"
