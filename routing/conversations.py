"""One conversation as evidence: what its turns add to it, and what it then adds to the sums of ``routing.ledger``.

A conversation diverges in a behavior if any of its turns does, so its *flags* only ever rise, in whatever order the
turns come and however often one comes again. Its *set*, what diverged in it altogether, is one at any time: another
turn may move it from one set to another, and may turn a pair on which both arms were alike into one on which they were
not, so that ``alike`` falls while another count rises.

Flags and sets have one text each, for a database to keep. This module refuses to keep anything and knows no time: when
a conversation has settled is the store's to say (``proxy.store.evidence``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Self
from urllib.parse import quote, unquote

from routing.divergence import Direction, Trial
from routing.evidence.excess import seen
from routing.evidence.rates import Trials
from routing.ledger import ANYTHING, Counted, Diverged, entry

# What a conversation's turns said of a behavior in a direction; plain integers, enum.IntFlag being slow.
TRIED, DIVERGED = 1, 2
TWICE = 4  # a trial of either arm on a turn on which the teacher was asked twice
STUDENT, TEACHER = 8, 16  # which of them diverged on such a turn
# What a trial of the student says, by whether the teacher was asked twice: where it agreed, and where it diverged.
_OF_STUDENT = (TRIED, TRIED | DIVERGED), (TRIED | TWICE, TRIED | DIVERGED | TWICE | STUDENT)

Cell = tuple[str, Direction]
_UNTRIED: Mapping[Cell, int] = {}
_ASKED = "once", "twice"
_NEVER = "-"  # the set of a conversation in which the teacher was never asked twice; no entry is without a dot
_PLAIN = "".join(map(chr, range(33, 127))).translate({ord(sign): None for sign in "%,*="})


class Increment(NamedTuple):
    """What a cell's counts change by; ``alike`` may fall."""

    trials: int = 0
    diverged: int = 0
    student_only: int = 0
    teacher_only: int = 0
    alike: int = 0

    def plus(self, other: Increment, times: int = 1) -> Increment:
        """This change, and another so many times."""
        return Increment(*(one + two * times for one, two in zip(self, other, strict=True)))


class Changes(NamedTuple):
    """What changes in the sums. Changes of nothing are left out."""

    cells: Mapping[Cell, Increment]
    sets: Mapping[Diverged, int]


@dataclass(frozen=True, slots=True)
class Flags:
    """What is known of one conversation.

    Attributes:
        twice: Whether the teacher was asked twice on any turn.
        bits: What the turns said, by behavior and direction; what is missing was never tried.
    """

    twice: bool = False
    bits: Mapping[Cell, int] = field(default_factory=dict)

    def add(self, trials: Iterable[Trial], noise: Iterable[Trial] | None) -> Self:
        """With another turn: the student's trials, and those of the teacher's second reply; None: it was not asked."""
        twice = noise is not None
        bits = dict(self.bits)
        agreed, differed = _OF_STUDENT[twice]
        for trial in trials:
            cell = trial.behavior, trial.direction
            bits[cell] = bits.get(cell, 0) | (differed if trial.diverged else agreed)
        for trial in noise or ():
            cell = trial.behavior, trial.direction
            bits[cell] = bits.get(cell, 0) | (TWICE | TEACHER if trial.diverged else TWICE)
        return type(self)(self.twice or twice, bits)

    def counted(self) -> dict[Cell, Counted]:
        """What the conversation adds to each cell, once."""
        return {cell: _counted(bits) for cell, bits in self.bits.items()}

    def diverged(self) -> Diverged:
        """The conversation's set."""
        if not self.twice:
            return Diverged(self._named(DIVERGED))
        return Diverged(self._named(DIVERGED), self._named(STUDENT), self._named(TEACHER))

    def _named(self, bit: int) -> tuple[str, ...]:
        return tuple(sorted(entry(*cell) for cell, bits in self.bits.items() if bits & bit))


def changes(steps: Iterable[tuple[Flags | None, Flags]]) -> Changes:
    """What changes in the sums when conversations do, each from its former flags (None: not counted yet) to others."""
    moves, sets = Counter[tuple[Cell, int, int]](), Counter[Diverged]()
    for before, after in steps:
        old = _UNTRIED if before is None else before.bits
        moves.update([(cell, old.get(cell, 0), bits) for cell, bits in after.bits.items()])
        sets[after.diverged()] += 1
        if before is not None:
            sets[before.diverged()] -= 1
    cells: dict[Cell, Increment] = {}
    for (cell, was, bits), times in moves.items():
        cells[cell] = cells.get(cell, Increment()).plus(_increment(was, bits), times)
    return Changes(
        {cell: increment for cell, increment in cells.items() if any(increment)},
        {diverged: count for diverged, count in sets.items() if count},
    )


def flags_text(flags: Flags) -> str:
    """Flags as ASCII text, such as ``once answer.lost=3,refusal.lost=1``; equal flags have equal texts."""
    named = sorted(f"{_quoted(entry(*cell))}={bits}" for cell, bits in flags.bits.items())
    return f"{_ASKED[flags.twice]} {','.join(named)}"


def read_flags(text: str) -> Flags:
    """The inverse of ``flags_text``."""
    asked, _, named = text.partition(" ")
    each = (one.rpartition("=") for one in named.split(",") if one)
    return Flags(asked == _ASKED[True], {_read_cell(name): int(bits) for name, _, bits in each})


@lru_cache(maxsize=4096)
def set_text(entries: tuple[str, ...] | None, most: int) -> str:
    """One of a set's three tuples as ASCII text of at most ``most`` characters; what does not fit becomes a ``*``."""
    if entries is None:
        return _NEVER
    names = [ANYTHING if name == ANYTHING else _quoted(name) for name in entries]
    whole = ",".join(names)
    if len(whole) <= most:
        return whole
    fitting = whole[: most - 1].rpartition(",")[0]
    return f"{fitting},{ANYTHING}" if fitting else ANYTHING


@lru_cache(maxsize=4096)
def read_set(text: str) -> tuple[str, ...] | None:
    """The inverse of ``set_text``, but for what did not fit."""
    if text == _NEVER:
        return None
    return tuple(unquote(name, errors="surrogatepass") for name in text.split(",")) if text else ()


@lru_cache(maxsize=4096)
def _quoted(name: str) -> str:
    return quote(name, safe=_PLAIN, errors="surrogatepass")


@lru_cache(maxsize=4096)
def _read_cell(name: str) -> Cell:
    behavior, _, direction = unquote(name, errors="surrogatepass").rpartition(".")
    return behavior, Direction(direction)


def _counted(bits: int) -> Counted:
    trials = Trials(bool(bits & TRIED), bool(bits & DIVERGED))
    return Counted(trials, seen(bool(bits & STUDENT), bool(bits & TEACHER))) if bits & TWICE else Counted(trials)


@lru_cache(maxsize=1024)  # all there are: 32 by 32
def _increment(before: int, after: int) -> Increment:
    old, new = _numbers(before), _numbers(after)
    return Increment(*(two - one for one, two in zip(old, new, strict=True)))


def _numbers(bits: int) -> Increment:
    trials, pairs = _counted(bits)
    return Increment(trials.count, trials.diverged, pairs.student_only, pairs.teacher_only, pairs.alike)
