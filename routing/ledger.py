"""The evidence of a route in one epoch, as gates and exposure ask for it: conversations counted, slice by slice.

The unit is the conversation: it diverged in a behavior if any of its turns did. Each slice has four sheets. Their
*history* says which arm served the conversations, for what holds in conversations that the teacher led need not hold in
those that the student did. Their *stage* says when a conversation is counted: an open one may yet diverge, so failures
are looked for among all that were *seen*, while a pass rests on those that have *settled*.

Everything here is a sum and merges by addition, in any order: over batches, replicas and restarts. This module refuses
to judge; that is ``routing.gates``'. What a turn adds to a conversation, and a conversation to the sums, is
``routing.conversations``; the tables that keep them are ``proxy.store.evidence``'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Self

from routing.divergence import Direction
from routing.evidence.excess import Differences, seen
from routing.evidence.rates import Trials

ANYTHING = "*"  # stands in a set for names that were cut off: whether they hold a behavior is not known


class History(StrEnum):
    """The arm that served the conversations."""

    TEACHER = "teacher"  # mirrored: the student was asked in the shadow lane
    STUDENT = "student"  # audited: the teacher was


class Stage(StrEnum):
    """When a conversation is counted."""

    SEEN = "seen"  # from its first pair on; a later turn may turn it into a diverging one
    SETTLED = "settled"  # once it has been idle for long enough


class Counted(NamedTuple):
    """Conversations in which a behavior was tried, and those of them all on which the teacher was asked twice."""

    trials: Trials = Trials()
    pairs: Differences = Differences()

    def merge(self, other: Counted) -> Counted:
        """Both together, whichever came first."""
        return Counted(self.trials.merge(other.trials), self.pairs.merge(other.pairs))


class Diverged(NamedTuple):
    """What diverged in a conversation: sorted entries such as ``refusal.lost``; ``ANYTHING`` at the end if cut.

    Attributes:
        student: The student, on any turn.
        again: The student, on turns on which the teacher was asked twice; None: on no turn was it.
        teacher: The teacher from itself, on those turns; None exactly where ``again`` is.
    """

    student: tuple[str, ...] = ()
    again: tuple[str, ...] | None = None
    teacher: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is known of one slice, in one history, at one stage.

    Attributes:
        cells: The counts by behavior and direction; a cell that is missing was never tried.
        sets: How many conversations there are, by what diverged in them.
    """

    cells: Mapping[tuple[str, Direction], Counted] = field(default_factory=dict)
    sets: Mapping[Diverged, int] = field(default_factory=dict)

    @property
    def conversations(self) -> int:
        """All conversations, also those that were no trial of anything."""
        return sum(self.sets.values())

    def merge(self, other: Self) -> Self:
        """Both together, whichever came first."""
        cells = dict(self.cells)
        for key, counted in other.cells.items():
            cells[key] = cells.get(key, Counted()).merge(counted)
        return type(self)(cells, dict(Counter(self.sets) + Counter(other.sets)))

    def any_of(self, entries: Collection[str]) -> Counted:
        """Conversations in which any of these entries (``refusal.lost``) stands, as if they were one behavior.

        Every conversation is a trial, and every one on which the teacher was asked twice a pair. What was cut off is
        read to the student's disadvantage: among it there may be one of these, and nothing that excuses it.
        """
        wanted = frozenset(entries)
        trials, pairs = Trials(), Differences()
        for diverged, count in self.sets.items():
            trials = trials.merge(Trials(count, count * _hits(diverged.student, wanted, cut=True)))
            if diverged.again is not None:
                one = seen(_hits(diverged.again, wanted, cut=True), _hits(diverged.teacher or (), wanted, cut=False))
                pairs = pairs.merge(_times(one, count))
        return Counted(trials, pairs)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is known of a route in one epoch, by slice, history and stage."""

    sheets: Mapping[tuple[str, History, Stage], Sheet] = field(default_factory=dict)

    def sheet(self, slice_: str, history: History, stage: Stage) -> Sheet:
        """One sheet; empty where nothing is known."""
        return self.sheets.get((slice_, history, stage), Sheet())

    def slices(self) -> tuple[str, ...]:
        """The slices of which anything is known, in order."""
        return tuple(sorted({slice_ for slice_, _, _ in self.sheets}))

    def merge(self, other: Self) -> Self:
        """Both together, whichever came first."""
        sheets = dict(self.sheets)
        for key, sheet in other.sheets.items():
            sheets[key] = sheets.get(key, Sheet()).merge(sheet)
        return type(self)(sheets)


def entry(behavior: str, direction: Direction) -> str:
    """How a divergence is called in a set."""
    return f"{behavior}.{direction}"


def _hits(entries: Iterable[str], wanted: Collection[str], *, cut: bool) -> bool:
    """Whether a wanted entry stands among these; ``cut`` is what is assumed of those that were cut off."""
    return bool(wanted) and any(one in wanted if one != ANYTHING else cut for one in entries)


def _times(one: Differences, count: int) -> Differences:
    return Differences(one.student_only * count, one.teacher_only * count, one.alike * count)
