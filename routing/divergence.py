"""Two observations of one request, compared: which behaviors the student lost or gained.

A divergence is directed. For ``lost`` the trials are the requests on which the teacher showed the behavior; for
``gained`` those on which the student did. A request on which neither did is no trial: it says nothing about either.
Nor is one to which a behavior does not apply for either arm. Arms with a failure are not judged here: they are an
outcome of their own, and the caller's to count.

**Severity** says how far the arm that did not show the behavior stayed behind the one that did: the difference of their
labels' scores. Gates count divergences, not severities; severity is for people, to see the worst first. What a score
below 1 means is the detector's to say, and is of four sorts:

- how near a reply came to the form or the deed: JSON in a fence, the right tool with wrong arguments, half of the
  fields of the answer, a retry of a call that may succeed this time, owning up to a failure and leaving it there;
- how strong the sign is: one hedge against many, a named source against one that cannot be looked up;
- how sure a fitted detector is: two replies on both sides of its threshold, and near it, are nearly alike;
- how bad the deed is: a reply that breaks off against an empty one.

It does not say which behavior matters more. That is the operator's to say, by the gates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routing.behaviors.case import Case, SchemaCheck
from routing.behaviors.label import Label, Presence
from routing.behaviors.table import TABLE, Row
from routing.observation import Observation
from routing.traits import Traits

COMPARATOR = "1"
"""Raised by whoever changes what a detector finds: evidence gathered by another comparator is none of this one."""

_LEAST = 0.05  # a divergence is never nothing, however near the two scores


class Direction(StrEnum):
    """Which arm showed the behavior that the other did not."""

    LOST = "lost"  # the teacher did, the student did not
    GAINED = "gained"  # the student did, the teacher did not


@dataclass(frozen=True, slots=True)
class Trial:
    """One request that could have shown a divergence of a behavior in a direction, and whether it did.

    ``severity`` says how much was lost where ``diverged``, in [0.05, 1]; it is 0 where not.
    """

    behavior: str
    direction: Direction
    diverged: bool
    severity: float = 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """What comparing two arms found: each arm's labels, and the trials in both directions."""

    teacher: tuple[Label, ...]
    student: tuple[Label, ...]
    trials: tuple[Trial, ...]

    @property
    def divergences(self) -> tuple[Trial, ...]:
        """The trials that diverged."""
        return tuple(t for t in self.trials if t.diverged)


def compare(
    traits: Traits,
    teacher: Observation,
    student: Observation,
    check: SchemaCheck,
    table: tuple[Row, ...] = TABLE,
) -> Comparison:
    """Every behavior of the table on both replies, the teacher's being the reference for both.

    Both observations must be free of failures. ``check`` validates a value against a JSON Schema. Labels are in the
    table's order; a behavior gives a trial per direction in which the arm that could have shown it did.
    """
    reference, case = Case(traits, teacher, teacher, check), Case(traits, student, teacher, check)
    # Behavior by behavior: what a detector needs is still in the processor's cache for the second reply.
    labels = [(row.detect(reference), row.detect(case)) for row in table]
    trials = tuple([trial for both in labels for trial in _trials(*both)])
    return Comparison(tuple([mine for mine, _ in labels]), tuple([theirs for _, theirs in labels]), trials)


def _trials(teacher: Label, student: Label) -> list[Trial]:
    presences = teacher.presence, student.presence
    if Presence.PRESENT not in presences or Presence.NOT_APPLICABLE in presences:
        return []
    sides = ((Direction.LOST, teacher, student), (Direction.GAINED, student, teacher))
    return [_trial(way, shown, other) for way, shown, other in sides if shown.presence is Presence.PRESENT]


def _trial(direction: Direction, shown: Label, other: Label) -> Trial:
    """One arm showed it. How much the other fell short is how far its score stayed behind."""
    if other.presence is Presence.PRESENT:
        return Trial(shown.behavior, direction, diverged=False)
    return Trial(shown.behavior, direction, diverged=True, severity=min(1.0, max(_LEAST, shown.score - other.score)))
