"""Which records the shadow lane takes, and which of those are judged without a call.

What the teacher served is mirrored, what the student served is audited; a request that fell back was the teacher's. The
choice is a hash of the conversation, so the turns of one conversation are taken together or not at all, and independent
of the choice of who serves. It refuses to queue or call: ``lane`` does.
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
from routing.observation import Arm
from routing.slices import slice_of
from routing.traits import Endpoint, Slice, Traits

_ALL = 100.0  # percent


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
    def audited(self) -> bool:
        """Whether the student served it, so that it is the teacher who is to be asked."""
        return self.record.arm == Arm.STUDENT

    @property
    def size(self) -> int:
        """Bytes it holds in a queue."""
        return len(self.record.request) + len(self.record.reply)

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint it was sent to."""
        return Endpoint(self.record.endpoint)


def sample(route: Route, record: Record, mirror: float | None = None, doubted: Collection[str] = ()) -> Sample | None:
    """The record as a sample of the route's, or None if it was not chosen.

    ``mirror`` stands for ``mirror.percentage`` where a step of the rollout sets one; slices with a share of their own
    keep it. In the slices that are ``doubted`` the teacher is always asked twice, unless it never is.
    """
    if record.endpoint == Endpoint.OTHER or not record.request:
        return None
    share = _share(route, record, mirror)
    if not any(share.values()):
        return None
    traits = _traits(record)
    slice_ = _slice(route, record, traits)
    unit = record.conversation or (conversation_key(traits) if traits else "") or record.pair
    purpose = Purpose.AUDIT if record.arm == Arm.STUDENT else Purpose.MIRROR
    if not _chosen(purpose, route, unit, share.get(slice_, share[""])):
        return None
    twice = route.noise_floor.percentage
    noise = _chosen(Purpose.NOISE, route, unit, _ALL if twice and slice_ in doubted else twice)
    return Sample(record, traits, slice_, hashlib.sha256(unit.encode()).hexdigest()[:32], noise)


def settled_without_a_call(chosen_one: Sample) -> Outcome | None:
    """The outcome of a sample that no call of the other arm could change; None if one is worth making."""
    record = chosen_one.record
    if not (record.mirror and record.store):
        return Outcome.WITHHELD
    if record.outcome == "client_gone" or record.oversized or chosen_one.traits is None:
        return Outcome.UNJUDGEABLE
    if record.outcome == "ok":
        return None
    return Outcome.STUDENT_FAILED if chosen_one.audited else Outcome.TEACHER_FAILED


def _share(route: Route, record: Record, mirror: float | None) -> Mapping[str, float]:
    """The percentages to take, by slice; "" has that of the slices not named."""
    if record.arm == Arm.STUDENT:
        return {"": route.audit.percentage}
    return {"": route.mirror.percentage if mirror is None else mirror, **route.mirror.slices}


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
