"""The calls made for one pair, as they are made: each is to be a span of its own, and its upstream may be told so.

An upstream is told only where its pair was selected beforehand. What was made is remembered wherever anything is
traced, because only what comes of a pair shows whether it is worth a trace; where nothing is, this costs a call of a
function. It refuses to make spans: ``shadow`` does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from proxy.examiner.mirror_call import Call, Caller, Heard
from proxy.telemetry.trace_ids import Place, Role, shadow, traceparent
from proxy.wire.telling import Settings, settings_of
from routing.observation import Timing

ROLES: Mapping[str, Role] = {"mirror": Role.MIRROR, "audit": Role.AUDIT, "noise": Role.NOISE, "judge": Role.JUDGE}


@dataclass(frozen=True, slots=True)
class ShadowCall:
    """A call made for a pair, and what was heard; ``given_up`` if it was cancelled before it had ended.

    ``asked`` is what a call asked for that is not the caller's request once more, else None.
    """

    call: Call
    place: Place
    heard: Heard
    given_up: bool = False
    asked: Settings | None = None


class Trail:
    """The calls of one pair. ``calls`` are those that have ended, where ``kept``."""

    __slots__ = ("_before", "_kept", "_told", "calls", "pair")

    def __init__(self, pair: str, *, kept: bool = False, told: bool = False) -> None:
        """``kept`` is whether calls may become spans, ``told`` whether upstreams are told of these."""
        self.pair = pair
        self.calls: list[ShadowCall] = []
        self._kept = kept
        self._told = told
        self._before: dict[str, int] = {}

    async def follow(self, caller: Caller, call: Call) -> Heard:
        """Make a call."""
        if not self._kept:
            return await caller.call(call)
        place = self._place(call.purpose)
        began, since, heard = time.time(), time.monotonic(), None
        try:
            heard = await caller.call(replace(call, parent=traceparent(place)) if self._told else call)
        finally:
            asked = settings_of(call.body) if call.purpose == "judge" else None
            nothing = Heard(0, "", "", b"", None, Timing(None, time.monotonic() - since), began)
            self.calls.append(ShadowCall(replace(call, body=b""), place, heard or nothing, heard is None, asked))
        return heard

    def _place(self, purpose: str) -> Place:
        nth = self._before.get(purpose, 0)
        self._before[purpose] = nth + 1
        return shadow(self.pair, ROLES[purpose], nth)
