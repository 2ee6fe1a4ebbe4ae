"""How sure a student was of a reply: a few numbers from its tokens' log-probabilities, as they come.

Tokens are added to a ``Signal``, which keeps sums, extremes, a histogram and a sliding window, and no list of tokens: a
long reply takes no more memory than a short one. Its ``vector`` may be asked for at any token. A ``Listener`` keeps the
vectors of a reply's views while it streams; ``vectors`` feeds one with a reply of a stored pair, so that what was
fitted to pairs and what judges a stream agree by construction. Plain Python: numpy would cost three times as much for
the few tokens of a prefix, and half for replies of hundreds (``benchmarks.confidence_cost``).

Nothing here says what the numbers are worth: ``calibration`` does. A change to any of them is a change of ``FUNCTION``,
because what was fitted to another function's vectors says nothing about this one's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from math import exp, log, log1p, sqrt
from typing import Protocol

from routing.confidence.spans import Values
from routing.confidence.views import WHOLE, View
from routing.observation import TokenLogprob

Vector = tuple[float, ...]
"""The numbers named by ``FEATURES``, in their order."""

FUNCTION = "2"
"""The version of the function from tokens to vectors."""

FEATURES: tuple[str, ...] = (
    "mean",  # log-probability, nats; so are the next six
    "least",
    "quantile",  # a tenth of the tokens lies below it
    "window",  # the least mean of 16 tokens in a row
    "tail",  # the mean of the last 16
    "head",  # the mean of the first 8
    "last",  # of the last token
    "least_at",  # how far into the reply its least sure token stands, from 0 to 1
    "total",  # the reply's surprise, on the scale of _logarithm
    "entropy",  # of the alternatives, what they leave as one more; the mean, nats
    "entropy_most",  # the most, on the same scale as the total
    "margin",  # between the first and the second alternative: the mean, nats
    "margin_least",
    "margin_first",  # the first token's
    "second_best",  # the share of tokens that were not the likeliest
    "length",  # log(1 + tokens)
    "ended",  # 1 where the reply has ended, 0 where this is a prefix
    "cut",  # 1 where it was cut for length
    "alternatives",  # the share of tokens whose alternatives are known
)

UNSURE = 20.0
"""Nats: the most surprise a token counts with, and what one counts with whose log-probability is no number."""

_WINDOW = 16  # tokens
_HEAD = 8  # tokens
_LOW = 0.1  # the quantile
_FINE = 16  # bins of the histogram of surprise for each square root of a nat
_ROUNDED = 0.01  # nats that rounding may add
_NOTHING = 1e-9  # a chance
_SCALE = 1_000.0  # from a thousandth of a nat on, the scale is logarithmic


class Signal:
    """A reply's tokens as numbers, added one by one."""

    __slots__ = (
        *("tokens", "_total", "_most", "_most_at", "_head", "_bins", "_last", "_window", "_window_most"),
        *("_known", "_entropy", "_entropy_most", "_margin", "_margin_least", "_margin_first", "_second_best"),
    )

    def __init__(self) -> None:
        """Begin without a token."""
        self.tokens = 0
        self._total = self._most = self._head = 0.0  # surprise, nats
        self._most_at = 1
        self._bins = [0] * (int(_FINE * sqrt(UNSURE)) + 1)
        self._last = deque([0.0] * _WINDOW)
        self._window = self._window_most = 0.0
        self._known = self._second_best = 0
        self._entropy = self._entropy_most = 0.0
        self._margin = self._margin_first = 0.0
        self._margin_least = UNSURE

    def add(self, logprob: float, top: Sequence[float]) -> None:
        """Add a token: its log-probability, and those of the likeliest alternatives, in any order (nats).

        The chosen token may be among the alternatives or not; they may be none. What is no log-probability counts as
        a very unsure token, and as no alternative.
        """
        surprise = -logprob
        if not 0.0 <= surprise <= UNSURE:
            surprise = _bounded(surprise)
        self.tokens = tokens = self.tokens + 1
        self._total += surprise
        if surprise > self._most:
            self._most, self._most_at = surprise, tokens
        if tokens <= _HEAD:
            self._head += surprise
        self._bins[int(_FINE * sqrt(surprise))] += 1
        last = self._last
        self._window = window = self._window + surprise - last.popleft()
        last.append(surprise)
        if window > self._window_most:  # noqa: PLR1730 -- a call costs more
            self._window_most = window
        if top:
            self._weigh(surprise, top)

    def _weigh(self, surprise: float, top: Sequence[float]) -> None:
        entropy, first, second = _spread(top)
        if first == -UNSURE:
            return
        margin = first - second
        if not self._known:
            self._margin_first = margin
        self._known += 1
        self._second_best += -surprise < first - _ROUNDED
        self._entropy += entropy
        self._margin += margin
        if entropy > self._entropy_most:  # noqa: PLR1730 -- a call costs more
            self._entropy_most = entropy
        if margin < self._margin_least:  # noqa: PLR1730 -- a call costs more
            self._margin_least = margin

    def vector(self, *, ended: bool, finish: str = "") -> Vector:
        """The numbers as of now; without a token those that are not about the end are zero.

        ``ended`` says whether this is all of the reply, ``finish`` then why it ended, in ``Observation``'s words.
        """
        ending = float(ended), float(ended and finish == "length")
        if not (tokens := self.tokens):
            return (*(0.0,) * (len(FEATURES) - 3), *ending, 0.0)
        window = min(tokens, _WINDOW)
        known = self._known or 1
        return (
            -self._total / tokens,
            -self._most,
            -self._quantile(),
            -self._window_most / window,
            -self._window / window,
            -self._head / min(tokens, _HEAD),
            -self._last[-1],
            (self._most_at - 1) / tokens,
            _logarithm(self._total),
            self._entropy / known,
            _logarithm(self._entropy_most),
            self._margin / known,
            self._margin_least if self._known else 0.0,
            self._margin_first,
            self._second_best / known,
            log1p(tokens),
            *ending,
            self._known / tokens,
        )

    def _quantile(self) -> float:
        """The surprise that a tenth of the tokens exceed, interpolated within a bin of the histogram."""
        wanted, at = _LOW * self.tokens, int(_FINE * sqrt(self._most))
        while (count := self._bins[at]) < wanted:
            wanted -= count
            at -= 1
        low, high = (at / _FINE) ** 2, min(self._most, ((at + 1) / _FINE) ** 2)
        return high - (high - low) * wanted / count


class Heard(Protocol):
    """A token of a reply, as ``TokenLogprob`` is one."""

    @property
    def token(self) -> str:
        """Its text; "" where it is not known."""

    @property
    def logprob(self) -> float:
        """How likely it was, nats."""

    @property
    def top(self) -> Sequence[float]:
        """The log-probabilities of the likeliest alternatives."""


class Listener:
    """Hears a reply token by token, and keeps its vector at every rung that is complete.

    Of a structured reply only what says something counts (``spans``), but where nothing does, such as in ``{}``, all of
    it: no tokens would look like sure ones.

    Attributes:
        tokens: How many were heard, counted or not: rungs are lengths of the reply.
        complete: The vectors of the rungs that are complete, none of them as of a reply that has ended.
    """

    __slots__ = ("_due", "_passed_over", "_rungs", "_signal", "_values", "complete", "tokens")

    def __init__(self, rungs: Iterable[View] = (), *, structured: bool = False) -> None:
        """Begin before the first token. ``structured`` is as ``spans.is_structured`` says of the request."""
        self.tokens = 0
        self.complete: dict[View, Vector] = {}
        self._rungs = sorted(rungs, reverse=True)
        self._due = self._rungs[-1] if self._rungs else WHOLE
        self._signal = Signal()
        self._values = Values() if structured else None
        self._passed_over: list[Heard] = []  # while nothing has counted

    def hear(self, token: Heard) -> None:
        """Take the next token in."""
        self.tokens += 1
        if self._values is None or self._values.counts(token.token):
            self._signal.add(token.logprob, token.top)
        elif not self._signal.tokens:
            self._passed_over.append(token)
        if self.tokens == self._due:
            self.complete[self._rungs.pop()] = self._vector(ended=False)
            self._due = self._rungs[-1] if self._rungs else WHOLE

    def whole(self, finish: str) -> Vector | None:
        """The vector of a reply that has ended, and why it did (``Observation.finish_reason``); None without tokens."""
        return self._vector(ended=True, finish=finish) if self.tokens else None

    def _vector(self, *, ended: bool, finish: str = "") -> Vector:
        return (self._signal if self._signal.tokens else self._all()).vector(ended=ended, finish=finish)

    def _all(self) -> Signal:
        signal = Signal()
        for token in self._passed_over:
            signal.add(token.logprob, token.top)
        return signal


def vectors(
    logprobs: Sequence[TokenLogprob], rungs: Iterable[View], *, structured: bool, finish: str
) -> dict[View, Vector]:
    """The vectors of a whole reply by view: of ``WHOLE``, and of every rung.

    A rung that the reply does not reach has its whole vector, because such a reply has ended by then. Empty where
    nothing is known of its tokens.
    """
    rungs = tuple(rungs)
    listener = Listener(rungs, structured=structured)
    for token in logprobs:
        listener.hear(token)
    if (whole := listener.whole(finish)) is None:
        return {}
    return {WHOLE: whole, **dict.fromkeys(rungs, whole), **listener.complete}


def _spread(top: Sequence[float]) -> tuple[float, float, float]:
    """The entropy of alternatives, what they leave of certainty being one more, and the two likeliest.

    These are ``-UNSURE`` where there are none; next to a single one stands what it leaves.
    """
    entropy, rest = 0.0, 1.0
    first = second = -UNSURE
    for one in top:
        if -UNSURE < one < _ROUNDED:
            chance = exp(one)
            rest -= chance
            entropy -= chance * one
            if one > first:
                first, second = one, first
            elif one > second:
                second = one
    if rest > _NOTHING:
        left = log(rest)
        entropy -= rest * left
        if second == -UNSURE:
            second = left
    return entropy, first, second


def _bounded(surprise: float) -> float:
    """A surprise that is out of bounds, as it counts: rounding may have made a certain token's negative."""
    return 0.0 if -_ROUNDED < surprise < 0.0 else UNSURE


def _logarithm(nats: float) -> float:
    """Nats from 0 on a scale that tells a sure reply from a very sure one: students are seldom unsure by much."""
    return log1p(_SCALE * nats)
