"""Stored pairs judged again: what today's detectors say of what was kept, beside what was said when it was compared.

A pair goes the way it went when it was new: from its bytes to observations, and from those to labels and trials. Only
what was kept whole is judged: of a redacted reply nobody can tell what the words that are gone would have been, so such
pairs are counted by why and left as they are. So are the behaviors that the table does not have, such as those an LLM
judge decides. Nothing here writes; the counterpart that chooses the pairs is ``proxy.cli.replay``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from proxy.store.pair import Pair, Reply
from proxy.wire.errors import WireError
from proxy.wire.replies import observe
from proxy.wire.requests import read_traits
from proxy.wire.schemas import check_schema
from routing.behaviors.label import Label, Presence
from routing.behaviors.table import Row
from routing.divergence import Comparison, Trial, compare
from routing.observation import Arm, Failure, Observation, Timing
from routing.traits import Endpoint, Traits

UNLABELED = "unlabeled"  # how a behavior stands that was not judged when the pair was compared


class Whose(StrEnum):
    """Whose reply a label is of; of trials, whose reply is held against the teacher's first."""

    TEACHER = "teacher"
    STUDENT = "student"
    NOISE = "noise"  # the teacher, asked again


class Unjudged(StrEnum):
    """Why a stored pair cannot be judged again."""

    REDACTED = "redacted"  # parts of what was said were replaced before it was kept
    DIGEST = "digest"  # nothing readable was kept
    FAILED = "failed"  # an arm gave no reply, so that there never was anything to compare
    UNREADABLE = "unreadable"  # its bytes are not what they were taken for when it was compared


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What is found in a pair now. ``noise`` is the teacher against itself, where it was asked twice."""

    found: Comparison
    noise: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A label that is another now: how it stood and how it stands."""

    behavior: str
    whose: Whose
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class ChangeCount:
    """In how many pairs a label changed so."""

    change: Change
    pairs: int


@dataclass(frozen=True, slots=True)
class ChangedPair:
    """A pair that has such labels."""

    pair: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ReplayCell:
    """Trials and divergences among the pairs judged again, as stored and as found now.

    ``whose`` is ``student``, or ``noise`` for the teacher against itself.
    """

    whose: Whose
    behavior: str
    direction: str
    trials_before: int
    trials_now: int
    diverged_before: int
    diverged_now: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """What judging again came to.

    Of the ``pairs`` seen, ``judged`` could be judged again; the others are in ``unjudged`` by why. ``left`` counts,
    by behavior, the pairs with labels that replay does not make anew. ``changed`` of the judged have a label that
    changed; ``examples`` are the first of them.
    """

    pairs: int
    judged: int
    unjudged: Mapping[str, int]
    left: Mapping[str, int]
    changed: int
    cells: tuple[ReplayCell, ...]
    changes: tuple[ChangeCount, ...]
    examples: tuple[ChangedPair, ...]


def rejudge(pair: Pair, table: tuple[Row, ...]) -> Rejudged | Unjudged:
    """The pair's labels and trials by this table, or why there can be none."""
    if pair.privacy != "full":
        return Unjudged.REDACTED if pair.privacy == "redacted" else Unjudged.DIGEST
    if pair.teacher.failure or pair.student.failure:
        return Unjudged.FAILED
    traits = traits_of(pair)
    if traits is None:
        return Unjudged.UNREADABLE
    teacher = _observed(traits, Arm.TEACHER, pair.teacher)
    student = _observed(traits, Arm.STUDENT, pair.student)
    if teacher.failure or student.failure:
        return Unjudged.UNREADABLE
    return Rejudged(compare(traits, teacher, student, check_schema, table), _noise(traits, teacher, pair.noise, table))


class Replay:
    """Adds up what judging pairs again finds. Its memory is bounded, however many pairs it is given."""

    def __init__(self, table: tuple[Row, ...], examples: int) -> None:
        """``table`` is what to judge by; of the pairs that changed, the first ``examples`` are kept by id."""
        self._table = table
        self._behaviors = frozenset(str(row.behavior) for row in table)
        self._most = examples
        self._unjudged: Counter[str] = Counter()
        self._left: Counter[str] = Counter()
        self._before: Counter[_Key] = Counter()
        self._now: Counter[_Key] = Counter()
        self._changes: Counter[Change] = Counter()
        self._examples: list[ChangedPair] = []
        self._judged = self._changed = 0

    def add(self, pair: Pair) -> None:
        """Judge one more pair."""
        found = rejudge(pair, self._table)
        if isinstance(found, Unjudged):
            self._unjudged[found] += 1
            return
        self._judged += 1
        self._left.update({label.behavior for _, labels in _stored(pair) for label in labels} - self._behaviors)
        self._count(pair, found)
        changes = tuple(self._changed_labels(pair, found))
        if changes:
            self._changed += 1
            self._changes.update(changes)
            if len(self._examples) < self._most:
                self._examples.append(ChangedPair(pair.id, changes))

    def result(self) -> Replayed:
        """What was found so far; cells and changes in an order that does not depend on the pairs'."""
        keys = sorted({key[:3] for key in (*self._before, *self._now)}, key=lambda key: (key[0] is Whose.NOISE, key))
        ranked = sorted(self._changes.items(), key=lambda item: (-item[1], repr(item[0])))
        return Replayed(
            pairs=self._judged + self._unjudged.total(),
            judged=self._judged,
            unjudged={str(why): self._unjudged[why] for why in Unjudged},
            left=dict(sorted(self._left.items())),
            changed=self._changed,
            cells=tuple(self._cell(*key) for key in keys),
            changes=tuple(ChangeCount(change, pairs) for change, pairs in ranked),
            examples=tuple(self._examples),
        )

    def _count(self, pair: Pair, found: Rejudged) -> None:
        stored = [(Whose.STUDENT, pair.trials)]
        new = [(Whose.STUDENT, found.found.trials)]
        if found.noise is not None:
            stored.append((Whose.NOISE, pair.noise_trials))
            new.append((Whose.NOISE, found.noise.trials))
        self._before.update(key for key in _keys(stored) if key[1] in self._behaviors)
        self._now.update(_keys(new))

    def _changed_labels(self, pair: Pair, found: Rejudged) -> Iterator[Change]:
        now = {Whose.TEACHER: found.found.teacher, Whose.STUDENT: found.found.student}
        if found.noise is not None:
            now[Whose.NOISE] = found.noise.student
        for whose, labels in _stored(pair):
            stood = {label.behavior: standing(label) for label in labels}
            for label in now.get(whose, ()):
                before, after = stood.get(label.behavior, UNLABELED), standing(label)
                if before != after and (before != UNLABELED or label.presence is Presence.PRESENT):
                    yield Change(str(label.behavior), whose, before, after)

    def _cell(self, whose: Whose, behavior: str, direction: str) -> ReplayCell:
        diverged, agreed = (whose, behavior, direction, True), (whose, behavior, direction, False)
        before, now = self._before, self._now
        trials = (before[diverged] + before[agreed], now[diverged] + now[agreed])
        return ReplayCell(whose, behavior, direction, *trials, before[diverged], now[diverged])


_Key = tuple[Whose, str, str, bool]


def standing(label: Label) -> str:
    """How a behavior stands by its label: its presence, and which kind of it where there are several."""
    return f"{label.presence.value} ({label.variant})" if label.variant else label.presence.value


def _stored(pair: Pair) -> Iterator[tuple[Whose, tuple[Label, ...]]]:
    yield Whose.TEACHER, pair.teacher.labels
    yield Whose.STUDENT, pair.student.labels
    if pair.noise is not None and not pair.noise.failure:
        yield Whose.NOISE, pair.noise.labels


def _keys(found: Iterable[tuple[Whose, tuple[Trial, ...]]]) -> Iterator[_Key]:
    return ((whose, str(t.behavior), t.direction.value, t.diverged) for whose, trials in found for t in trials)


def traits_of(pair: Pair) -> Traits | None:
    """What the pair's request asks; None where it was not kept or cannot be read."""
    if pair.endpoint not in set(Endpoint):
        return None
    try:
        return read_traits(Endpoint(pair.endpoint), pair.request)
    except WireError:
        return None


def _observed(traits: Traits, arm: Arm, reply: Reply) -> Observation:
    failure = Failure(reply.failure) if reply.failure else None
    timing = Timing(reply.first_token, reply.total)
    return observe(traits.endpoint, arm, reply.status, reply.content_type, reply.body, traits.stream, failure, timing)


def _noise(traits: Traits, teacher: Observation, reply: Reply | None, table: tuple[Row, ...]) -> Comparison | None:
    if reply is None or reply.failure:
        return None
    again = _observed(traits, Arm.TEACHER, reply)
    return None if again.failure else compare(traits, teacher, again, check_schema, table)
