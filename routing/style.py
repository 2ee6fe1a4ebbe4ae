"""Style drift: whether the student's manner moved away from the teacher's where their answers agree.

A student that became shorter *and* surer is losing the channel by which it voiced doubt, and no comparison of answers
shows it. Each pair of replies gives four paired values in [0, 1]; a ``Contrast`` keeps their running sums: a count, a
sum per arm, and the squared surprise of the differences. Sums of several replicas, or of several runs of one, merge by
addition in any order.

The bounds hold at every moment at once, however often and for whatever reason one looks. Method: empirical Bernstein
confidence sequence of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
sequences" (Annals of Statistics 2021, arXiv:1810.08240), theorem 4. For X in [0, 1] and any guess g made before seeing
X, exp(l (X - E[X | past]) - (X - g)^2 psi(l)) has conditional mean at most 1, with psi(l) = -ln(1 - l) - l and
0 <= l < 1. So each l gives, by Ville's inequality, a line that the sum of X - E[X | past] crosses with probability at
most its share of the risk, and a geometric family of lines shares out the risk. Nothing is assumed to be independent
or identically distributed: what is covered is the average of the conditional means over the traffic seen.

It decides nothing and keeps no state of its own: ``manner`` measures one reply, the examiner adds the pairs up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from enum import StrEnum

from routing.behaviors.hedging import hedges
from routing.behaviors.phrasing.reading import read
from routing.behaviors.self_correction import corrections

_HEDGES_AT_MOST = 10.0  # per 100 words; "I think so." would else weigh more than ten careful pages
_CORRECTIONS_AT_MOST = 5.0  # per reply
_WIDTH = 2.0  # a difference of two values in [0, 1] lies in an interval this wide
_SLOPES = tuple(0.8 * 0.6**j for j in range(30))  # the last is optimal near ten billion pairs


class Measure(StrEnum):
    """What of a reply's manner is held against the teacher's."""

    LENGTH = "length"  # words; given as the ratio student / teacher
    HEDGES = "hedges"  # per 100 words, averaged over replies, each counted up to 10
    CORRECTIONS = "corrections"  # self-corrections per reply, each reply counted up to 5
    UNSURE = "unsure"  # share of replies with any marker of uncertainty


_UNIT = {Measure.HEDGES: _HEDGES_AT_MOST, Measure.CORRECTIONS: _CORRECTIONS_AT_MOST, Measure.UNSURE: 1.0}


@dataclass(frozen=True, slots=True)
class Manner:
    """One reply's manner: its words, hedges and self-corrections. ``manner`` measures it.

    ``hedges`` and ``corrections`` are None where the reply's language is not one we can judge: such a reply counts
    for its length only.
    """

    words: int
    hedges: int | None = None
    corrections: int | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """One measure over the pairs seen, in the measure's own unit.

    ``change`` is the ratio student / teacher for ``length`` and the difference student - teacher for the others;
    ``low`` and ``high`` are its confidence bounds. Without a pair they say nothing: the widest there can be.
    """

    measure: Measure
    count: int
    teacher: float
    student: float
    change: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much shorter and surer a student may be without an alarm, beyond doubt."""

    length_ratio: float = 0.9  # student / teacher
    hedges: float = 0.1  # fewer per 100 words
    unsure: float = 0.02  # smaller share of replies


@dataclass(frozen=True, slots=True)
class Alarm:
    """The student became shorter and surer: the bound on length, and the bounds that show it is surer."""

    shorter: Bound
    surer: tuple[Bound, ...]

    def __str__(self) -> str:
        parts = [f"length ratio {self.shorter.change:.2f} (at most {self.shorter.high:.2f})"]
        parts += [
            f"{b.measure} {b.student:.2f}, teacher {b.teacher:.2f} (change at most {b.high:+.2f})" for b in self.surer
        ]
        return f"shorter and surer than the teacher over {self.shorter.count} pairs: " + "; ".join(parts)


@dataclass(frozen=True, slots=True)
class Contrast:
    """Running sums of one paired measure: pairs, each arm's values in [0, 1], squared surprise of the differences."""

    count: int = 0
    teacher: float = 0.0
    student: float = 0.0
    surprise: float = 0.0

    def add(self, teacher: float, student: float) -> Contrast:
        """With one more pair. The guess it surprises is made of the past alone, so any replica's own past will do."""
        guess = (self.student - self.teacher) / (self.count + 1)
        surprise = (student - teacher - guess) ** 2
        return Contrast(self.count + 1, self.teacher + teacher, self.student + student, self.surprise + surprise)

    def merge(self, other: Contrast) -> Contrast:
        """The sums of both."""
        return Contrast(
            self.count + other.count,
            self.teacher + other.teacher,
            self.student + other.student,
            self.surprise + other.surprise,
        )

    def difference(self, confidence: float) -> tuple[float, float, float]:
        """(mean of student - teacher, low, high), in [-1, 1]. Without a pair (0, -1, 1)."""
        if not self.count:
            return 0.0, -1.0, 1.0
        mean = (self.student - self.teacher) / self.count
        radius = _WIDTH * _boundary(self.surprise / _WIDTH**2, (1.0 - confidence) / 2.0) / self.count
        return mean, max(-1.0, mean - radius), min(1.0, mean + radius)


@dataclass(frozen=True, slots=True)
class StyleDrift:
    """The student's manner against the teacher's over the pairs of one slice."""

    length: Contrast = Contrast()
    hedges: Contrast = Contrast()
    corrections: Contrast = Contrast()
    unsure: Contrast = Contrast()

    def add(self, teacher: Manner, student: Manner) -> StyleDrift:
        """With one more pair. Where a language is unknown, only the lengths count."""
        length = self.length.add(*_shares(teacher.words, student.words))
        theirs, ours = _voice(teacher), _voice(student)
        if theirs is None or ours is None:
            return StyleDrift(length, self.hedges, self.corrections, self.unsure)
        return StyleDrift(length, *(c.add(t, s) for c, t, s in zip(self.contrasts[1:], theirs, ours, strict=True)))

    def merge(self, other: StyleDrift) -> StyleDrift:
        """Both together: for other replicas, and for what was kept before."""
        return StyleDrift(*(mine.merge(theirs) for mine, theirs in zip(self.contrasts, other.contrasts, strict=True)))

    @property
    def contrasts(self) -> tuple[Contrast, Contrast, Contrast, Contrast]:
        """One for each ``Measure``, in its order."""
        return self.length, self.hedges, self.corrections, self.unsure

    def sums(self) -> tuple[float, ...]:
        """The sixteen numbers to keep, in the order of ``SUMS``; they merge by addition."""
        return tuple(float(value) for contrast in self.contrasts for value in astuple(contrast))

    @staticmethod
    def of_sums(sums: Sequence[float]) -> StyleDrift:
        """What ``sums`` gave, or several of them added. Raises ``ValueError`` for another number of values."""
        if len(sums) != len(SUMS):
            raise ValueError(f"style drift is {len(SUMS)} sums, not {len(sums)}: keep them in the order of SUMS")
        rows = [sums[i : i + 4] for i in range(0, len(SUMS), 4)]
        return StyleDrift(*(Contrast(round(n), teacher, student, surprise) for n, teacher, student, surprise in rows))

    def bounds(self, confidence: float = 0.95) -> tuple[Bound, ...]:
        """Every measure with its two-sided bounds, each valid at this confidence over the whole running time.

        Raises ``ValueError`` unless 0 < confidence < 1.
        """
        if not 0.0 < confidence < 1.0:
            raise ValueError(f"confidence {confidence} is not between 0 and 1: 0.95 means 95 %")
        others = zip(_UNIT, self.contrasts[1:], strict=True)
        return (_length(self.length, confidence), *(_bound(measure, kept, confidence) for measure, kept in others))

    def alarm(self, confidence: float = 0.95, tolerance: Tolerance = Tolerance()) -> Alarm | None:
        """The alarm that the student is shorter and surer than tolerated, or None.

        With probability ``confidence`` it never sounds over the whole running time while the student stays within the
        tolerance: each side below uses half the risk, "surer" has two ways to hold, and both sides must.
        """
        length, hedges, _, unsure = self.bounds(confidence)
        limits = ((hedges, -tolerance.hedges), (unsure, -tolerance.unsure))
        surer = tuple(bound for bound, limit in limits if bound.high < limit)
        return Alarm(length, surer) if surer and length.high < tolerance.length_ratio else None


def manner(text: str) -> Manner:
    """A reply's manner. Of a long text head and tail are read; the rest counts by its characters.

    A modal ("may be") is too weak to count as a hedge by itself. In a language without spaces a character is a word.
    """
    reading = read(text)
    words = round(reading.words.proper * max(1.0, len(text) / max(1, len(reading.words.read))))
    if reading.language is None:
        return Manner(words)
    return Manner(words, sum(hit.cue != "hedging.modal" for hit in hedges(reading)), len(corrections(reading)))


SUMS = tuple(f"{f.name}_{g.name}" for f in fields(StyleDrift) for g in fields(Contrast))
"""The names of the sums a ``StyleDrift`` is kept as."""


def _shares(teacher: int, student: int) -> tuple[float, float]:
    """Each arm's share of a pair's words. Two silent arms are equally long."""
    both = teacher + student
    return (teacher / both, student / both) if both else (0.5, 0.5)


def _voice(manner: Manner) -> tuple[float, float, float] | None:
    """Hedges, corrections and uncertainty of one reply, each in [0, 1]."""
    if manner.hedges is None or manner.corrections is None:
        return None
    rate = 100.0 * manner.hedges / max(1, manner.words)
    hedges = min(rate, _HEDGES_AT_MOST) / _HEDGES_AT_MOST
    return hedges, min(manner.corrections, _CORRECTIONS_AT_MOST) / _CORRECTIONS_AT_MOST, float(manner.hedges > 0)


def _length(contrast: Contrast, confidence: float) -> Bound:
    """A difference d of the shares is the ratio (1 + d) / (1 - d); the mean and its bounds map alike."""
    change, low, high = (_ratio(d) for d in contrast.difference(confidence))
    return Bound(Measure.LENGTH, contrast.count, 1.0, change, change, low, high)


def _ratio(difference: float) -> float:
    return (1.0 + difference) / (1.0 - difference) if difference < 1.0 else math.inf


def _bound(measure: Measure, contrast: Contrast, confidence: float) -> Bound:
    unit, count = _UNIT[measure], contrast.count
    teacher, student = (unit * arm / max(1, count) for arm in (contrast.teacher, contrast.student))
    change, low, high = (unit * d for d in contrast.difference(confidence))
    return Bound(measure, count, teacher, student, change, low, high)


def _boundary(surprise: float, risk: float) -> float:
    """What the sum of X - E[X | past], X in [0, 1], exceeds at any time with at most this probability.

    The lowest of the lines; line j has the share 1 / ((j + 1) (j + 2)) of the risk, and the shares sum to less than 1.
    """
    lines = (
        (math.log((j + 1) * (j + 2) / risk) + surprise * (-math.log1p(-slope) - slope)) / slope
        for j, slope in enumerate(_SLOPES)
    )
    return min(lines)
