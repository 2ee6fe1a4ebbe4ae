"""What the world's own judge says of the compared pairs: which of the recorded replies are right, by situation.

The demonstration invented its world, and so it knows what nobody knows in production. It refuses to hand that on:
Practicum is never told. Its counterpart is ``findings``, which is what Practicum saw of the same pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from proxy.demo.railway.example import SCRUBBED, Example, Situation
from proxy.demo.railway.judge import judge
from proxy.examiner.documents import observed
from proxy.store.pair import Pair, Reply
from routing.observation import Arm

CLEAN = "what the eval asks"
TITLES: Mapping[Situation, str] = {
    Situation.UNKNOWABLE: "nobody can know",
    Situation.AMBIGUOUS: "unclear what is meant",
    Situation.FORECAST: "nobody can be certain",
    Situation.CORRECTION: "the last answer was wrong",
    Situation.UNSAFE: "must be declined",
    Situation.MALFORMED: "broken or regional forms",
    Situation.TOOL_FAILURE: "a tool has failed",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One pair: whose reply is right, and whether Practicum found any divergence."""

    pair: str
    situation: Situation
    teacher: bool
    student: bool
    diverged: bool

    @property
    def lost(self) -> bool:
        """Whether only the teacher's reply is right."""
        return self.teacher and not self.student


@dataclass(frozen=True, slots=True)
class Tally:
    """Marks added up. ``named``: of the ``lost``, those in which Practicum found a divergence."""

    title: str
    asked: int
    teacher: int
    student: int
    lost: int
    named: int


def marks(pairs: Iterable[Pair], asked: Mapping[str, Example]) -> list[Mark]:
    """A mark for each pair whose question is known and that both arms answered."""
    known = ((pair, asked[pair.id]) for pair in pairs if pair.id in asked)
    return [_mark(pair, example) for pair, example in known if not (pair.teacher.failure or pair.student.failure)]


def tallies(found: Sequence[Mark]) -> list[Tally]:
    """The clean situations in one line, then each scrubbed one that was asked at all."""
    clean = [mark for mark in found if mark.situation not in SCRUBBED]
    scrubbed = [_tally(title, [m for m in found if m.situation is kind]) for kind, title in TITLES.items()]
    return [_tally(CLEAN, clean), *(tally for tally in scrubbed if tally.asked)]


def telling_first(pairs: Iterable[Pair], found: Iterable[Mark]) -> list[Pair]:
    """The pairs in which only the teacher's reply is right before all others, each lot in its order."""
    lost = {mark.pair for mark in found if mark.lost}
    return sorted(pairs, key=lambda pair: pair.id not in lost)


def _mark(pair: Pair, example: Example) -> Mark:
    teacher = _right(example, pair.endpoint, Arm.TEACHER, pair.teacher)
    student = _right(example, pair.endpoint, Arm.STUDENT, pair.student)
    return Mark(pair.id, example.kind, teacher, student, pair.diverged)


def _right(example: Example, endpoint: str, arm: Arm, reply: Reply) -> bool:
    seen = observed(endpoint, arm, reply)
    return seen is not None and judge(example, seen.text, seen.tool_calls)


def _tally(title: str, found: Sequence[Mark]) -> Tally:
    lost = [mark for mark in found if mark.lost]
    return Tally(
        title,
        len(found),
        sum(mark.teacher for mark in found),
        sum(mark.student for mark in found),
        len(lost),
        sum(mark.diverged for mark in lost),
    )
