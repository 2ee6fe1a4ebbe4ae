"""Before the student is called: the chance, from the prompt alone, that its answer will be acceptable.

A hopeless request goes straight to the teacher, so that its caller does not wait for a student's reply that would be
thrown away. It only ever spares a wait, or costs a teacher's call: what may be served is decided by the reply
(``acceptance``), so no promise hangs on it. It refuses to know the reply or its log-probabilities: those are its
counterpart's, ``calibration``.

What a prompt tells is little, so that a slice's average is hard to beat, and a head that does not beat it beyond doubt
is none. The proof is a bet: units are taken in their order; the heads (one for each strength of regularization) bet
on every block with what they learned from the blocks before, against the best average of all the units that were bet
on, known in hindsight. If prompts told nothing, their mean wealth would reach 1 / DOUBT in at most a share DOUBT of
all fits, however many or few the units (universal inference: Wasserman, Ramdas, Balakrishnan 2020); and it only grows
where the heads' log loss is below the average's. Cross-validation with a t-test has no such level, as its folds
share their training units.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log, log1p
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.confidence.logistic import Regression, standardized
from routing.traits import FormatKind, Traits

FUNCTION: Final = "prompt-1"  # whoever changes what a feature means changes this
UNPROMISING: Final = 0.5
"""Below this chance the student is not asked.

Asking first takes the student's time, and the teacher's too where the answer is not acceptable; going straight takes
the teacher's. Asking is the shorter wait while the chance is above the student's time over the teacher's: a half for a
student twice as fast. A faster student is worth asking below that, but there its answers are more likely wrong than
right.
"""
DOUBT: Final = 0.01
RIDGES: Final = (10.0, 30.0, 100.0, 300.0, 1000.0)  # in units that say that a weight is zero
FEATURES: Final = (
    "length",  # log(1 + n) of characters of what the user said last; so are all counts
    "history",  # characters of all other turns
    "system",  # characters of the instructions
    "turns",
    "words",
    "word_length",  # bytes, on average
    "repeated",  # the share of words that are not the first of their kind
    "stops",  # full stops, question and exclamation marks
    "lines",
    "questions",
    "commas",
    "capitals",
    "numbers",
    "long_numbers",  # of three digits and more
    "quantities",  # English words, as are the next three
    "comparisons",
    "conditions",
    "demands",
    "marks",  # of code and formulas
    "foreign",  # the share of bytes beyond ASCII
    "tools",
    "tool_replies",
    "forced",  # 1 where a tool must be called
    "formatted",  # 1 where JSON must be replied
)

_HEAD, _TAIL = 4_000, 2_000  # characters read of what the user said last
_BLOCKS, _UNTESTED = 10, 2  # the first ones are only learned from
_FARTHEST = 30.0  # log-odds beyond which nothing changes
_BYTES = range(256)
_FOREIGN = bytes(range(128, 256))
_LETTERS = bytes(code if code in _FOREIGN or chr(code).isalpha() else ord(" ") for code in _BYTES)
_DIGITS = bytes(code if chr(code) in "0123456789" else ord(" ") for code in _BYTES)
_CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
_MARKS = b"`{}[]()<>=+*/\\^_|#;$%"
_QUANTITIES, _COMPARISONS, _CONDITIONS, _DEMANDS = range(1, 5)
_KINDS = {
    _QUANTITIES: b"one two three four five six seven eight nine ten dozen hundred thousand million half third quarter"
    b" twice double triple times percent per each every total sum average remaining left rest altogether",
    _COMPARISONS: b"more less fewer than as same different most least larger smaller older younger longer shorter"
    b" between compared",
    _CONDITIONS: b"if then unless otherwise suppose assuming when until after before while because therefore",
    _DEMANDS: b"must should exactly only without not never no avoid ensure do don include exclude use write limit",
}
_KIND = {word: kind for kind, words in _KINDS.items() for word in words.split()}

Vector = tuple[float, ...]
Matrix = NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PromptHead:
    """A logistic regression on a prompt's features, of one slice.

    Every feature is first brought into the range in which the fit has seen it: of what it never saw it does not know
    how hopeless that is.

    Attributes:
        intercept: Log-odds of a prompt all of whose features are zero.
        weights: Log-odds per unit of each feature, in the order of ``FEATURES``.
        lows: The least that was seen of each.
        highs: The most that was seen of each.
        function: The ``FUNCTION`` whose features it was fitted to; it must not be asked about another's.
    """

    intercept: float
    weights: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    function: str = FUNCTION

    def chance(self, features: Sequence[float]) -> float:
        """That the student's answer will be acceptable, between 0 and 1.

        Raises:
            ValueError: where there are not as many features as the head was fitted to.
        """
        score = self.intercept
        for weight, low, high, value in zip(self.weights, self.lows, self.highs, features, strict=True):
            score += weight * (low if value < low else high if value > high else value)  # noqa: FURB136 -- calls cost double
        return 1 / (1 + exp(-max(-_FARTHEST, min(_FARTHEST, score))))


def features(traits: Traits) -> Vector:
    """The features of a request, in the order of ``FEATURES``: two kilobytes cost some tens of microseconds."""
    said = traits.last_said
    characters = sum(len(turn.text) for turn in traits.turns)
    system = sum(len(turn.text) for turn in traits.turns if turn.role in {"system", "developer"})
    return (
        log1p(len(said)),
        log1p(characters - len(said)),
        log1p(system),
        log1p(len(traits.turns)),
        *_of_text(said if len(said) <= _HEAD + _TAIL else f"{said[:_HEAD]}\n{said[-_TAIL:]}"),
        log1p(len(traits.tools)),
        log1p(sum(turn.role == "tool" for turn in traits.turns)),
        float(traits.required_tool != ""),
        float(traits.format is not FormatKind.TEXT),
    )


def _of_text(text: str) -> Iterator[float]:
    """The features from ``words`` to ``foreign``."""
    raw = text.encode("utf-8", "surrogatepass")
    spaced = raw.lower().translate(_LETTERS)
    words, numbers = spaced.split(), raw.translate(_DIGITS).split()
    kinds = list(filter(None, map(_KIND.get, words)))
    count = len(words) or 1
    yield log1p(len(words))
    yield (len(spaced) - spaced.count(b" ")) / count
    yield (len(words) - len(set(words))) / count
    yield log1p(_deleted(raw, b".?!"))
    yield from (log1p(raw.count(mark)) for mark in (b"\n", b"?", b","))
    yield log1p(_deleted(raw, _CAPITALS))
    yield log1p(len(numbers))
    yield log1p(sum(len(number) > 2 for number in numbers))  # noqa: PLR2004 -- as FEATURES says
    yield from (log1p(kinds.count(kind)) for kind in _KINDS)
    yield log1p(_deleted(raw, _MARKS))
    yield _deleted(raw, _FOREIGN) / (len(raw) or 1)


def _deleted(raw: bytes, those: bytes) -> int:
    """How many of a text's bytes are among those."""
    return len(raw) - len(raw.translate(None, those))


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of the bet.

    Attributes:
        log_wealth: The logarithm of the heads' mean wealth.
        ridge: That of the head that won most; what follows is about it.
        unpromising: How many units it called unpromising before it knew their outcome.
        mistaken: How many of those were acceptable.
    """

    log_wealth: float
    ridge: float
    unpromising: int
    mistaken: int

    @property
    def won(self) -> bool:
        """Whether they beat the average beyond doubt."""
        return self.log_wealth >= log(1 / DOUBT)

    @property
    def right(self) -> bool:
        """Whether most of what it called unpromising was; not where it called nothing so."""
        return self.mistaken < UNPROMISING * self.unpromising


def fit(features: Matrix, acceptable: Truth) -> PromptHead | None:
    """A head for a slice, None where it does not beat the average beyond doubt, or calls nothing unpromising rightly.

    Args:
        features: Of each unit, shape (units, features), in an order that has nothing to do with the outcomes.
        acceptable: Whether the student's answer was, shape (units,).
    """
    trial = tried(features, acceptable)
    return fitted(features, acceptable, trial.ridge) if trial.won and trial.right else None


def tried(features: Matrix, acceptable: Truth) -> Trial:
    """Let heads bet on the units, block after block, against the best average."""
    tested = acceptable[_edges(len(acceptable))[_UNTESTED] :]
    bets = [_forecasts(features, acceptable, ridge) for ridge in RIDGES]
    won = [_log_likelihood(bet, tested) for bet in bets]
    average = np.full(len(tested), tested.mean() if len(tested) else 0.5)
    wealth = float(np.logaddexp.reduce(won)) - log(len(RIDGES)) - _log_likelihood(average, tested)
    best = int(np.argmax(won))
    spared = tested[bets[best] < UNPROMISING]
    return Trial(wealth, RIDGES[best], len(spared), int(spared.sum()))


def _forecasts(features: Matrix, acceptable: Truth, ridge: float) -> Matrix:
    """The chance of every unit that is tested, by a head fitted to the blocks before it."""
    blocks = _edges(len(acceptable))[_UNTESTED:]
    parts = [
        chances(fitted(features[:start], acceptable[:start], ridge), features[start:end])
        for start, end in pairwise(blocks)
        if start < end
    ]
    return np.concatenate([np.empty(0), *parts])


def _edges(units: int) -> list[int]:
    return [units * block // _BLOCKS for block in range(_BLOCKS + 1)]


def _log_likelihood(forecasts: Matrix, outcomes: Truth) -> float:
    return float(np.log(np.where(outcomes, forecasts, 1 - forecasts)).sum())


def chances(head: PromptHead, features: Matrix) -> Matrix:
    """What ``PromptHead.chance`` says of each row."""
    scores = head.intercept + np.clip(features, head.lows, head.highs) @ np.array(head.weights)
    return _logistic(np.clip(scores, -_FARTHEST, _FARTHEST))


def fitted(features: Matrix, acceptable: Truth, ridge: float) -> PromptHead:
    """A head, whether it is worth anything or not. Of no units it says one half."""
    if not len(features):
        width = features.shape[1]
        return PromptHead(0.0, (0.0,) * width, (0.0,) * width, (0.0,) * width)
    means, scales = standardized(features)
    design = np.c_[np.ones(len(features)), (features - means) / scales]
    solution = Regression(design, acceptable.astype(np.float64), ridge).solved()
    weights = solution[1:] / scales
    intercept = float(solution[0] - weights @ means)
    return PromptHead(intercept, _plain(weights), _plain(features.min(axis=0)), _plain(features.max(axis=0)))


def _plain(row: Matrix) -> tuple[float, ...]:
    return tuple(map(float, row))


def _logistic(scores: Matrix) -> Matrix:
    return np.asarray(np.exp(-np.logaddexp(0, -scores)))
