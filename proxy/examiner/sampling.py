"""Which records the shadow lane takes, whom it asks for each, and which of those are judged without a call.

What the teacher served is mirrored, what the student served is audited. Requests that fell back are many among the
doubtful and none among the sure, so they are taken as the student's others are, by the hash of audits, and tell
calibrations only: what a student's share is worth shows in what was served. Where the student's whole reply is in the
record the pair costs no call, and is compared and kept whatever the hash says, for people to see.

The choice is a hash of the conversation, so the turns of one conversation are taken together or not at all, and
independent of the choice of who serves. It refuses to queue or call: ``lane`` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from proxy.config.settings import Route
from proxy.handover import Record
from proxy.slicing import rules_of
from proxy.wire.conversation import conversation_key
from proxy.wire.errors import WireError
from proxy.wire.requests import read_traits
from routing.assignment import Purpose, bucket, chosen
from routing.decision import Reason
from routing.observation import Arm, Failure
from routing.slices import slice_of
from routing.traits import Endpoint, Slice, Traits

_ALL = 100.0  # percent
_UNHEARD = frozenset(("client_gone", "rejected"))  # outcomes that say nothing of an arm: the teacher was not asked


class Outcome(StrEnum):
    """How a sampled record ends. Exactly one of these is counted for each."""

    COMPARED = "compared"
    SHED = "shed"
    STUDENT_FAILED = "student_failed"
    TEACHER_FAILED = "teacher_failed"
    UNJUDGEABLE = "unjudgeable"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    WITHHELD = "withheld"


class Kind(StrEnum):
    """What a sample is: who answered it, and who is to be asked."""

    MIRRORED = "mirrored"  # the teacher answered: the student is asked
    AUDITED = "audited"  # the student answered: the teacher is asked
    REPEATED = "repeated"  # it fell back, and there is no whole reply of the student's: the student is asked
    FREE = "free"  # it fell back, and both replies are there: nobody is asked


@dataclass(frozen=True, slots=True)
class Sample:
    """A record that was chosen. ``traits`` is None where its request cannot be read; ``noise``: ask again.

    ``calibrates`` says whether it is evidence on what the student's confidence is worth.
    """

    record: Record
    traits: Traits | None
    slice: Slice
    conversation: str
    noise: bool
    kind: Kind = Kind.MIRRORED
    calibrates: bool = True

    @property
    def audited(self) -> bool:
        """Whether the student served it."""
        return self.kind is Kind.AUDITED

    @property
    def asks(self) -> Arm | None:
        """Whose reply is missing."""
        return _ASKS[self.kind]

    @property
    def evidence(self) -> bool:
        """Whether gates, counts of divergences and style may rest on it."""
        return self.kind in _EVIDENCE

    @property
    def size(self) -> int:
        """Bytes it holds in a queue."""
        record = self.record
        return len(record.request) + len(record.reply) + (len(record.declined.reply) if record.declined else 0)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint it was sent to."""
        return Endpoint(self.record.endpoint)


_ASKS = {Kind.MIRRORED: Arm.STUDENT, Kind.AUDITED: Arm.TEACHER, Kind.REPEATED: Arm.STUDENT, Kind.FREE: None}
_EVIDENCE = frozenset((Kind.MIRRORED, Kind.AUDITED))


def sample(route: Route, record: Record, mirror: float | None = None, doubted: Collection[str] = ()) -> Sample | None:
    """The record as a sample of the route's, or None if it was not chosen.

    ``mirror`` stands for ``mirror.percentage`` where a step of the rollout sets one; slices with a share of their own
    keep it. In the slices that are ``doubted`` the teacher is always asked twice, unless it never is.
    """
    if record.endpoint == Endpoint.OTHER or not record.request:
        return None
    kind = _kind(record)
    share = _share(route, kind, mirror)
    if kind is not Kind.FREE and not any(share.values()):
        return None
    traits = _traits(record)
    slice_ = _slice(route, record, traits)
    unit = record.conversation or (conversation_key(traits) if traits else "") or record.pair
    purpose = Purpose.MIRROR if kind is Kind.MIRRORED else Purpose.AUDIT
    drawn = _chosen(purpose, route, unit, share.get(slice_, share[""]))
    if not drawn and kind is not Kind.FREE:
        return None
    noise = kind in _EVIDENCE and _asked_twice(route, unit, doubted=slice_ in doubted)
    return Sample(record, traits, slice_, hashlib.sha256(unit.encode()).hexdigest()[:32], noise, kind, drawn)


def settled_without_a_call(chosen_one: Sample) -> Outcome | None:
    """The outcome of a sample that no call of the other arm could change; None if one is worth making."""
    record = chosen_one.record
    if not (record.mirror and record.store):
        return Outcome.WITHHELD
    if record.outcome in _UNHEARD or record.oversized or chosen_one.traits is None:
        return Outcome.UNJUDGEABLE
    if record.outcome == "ok" or record.failure == Failure.DEGENERATE:  # a loop that was stopped is to be compared
        return None
    return Outcome.STUDENT_FAILED if chosen_one.audited else Outcome.TEACHER_FAILED


def _kind(record: Record) -> Kind:
    if record.arm == Arm.STUDENT:
        return Kind.AUDITED
    if record.reason != Reason.WITHIN_WEIGHT or not record.fallback:
        return Kind.MIRRORED
    return Kind.FREE if record.declined is not None else Kind.REPEATED


def _share(route: Route, kind: Kind, mirror: float | None) -> Mapping[str, float]:
    """The percentages to take, by slice; "" has that of the slices not named."""
    if kind is not Kind.MIRRORED:
        return {"": route.audit.percentage}
    return {"": route.mirror.percentage if mirror is None else mirror, **route.mirror.slices}


def _asked_twice(route: Route, unit: str, *, doubted: bool) -> bool:
    percentage = route.noise_floor.percentage
    return _chosen(Purpose.NOISE, route, unit, _ALL if percentage and doubted else percentage)


def _slice(route: Route, record: Record, traits: Traits | None) -> Slice:
    """The slice that the worker settled, or else by the same rules that it would use."""
    if record.slice:
        return Slice(record.slice)
    return slice_of(traits, rules_of(route.slices), record.met) if traits else Slice.GENERAL


def _traits(record: Record) -> Traits | None:
    try:
        return read_traits(Endpoint(record.endpoint), record.request)
    except WireError:
        return None


def _chosen(purpose: Purpose, route: Route, unit: str, percentage: float) -> bool:
    if percentage in {0, _ALL}:
        return percentage == _ALL
    return chosen(percentage, bucket(purpose, route.name, route.sticky.salt or route.name, unit))
