"""Which arm serves a request, and why.

Asked in this order, and the first that holds decides:

    override           the client asked for the teacher
    no_snapshot        this worker does not know the weights (any doubt means teacher)
    snapshot_expired   it knew them once, past their time to live
    weight_zero        the student has no share of this route, or of this endpoint
    unbucketable       nothing in the request says whose it is
    within_weight      the unit's bucket lies below the weight of the request's slice: the student serves
    student_ill        it does, but the student's server is ill, or returning and not given that much yet
    above_weight       it does not

The student owns the low buckets, so raising a weight only ever adds units, and so does a student that returns. What a
reason needs is worked out only once it is reached: a route without a weight costs one lookup, and the slice is asked
for only where the bucket lies between the lowest and the highest weight of any slice. This module refuses to look at
bytes: ``Facts`` does, on demand.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

from routing.assignment import BUCKETS, Purpose, bucket
from routing.confidence.assurance import Assurance
from routing.observation import Arm
from routing.traits import Endpoint, Slice


class Reason(StrEnum):
    """Why an arm serves. A closed set: it labels records and metrics."""

    OVERRIDE = "override"
    NO_SNAPSHOT = "no_snapshot"
    SNAPSHOT_EXPIRED = "snapshot_expired"
    WEIGHT_ZERO = "weight_zero"
    UNBUCKETABLE = "unbucketable"
    WITHIN_WEIGHT = "within_weight"
    STUDENT_ILL = "student_ill"
    ABOVE_WEIGHT = "above_weight"


class Facts(Protocol):
    """What a decision may want to know about a request. ``unit`` and ``slice`` cost something, and are asked once."""

    @property
    def route(self) -> str:
        """The route's name."""

    @property
    def salt(self) -> str:
        """What sets the route's assignment apart from another's."""

    @property
    def endpoint(self) -> Endpoint:
        """Where it was sent."""

    @property
    def override(self) -> bool:
        """Whether the client asked for the teacher."""

    def unit(self) -> str:
        """Whose request it is: what keeps its arm. "" where nothing says so."""

    def slice(self) -> Slice:
        """The slice by which its traffic is shifted."""


_SLICES = tuple(Slice)


class Weights(NamedTuple):
    """One route's: buckets of 100 000 by slice (one that is absent has none), and their extremes over all slices.

    Of a student that is ill these are what it is given all the same; ``well``, and ``highest``, are what it has when it
    is well. ``well`` is None where it is.
    """

    slices: Mapping[str, int]
    lowest: int
    highest: int
    well: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a worker knows of the rollouts, valid until ``expires``.

    ``weights`` are buckets of 100 000 by route and slice. ``expires`` is on the same monotonic clock, in seconds, as
    the ``now`` that ``decide`` is given. ``ill`` has the routes whose student is ill or returning, and how many
    100 000ths of each weight it may be given. ``assurances`` say by route how the student's replies are judged;
    nothing here asks them. ``shared`` has the routes of which the student has any share.
    """

    weights: Mapping[str, Mapping[str, int]]
    expires: float
    ill: Mapping[str, int] = field(default_factory=dict)
    assurances: Mapping[str, Assurance] = field(default_factory=dict)
    shared: Mapping[str, Weights] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what each decision would work out again."""
        known = {route: _weights(slices) for route, slices in self.weights.items()}
        shared = {
            route: _given(found, self.ill.get(route, BUCKETS)) for route, found in known.items() if found.highest > 0
        }
        object.__setattr__(self, "shared", shared)

    def until(self, expires: float) -> Standing:
        """The same, valid until then: nothing is worked out again."""
        renewed = copy(self)
        object.__setattr__(renewed, "expires", expires)
        return renewed


@dataclass(frozen=True, slots=True)
class Decision:
    """The arm that is to serve, and why; the bucket and the slice where they had to be known for it."""

    arm: Arm
    reason: Reason
    bucket: int | None = None
    slice: Slice | None = None


_OVERRIDE = Decision(Arm.TEACHER, Reason.OVERRIDE)
_NO_SNAPSHOT = Decision(Arm.TEACHER, Reason.NO_SNAPSHOT)
_EXPIRED = Decision(Arm.TEACHER, Reason.SNAPSHOT_EXPIRED)
_WEIGHT_ZERO = Decision(Arm.TEACHER, Reason.WEIGHT_ZERO)
_UNBUCKETABLE = Decision(Arm.TEACHER, Reason.UNBUCKETABLE)


def decide(standing: Standing | None, facts: Facts, now: float) -> Decision:
    """Decide one request."""
    if facts.override:
        return _OVERRIDE
    if standing is None:
        return _NO_SNAPSHOT
    if now >= standing.expires:
        return _EXPIRED
    weights = standing.shared.get(facts.route)
    if weights is None or facts.endpoint is Endpoint.OTHER:
        return _WEIGHT_ZERO
    unit = facts.unit()
    if not unit:
        return _UNBUCKETABLE
    return _assign(weights, bucket(Purpose.SERVE, facts.route, facts.salt, unit), facts)


def _assign(weights: Weights, place: int, facts: Facts) -> Decision:
    if place < weights.lowest:
        return Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, place)
    if place >= weights.highest:
        return Decision(Arm.TEACHER, Reason.ABOVE_WEIGHT, place)
    settled = facts.slice()
    if place < weights.slices.get(settled, 0):
        return Decision(Arm.STUDENT, Reason.WITHIN_WEIGHT, place, settled)
    spared = weights.well is not None and place < weights.well.get(settled, 0)
    return Decision(Arm.TEACHER, Reason.STUDENT_ILL if spared else Reason.ABOVE_WEIGHT, place, settled)


def _weights(slices: Mapping[str, int]) -> Weights:
    buckets = [slices.get(one, 0) for one in _SLICES]
    return Weights(slices, min(buckets), max(buckets))


def _given(well: Weights, share: int) -> Weights:
    """The same weights, of each of which the student is given so many 100 000ths."""
    if share >= BUCKETS:
        return well
    given = _weights({name: weight * share // BUCKETS for name, weight in well.slices.items()})
    return Weights(given.slices, given.lowest, well.highest, well.slices)
