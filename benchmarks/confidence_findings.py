"""What there is to be known about confidence on real replies, measured; ``benchmarks.confidence_report`` tells it.

It refuses to judge, and to make text of anything.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import real_pairs
from benchmarks.labeled import HOLD, VIEWS, Sample, Unit, read, sample
from benchmarks.promises import Draw, draws
from benchmarks.rankings import CONFIDENCE, MEAN, held_out, rankings
from benchmarks.real_pairs import Session
from benchmarks.risk_coverage import Area, Floats, area, differences, oracle, resampled, with_interval
from routing.confidence.reliability import Bin, brier, diagram, expected_error
from routing.confidence.signal import FEATURES
from routing.confidence.threshold import Promise, Target
from routing.confidence.views import WHOLE, View
from routing.observation import Arm

SEED = 7
BOOTSTRAP = 1000  # resamplings for an interval
SHOWN: tuple[View, ...] = (WHOLE, HOLD)
LEVEL = 0.05
_LIMITS = (0.02, 0.05, 0.10)
_SIZES = (500, 2000)  # units of a slice, half of them to fit and half to certify
_LEAST_UNITS, _LEAST_DIVERGED = 300, 20  # of a slice that is looked at by itself
_HALF = 0.5
_FEW_FOLDS = 4  # where calibrations are compared with each other only


@dataclass(frozen=True, slots=True)
class Ranking:
    """How well the units of one view are ranked; of all slices where ``slice`` is empty.

    ``against_mean`` is by how much each area is above that of the mean log-probability.
    """

    view: View
    slice: str
    units: int
    areas: Mapping[str, Area]
    against_mean: Mapping[str, Area]
    oracle: float


@dataclass(frozen=True, slots=True)
class Kept:
    """What the resamplings of one slice and view came to under one target; ``diverged`` is the rate in the slice."""

    slice: str
    view: View
    diverged: float
    units: int
    target: Target
    draws: Sequence[Draw]


@dataclass(frozen=True, slots=True)
class Honesty:
    """Whether confidence is the chance that it says it is. ``constant`` is Brier's score of the mean rate."""

    view: View
    slice: str
    units: int
    brier: float
    constant: float
    error: float
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """The replies to one kind of conversation, which its maker knows, by the whole view.

    ``confidence`` is the mean of its divergent replies, ``sure`` the share of them among the surest half of all
    replies; both are None where none diverged.
    """

    situation: str
    units: int
    diverged: float
    confidence: float | None
    sure: float | None


@dataclass(frozen=True, slots=True)
class Worth:
    """What one number of the vector is worth: how much the area grows without it, and the area by it alone.

    ``without`` is None where it never varies.
    """

    feature: str
    view: View
    without: Area | None
    alone: float


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found. ``failed`` pairs were no units, because an arm had failed."""

    sessions: Mapping[Arm, Session]
    units: int
    failed: int
    diverged: float
    samples: Mapping[View, Sample]
    sureness: Mapping[View, Mapping[str, Floats]]
    rankings: Sequence[Ranking]
    kept: Sequence[Kept]
    honesty: Sequence[Honesty]
    kinds: Sequence[Kind]
    worth: Sequence[Worth]


def find(folder: Path, times: int) -> Findings:
    """Measure everything that was collected in ``folder``, with so many resamplings for each promise; some minutes."""
    units, failed = read(folder)
    samples = {view: sample(units, view) for view in VIEWS}
    sureness = {view: rankings(samples[view], SEED) for view in VIEWS}
    return Findings(
        {arm: real_pairs.session(folder, arm) for arm in Arm},
        len(units),
        failed,
        float(np.mean([bool(unit.diverged) for unit in units])),
        samples,
        sureness,
        [one for view in VIEWS for one in _rankings(samples[view], sureness[view])],
        [one for view in SHOWN for one in _kept(samples[view], times)],
        [one for view in SHOWN for one in _honesty(samples[view], sureness[view][CONFIDENCE])],
        list(_kinds(units, sureness[WHOLE][CONFIDENCE])),
        [one for view in SHOWN for one in _worth(samples[view])],
    )


def _slices(of: Sample) -> list[str]:
    """Those with enough units and divergences, the largest first."""
    counted = Counter(of.slices.tolist()).most_common()
    enough = [name for name, count in counted if count >= _LEAST_UNITS]
    return [name for name in enough if of.of(name).diverged.sum() >= _LEAST_DIVERGED]


def _rankings(of: Sample, by: Mapping[str, Floats]) -> Iterator[Ranking]:
    yield _ranking(of, "", by)
    for name in _slices(of):
        yield _ranking(of.of(name), name, {key: one[of.slices == name] for key, one in by.items()})


def _ranking(of: Sample, slice_: str, by: Mapping[str, Floats]) -> Ranking:
    times = resampled(len(of), BOOTSTRAP, SEED)
    areas = {name: with_interval(one, of.diverged, times) for name, one in by.items()}
    return Ranking(of.view, slice_, len(of), areas, differences(by, MEAN, of.diverged, times), oracle(of.diverged))


def _kept(of: Sample, times: int) -> Iterator[Kept]:
    targets = [Target(limit, LEVEL, promise) for promise in Promise for limit in _LIMITS]
    for name in _slices(of):
        everyone = of.of(name)
        for size in _SIZES:
            drawn = list(draws(everyone, targets, size, times, SEED))
            for target, found in zip(targets, zip(*drawn, strict=True), strict=True):
                yield Kept(name, of.view, float(everyone.diverged.mean()), size, target, found)


def _honesty(of: Sample, sure: Floats) -> Iterator[Honesty]:
    for name in ("", *_slices(of)):
        mine = (of.slices == name) if name else np.full(len(of), fill_value=True)
        said, good = sure[mine], of.diverged[mine] == 0.0
        scores = (brier(said, good) or 0.0, float(good.var()), expected_error(said, good) or 0.0)
        yield Honesty(of.view, name, len(said), *scores, diagram(said, good))


def _kinds(units: Sequence[Unit], sure: Floats) -> Iterator[Kind]:
    """In the order of how many of its divergences are among the surest."""
    place = np.argsort(np.argsort(-sure, kind="stable")) / len(sure)
    by: dict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(unit for unit in units if WHOLE in unit.vectors):
        by[unit.situation].append(number)
    bad = {number for number, unit in enumerate(u for u in units if WHOLE in u.vectors) if unit.diverged}
    found = [_kind(name, numbers, sorted(bad & set(numbers)), sure, place) for name, numbers in by.items()]
    yield from sorted(found, key=lambda one: (one.sure is not None, one.diverged * (one.sure or 0.0)), reverse=True)


def _kind(name: str, numbers: Sequence[int], bad: Sequence[int], sure: Floats, place: Floats) -> Kind:
    share = len(bad) / len(numbers)
    if not bad:
        return Kind(name, len(numbers), share, None, None)
    return Kind(name, len(numbers), share, float(sure[bad].mean()), float((place[bad] < _HALF).mean()))


def _worth(of: Sample) -> Iterator[Worth]:
    varied = [at for at in range(len(FEATURES)) if np.ptp(of.vectors[:, at]) > 0.0]
    by = {"": held_out(of, SEED, varied, _FEW_FOLDS)}
    for gone in varied:
        by[FEATURES[gone]] = held_out(of, SEED, [at for at in varied if at != gone], _FEW_FOLDS)
    without = differences(by, "", of.diverged, resampled(len(of), BOOTSTRAP, SEED))
    for at, name in enumerate(FEATURES):
        column = of.vectors[:, at]
        alone = min(area(column, of.diverged), area(-column, of.diverged))  # whichever way round is better
        yield Worth(name, of.view, without.get(name), alone)
