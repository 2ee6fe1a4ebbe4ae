"""Which requests are traced, and the ids of their spans: functions of the pair's id and of what the caller sent.

Nothing is drawn and nothing is handed over: a worker that makes a header of them and an examiner that builds the spans
afterwards come to the same ids, and a request that turns out to be worth a trace only when it is over has had its ids
all along. A trace that begins here is named after its pair. Where a caller sends a ``traceparent`` its trace goes on,
and its sampled flag decides. This module refuses to know OpenTelemetry; ``proxy.examiner.tracing`` builds and exports.

Formats are those of W3C Trace Context, level 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

TRACEPARENT = b"traceparent"
TRACESTATE = b"tracestate"

_PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.DOTALL)
_SAMPLED = 1
_SERVED, _SHADOW = "7063", "7073"  # "pc" and "ps" in ASCII: 4 digits before the 28 of a pair's id
_CHANCE = 12  # where the random digits of a pair's id begin: 16 of them
_DRAWN = 8  # how many of those decide whether it is sampled, the last ones
_ALL = 100.0  # percent
_ROLES = 4  # bits of a span's id that say its role; those above them say which one of its kind it is


class Role(IntEnum):
    """What a span of a pair is. Its id is the pair's random digits, this number, and which one of its kind it is."""

    SERVER = 0
    STUDENT = 1  # a caller's, sent to the student
    TEACHER = 2
    EXAMINED = 8  # the shadow work on a pair
    MIRROR = 9
    AUDIT = 10
    NOISE = 11
    JUDGE = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span stands: its trace, 32 hexadecimal digits, and itself, 16."""

    trace: str
    span: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """What a caller's ``traceparent`` says."""

    place: Place
    sampled: bool


def threshold(percentage: float) -> str:
    """What ``drawn`` compares with, for a share of all pairs."""
    below = round(percentage / _ALL * 16**_DRAWN)
    if below >= 16**_DRAWN:
        return "g"  # beyond all digits
    return f"{below:0{_DRAWN}x}" if percentage > 0 else ""


def drawn(pair: str, below: str) -> bool:
    """Whether a pair is in the share of this ``threshold``. A larger share holds all of a smaller one."""
    return pair[-_DRAWN:] < below


def inbound(traceparent: str) -> Inbound | None:
    """What a header says; None where it is absent or no ``traceparent``, and a trace begins anew."""
    found = _PARENT.fullmatch(traceparent.strip()) if traceparent else None
    if found is None:
        return None
    version, trace, span, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not int(trace, 16) or not int(span, 16):
        return None
    return Inbound(Place(trace, span), bool(int(flags, 16) & _SAMPLED))


def traced(pair: str, caller: Inbound | None, below: str) -> bool:
    """Whether a request is traced, as is known before it is served: its caller says so, or else the draw."""
    return drawn(pair, below) if caller is None else caller.sampled


def served(pair: str, role: Role, caller: Inbound | None, nth: int = 0) -> Place:
    """A span of the request as its caller saw it: in the caller's trace, or in one of the pair's name.

    ``nth`` counts the calls of this role before: a hedge that failed, and the call in its place.
    """
    return Place(caller.place.trace if caller else _SERVED + pair, _span(pair, role, nth))


def shadow(pair: str, role: Role, nth: int = 0) -> Place:
    """A span of the shadow work: no caller waits for it, so it is in a trace of its own, which is linked."""
    return Place(_SHADOW + pair, _span(pair, role, nth))


def traceparent(place: Place) -> bytes:
    """The header that makes this span the parent of what the upstream does. Always of a traced one."""
    return f"00-{place.trace}-{place.span}-01".encode()


def _span(pair: str, role: Role, nth: int) -> str:
    return f"{int(pair[_CHANCE:], 16) ^ (nth << _ROLES | role):016x}"
