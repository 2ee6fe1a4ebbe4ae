"""Which records the shadow lane takes, and which of those are judged without a call.

The choice is a hash of the conversation, so the turns of one conversation are mirrored together or not at all, and
independent of the choice of who serves. It refuses to queue or call: ``lane`` does.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from proxy.config.settings import Route
from proxy.handover import Record
from proxy.slicing import rules_of
from proxy.wire.conversation import conversation_key
from proxy.wire.errors import WireError
from proxy.wire.requests import read_traits
from routing.assignment import Purpose, bucket, chosen
from routing.slices import slice_of
from routing.traits import Endpoint, Slice, Traits


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


@dataclass(frozen=True, slots=True)
class Sample:
    """A record that was chosen. ``traits`` is None where its request cannot be read; ``noise``: ask again."""

    record: Record
    traits: Traits | None
    slice: Slice
    conversation: str
    noise: bool

    @property
    def size(self) -> int:
        """Bytes it holds in a queue."""
        return len(self.record.request) + len(self.record.reply)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint it was sent to."""
        return Endpoint(self.record.endpoint)


def sample(route: Route, record: Record) -> Sample | None:
    """The record as a sample of the route's, or None if it was not chosen."""
    if record.endpoint == Endpoint.OTHER or not record.request:
        return None
    mirror = route.mirror
    if mirror.percentage == 0 and not any(mirror.slices.values()):
        return None
    traits = _traits(record)
    slice_ = _slice(route, record, traits)
    unit = record.conversation or (conversation_key(traits) if traits else "") or record.pair
    if not _chosen(Purpose.MIRROR, route, unit, mirror.slices.get(slice_, mirror.percentage)):
        return None
    noise = _chosen(Purpose.NOISE, route, unit, route.noise_floor.percentage)
    return Sample(record, traits, slice_, hashlib.sha256(unit.encode()).hexdigest()[:32], noise)


def settled_without_a_call(chosen_one: Sample) -> Outcome | None:
    """The outcome of a sample that no call to the student could change; None if one is worth making."""
    record = chosen_one.record
    if not (record.mirror and record.store):
        return Outcome.WITHHELD
    if record.outcome == "client_gone" or record.oversized or chosen_one.traits is None:
        return Outcome.UNJUDGEABLE
    return None if record.outcome == "ok" else Outcome.TEACHER_FAILED


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
    if percentage in {0, 100}:
        return percentage == 100  # noqa: PLR2004 -- all of them
    return chosen(percentage, bucket(purpose, route.name, route.sticky.salt or route.name, unit))
