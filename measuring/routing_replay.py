"""Routing by the prompt alone, replayed on requests that a weak and a strong model both answered.

Every chance is of a head that was fitted to other requests. It tells whether the head beats the average of the
requests, what it would spare at which quality, and whether ``fit`` would put it on; it refuses to choose anything:
features and strengths stand in ``routing.confidence.prompt``, whatever comes out here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from measuring.trade_off import Array, Interval, Places, bootstrapped, curve, summary
from routing.confidence.prompt import UNPROMISING, Trial, chances, features, fitted, tried
from routing.slices.ngrams import features as hashed
from routing.traits import Endpoint, Traits, Turn

FOLDER = "routing_replay"
WEAK, STRONG = "mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview"
FOLDS = 10
SIZES = (200, 400, 800)
WORDS = (64, 256)  # buckets of hashed words, put beside the features to see whether they pay


class _Solved(msgspec.Struct):
    prompt: str
    weak_correct: bool
    strong_correct: bool
    contaminated: bool


class _Scored(msgspec.Struct):
    prompt: list[str]
    scores: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Effort:
    """How many bootstrap samples an interval is made of, and in how many orders a head must prove itself."""

    draws: int = 1_000
    orders: int = 100


FULL = Effort()


@dataclass(frozen=True, slots=True)
class Replay:
    """One set: the quality of the student's and of the teacher's answer to each prompt."""

    name: str
    prompts: tuple[str, ...]
    student: Array
    teacher: Array

    @property
    def acceptable(self) -> NDArray[np.bool_]:
        """Where the student's answer is as good as the teacher's: what a pair is judged by."""
        return np.asarray(self.student >= self.teacher)

    @property
    def lead(self) -> Array:
        """By how much the teacher's answers are better."""
        return np.asarray(self.teacher - self.student)


@dataclass(frozen=True, slots=True)
class Proof:
    """What heads won on so many units in ``of`` orders.

    The wealth is the median; ``won`` is how often it was proof enough, ``on`` how often ``fit`` gave a head.
    """

    name: str
    units: int
    log_wealth: float
    won: int
    on: int
    of: int


@dataclass(frozen=True, slots=True)
class Held:
    """What heads said of requests that they were not fitted to.

    ``gain`` is by how many thousandths of a nat a request the log loss of the average is higher than theirs.
    """

    average: float
    gain: Interval
    area: Interval
    unpromising: int
    mistaken: int


def replays(data: Path) -> list[Replay]:
    """The sets that are there."""
    return [*solved(data / FOLDER / "routellm_gsm8k.jsonl"), *scored(data / FOLDER / "routellm_mtbench.jsonl")]


def solved(path: Path) -> Iterator[Replay]:
    """Quality is whether an answer is right. What its makers flagged as known to routers already is left out."""
    if path.exists():
        rows = [msgspec.json.decode(line, type=_Solved) for line in path.read_bytes().splitlines()]
        kept = [row for row in rows if not row.contaminated]
        right = np.array([(row.weak_correct, row.strong_correct) for row in kept], float)
        yield Replay("GSM8K", tuple(row.prompt for row in kept), right[:, 0], right[:, 1])


def scored(path: Path) -> Iterator[Replay]:
    """Quality is the mean score of both turns: a conversation stays with one model, chosen by its first turn."""
    if path.exists():
        rows = [msgspec.json.decode(line, type=_Scored) for line in path.read_bytes().splitlines()]
        means = [np.mean([list(row.scores[model].values()) for row in rows], axis=1) for model in (WEAK, STRONG)]
        yield Replay("MT-Bench", tuple(row.prompt[0] for row in rows), means[0], means[1])


def matrix(prompts: Sequence[str]) -> Array:
    """The features of prompts that stand alone in their request."""
    return np.array([features(Traits(Endpoint.CHAT, (Turn("user", prompt),))) for prompt in prompts])


def with_words(prompts: Sequence[str], buckets: int) -> Array:
    """The features, and how much of a prompt falls into each bucket of hashed words, pairs and ends of words."""
    table = np.zeros((len(prompts), buckets))
    for row, prompt in zip(table, prompts, strict=True):
        ids = hashed(prompt).ids.astype(np.intp)
        np.add.at(row, ids % buckets, len(ids) ** -0.5)
    return np.hstack([matrix(prompts), table])


def cross_fitted(found: Array, acceptable: NDArray[np.bool_], seed: int = 0) -> tuple[Array, Array]:
    """For each request the chance by a head of the other folds, and their average; ridges are chosen there, too."""
    fold = np.random.default_rng(seed).permutation(len(acceptable)) % FOLDS
    said, average = np.empty(len(acceptable)), np.empty(len(acceptable))
    for held in range(FOLDS):
        out, rest = fold == held, fold != held
        ridge = tried(found[rest], acceptable[rest]).ridge
        said[out] = chances(fitted(found[rest], acceptable[rest], ridge), found[out])
        average[out] = acceptable[rest].mean()
    return said, average


def traded(replay: Replay, said: Array, effort: Effort = FULL) -> list[Interval]:
    """The summary of routing by what was said."""

    def figures(places: Places) -> Array:
        return summary(curve(said[places], replay.lead[places]))

    return bootstrapped(figures, len(said), effort.draws)


def best(replay: Replay, effort: Effort = FULL) -> list[Interval]:
    """The same by an oracle that knows both answers."""
    return traded(replay, -replay.lead, effort)


def held_out(replay: Replay, found: Array, effort: Effort = FULL) -> Held:
    """How much better than the average the heads are, and of what they would spare the caller the wait."""
    acceptable = replay.acceptable
    said, average = cross_fitted(found, acceptable)
    gains = _losses(average, acceptable) - _losses(said, acceptable)

    def figures(places: Places) -> Array:
        return np.array([1_000 * gains[places].mean(), ranked(acceptable[places], said[places])])

    gain, area = bootstrapped(figures, len(said), effort.draws)
    spared = acceptable[said < UNPROMISING]
    return Held(float(_losses(average, acceptable).mean()), gain, area, len(spared), int(spared.sum()))


def _losses(said: Array, acceptable: NDArray[np.bool_]) -> Array:
    return np.asarray(-np.log(np.where(acceptable, said, 1 - said)))


def ranked(acceptable: NDArray[np.bool_], said: Array) -> float:
    """How often a request with an acceptable answer has a greater chance than one without; ties are halves."""
    count = int(acceptable.sum())
    above = rankdata(said)[acceptable].sum() - count * (count + 1) / 2
    return float(above / (count * (len(acceptable) - count)))


def proofs(replay: Replay, found: Array, effort: Effort = FULL) -> Iterator[Proof]:
    """At every size, and once more with outcomes shuffled each time anew, so that prompts tell nothing of them."""
    count = len(replay.prompts)
    for units in (*(size for size in SIZES if size < count), count):
        orders = _orders(count, units, effort)
        yield _proof(replay.name, [tried(found[order], replay.acceptable[order]) for order in orders], units)
    pairs = zip(orders, _orders(count, count, effort, seed=1), strict=True)
    trials = [tried(found[order], replay.acceptable[other]) for order, other in pairs]
    yield _proof(f"{replay.name}, outcomes shuffled", trials, count)


def _orders(of: int, units: int, effort: Effort, seed: int = 0) -> list[Places]:
    rng = np.random.default_rng((units, seed))
    return [rng.permutation(of)[:units] for _ in range(effort.orders)]


def _proof(name: str, trials: Sequence[Trial], units: int) -> Proof:
    wealth = float(np.median([trial.log_wealth for trial in trials]))
    won, on = (sum(verdicts) for verdicts in zip(*((t.won, t.won and t.right) for t in trials), strict=True))
    return Proof(name, units, wealth, won, on, len(trials))


def carried_over(fitted_to: Replay, judged: Replay, effort: Effort = FULL) -> Interval:
    """How well a head of one set ranks another: the area under its curve of hits and false alarms."""
    found, acceptable = matrix(fitted_to.prompts), fitted_to.acceptable
    said = chances(fitted(found, acceptable, tried(found, acceptable).ridge), matrix(judged.prompts))

    def figures(places: Places) -> Array:
        return np.array([ranked(judged.acceptable[places], said[places])])

    return bootstrapped(figures, len(said), effort.draws)[0]
