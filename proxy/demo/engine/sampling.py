"""From logits to one token: greedy, or drawn with a temperature from the likeliest, from a seed where one is given.

Log-probabilities are those of the model itself, before temperature and truncation, as vLLM reports them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from proxy.demo.engine.checkpoint import Floats

GREEDY = 1e-5  # temperatures below are none
Probabilities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to pick tokens. ``top_k`` 0 is all; ``seed`` None is chance."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Logprob:
    """A token and its natural log-probability."""

    token: int
    logprob: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A token as drawn, and the likeliest in its place, likeliest first. An unwanted logprob is NaN."""

    token: int
    logprob: float
    top: tuple[Logprob, ...] = ()


class Sampler:
    """Picks the tokens of one sequence; ``top`` is how many alternatives to report, None for no log-probabilities."""

    def __init__(self, sampling: Sampling, top: int | None) -> None:
        self._sampling = sampling
        self._top = top
        self._rng = np.random.default_rng(sampling.seed)

    def draw(self, logits: Floats) -> Drawn:
        """The next token after logits of [vocabulary]."""
        token = self._pick(logits)
        if self._top is None:
            return Drawn(token, float("nan"))
        logprobs = log_softmax(logits)
        return Drawn(token, float(logprobs[token]), _likeliest(logprobs, self._top))

    def _pick(self, logits: Floats) -> int:
        if self._sampling.temperature < GREEDY:
            return int(logits.argmax())
        scaled = logits.astype(np.float64) / self._sampling.temperature
        return self._throw(np.exp(scaled - scaled.max()))

    def _throw(self, odds: Probabilities) -> int:
        """A token with these odds, which need not sum to one, out of those that ``top_k`` and ``top_p`` leave."""
        if self._sampling.top_p >= 1 and not self._sampling.top_k:
            return _land(odds, self._rng.random())
        order = np.argsort(-odds, kind="stable")[: self._sampling.top_k or None]
        reached = np.cumsum(odds[order])
        kept = int(np.searchsorted(reached, self._sampling.top_p * reached[-1])) + 1
        return int(order[_land(odds[order[:kept]], self._rng.random())])


def _land(odds: Probabilities, throw: float) -> int:
    """Where a throw in [0, 1) lands."""
    reached = np.cumsum(odds)
    landed = int(np.searchsorted(reached, throw * reached[-1], side="right"))
    return min(landed, len(odds) - 1)  # a throw next to 1 may round to it


def log_softmax(logits: Floats) -> Probabilities:
    """Natural log-probabilities of logits of [vocabulary]."""
    shifted = logits.astype(np.float64) - float(logits.max())
    return shifted - float(np.log(np.exp(shifted).sum()))


def _likeliest(logprobs: Probabilities, count: int) -> tuple[Logprob, ...]:
    if not count:
        return ()
    some = np.argpartition(-logprobs, min(count, len(logprobs)) - 1)[:count]
    order = some[np.lexsort((some, -logprobs[some]))]
    return tuple(Logprob(int(token), float(logprobs[token])) for token in order)
