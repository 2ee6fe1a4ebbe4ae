"""Thresholds on confidence: whether they keep what they promise, whatever confidence is worth, and what they serve.

Everything that decides is routing's own: the fit on one half of the conversations, the grid declared on it, the
certificates on the other half. Looking after every unit goes by ``borders``; a test holds that it finds what
``threshold.live`` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from routing.confidence import threshold
from routing.confidence.calibration import fit_and_hold_out
from routing.confidence.threshold import Promise, Target
from routing.evidence.levels import share
from simulation import alternatives, borders
from simulation.borders import NEVER
from simulation.replication import Run
from simulation.sureness import NUMBERS, TURNS, WORLDS, Flags, Floats, Pool, Truth, pool
from simulation.table import Cell, Percent, Share, Table, Waits
from simulation.table import Promise as Kept

LIMIT, LEVEL = 0.05, 0.05
FIT, CERTIFY = 400, 2000
LOOKS = (300, 1000, CERTIFY)  # where coverage is told
ALIKE = (0.0, 0.3, 1.0)
CONVERSATIONS = 1000  # where turns are alike
SIZES = tuple(round(100 * 1.5**version) for version in range(9))  # of either half, when each version is made
_REPLICATES = 300
_REPLICATES_OF_TURNS = 200
_REPLICATES_OF_VERSIONS = 120
_AT_A_TIME = 25
_NONE = -1  # no threshold: the last of an array to which is appended what serving nothing does
_BETTER, _WORSE = "the surer the better", "sureness says nothing, 5.1 % diverge"

Places = npt.NDArray[np.intp]  # of thresholds in their grid, or _NONE


@dataclass(frozen=True, slots=True)
class Declared:
    """A calibration's grid, and what each of its thresholds does to all traffic."""

    grid: tuple[float, ...]
    risky: Flags  # whether it does not keep the promise, and False
    coverage: Floats  # the share that the student serves, and 0

    @classmethod
    def of(cls, truth: Truth, held_out: Floats, diverged: Flags, target: Target) -> Declared:
        """The grid of a fit half whose units had these confidences."""
        grid = threshold.grid(held_out, ~diverged, target)
        risky = truth.risk(np.array(grid), target.promise) > target.limit
        return cls(grid, np.append(risky, False), np.append(truth.coverage(np.array(grid)), 0.0))


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a promise in one replicate.

    Attributes:
        broken: Whether a threshold ever was in force that does not keep it: live, batch, naive after each unit, naive
            after the last.
        first: After how many units the first threshold was in force, live; or ``NEVER``.
        coverage: Live at each of ``LOOKS``, batch, and the most that any threshold has which keeps the promise.
    """

    broken: tuple[bool, bool, bool, bool]
    first: int
    coverage: tuple[float, ...]


def lives(name: str, chance: np.random.Generator, rows: int) -> list[tuple[Found, Found]]:
    """So many replicates of a world: the selective promise and the marginal one, by the same units."""
    return [_lived(pool(WORLDS[name]), chance) for _ in range(rows)]


def _lived(traffic: Pool, chance: np.random.Generator) -> tuple[Found, Found]:
    vectors, diverged = traffic.units(FIT, chance)
    calibration, held_out = fit_and_hold_out(vectors, ~diverged)
    truth = Truth.of(traffic, calibration)
    targets = [Target(LIMIT, LEVEL, promise) for promise in Promise]
    declared = [Declared.of(truth, held_out, diverged, target) for target in targets]
    vectors, diverged = traffic.units(CERTIFY, chance)
    confidences = calibration.confidences(vectors)
    selective, marginal = (
        _found(one, confidences, diverged, target, truth.best(target))
        for one, target in zip(declared, targets, strict=True)
    )
    return selective, marginal


def _found(declared: Declared, confidences: Floats, diverged: Flags, target: Target, best: float) -> Found:
    live = in_force(declared.grid, confidences, diverged, target)
    naive = naively(declared.grid, confidences, diverged, target)
    once = threshold.batch(threshold.counted(declared.grid, confidences, ~diverged), target)
    batch = declared.grid.index(once.threshold) if once else _NONE
    risky, coverage = declared.risky, declared.coverage
    return Found(
        (bool(risky[live].any()), bool(risky[batch]), bool(risky[naive].any()), bool(risky[naive[-1]])),
        int(np.argmax(live != _NONE)) + 1 if (live != _NONE).any() else NEVER,
        (*(float(coverage[live[look - 1]]) for look in LOOKS), float(coverage[batch]), best),
    )


def in_force(grid: tuple[float, ...], confidences: Floats, diverged: Flags, target: Target) -> Places:
    """The place of the threshold that ``threshold.live`` gives after each unit: (units,)."""
    count, bad = _running(grid, confidences, diverged, target.promise)
    certified = bad <= borders.below(target.limit, target.level, len(confidences))[count]
    found: Places = np.logical_and.accumulate(certified, axis=0).sum(axis=0) - 1
    return found


def naively(grid: tuple[float, ...], confidences: Floats, diverged: Flags, target: Target) -> Places:
    """The place of the lowest threshold whose rate so far is within the limit, from a few units on: (units,)."""
    count, bad = _running(grid, confidences, diverged, target.promise)
    kept = (bad <= target.limit * count) & (count >= alternatives.FEWEST)
    return np.where(kept.any(axis=0), len(grid) - 1 - np.argmax(kept[::-1], axis=0), _NONE)


def _running(
    grid: tuple[float, ...], confidences: Floats, diverged: Flags, promise: Promise
) -> tuple[borders.Counts, borders.Counts]:
    """Trials and divergences at each threshold after each unit: (thresholds, units) of each."""
    served = confidences >= np.array(grid)[:, None]
    bears = served if promise is Promise.SELECTIVE else np.ones_like(served)
    return np.cumsum(bears, axis=1, dtype=np.int32), np.cumsum(served & diverged, axis=1, dtype=np.int32)


def turns(alike: float, chance: np.random.Generator, rows: int) -> list[tuple[bool, bool]]:
    """Whether a promise was ever broken in each replicate: every turn a unit, one turn of each conversation a unit."""
    return [_of_turns(pool(WORLDS[_WORSE]), alike, chance) for _ in range(rows)]


def _of_turns(traffic: Pool, alike: float, chance: np.random.Generator) -> tuple[bool, bool]:
    target = Target(LIMIT, LEVEL)
    vectors, diverged = traffic.units(FIT, chance)
    calibration, held_out = fit_and_hold_out(vectors, ~diverged)
    declared = Declared.of(Truth.of(traffic, calibration), held_out, diverged, target)
    vectors, diverged = traffic.drawn(CONVERSATIONS, chance, alike)
    confidences = calibration.confidences(vectors.reshape(-1, NUMBERS)).reshape(diverged.shape)
    one = np.arange(CONVERSATIONS), chance.integers(TURNS, size=CONVERSATIONS)
    every = in_force(declared.grid, confidences.ravel(), diverged.ravel(), target)
    units = in_force(declared.grid, confidences[one], diverged[one], target)
    return bool(declared.risky[every].any()), bool(declared.risky[units].any())


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of one replicate of calibrations that follow one another, at one way to share the level.

    Attributes:
        broken: Whether any version, while it was the last, had a threshold in force that does not keep the promise.
        coverage: That of each version at its end.
    """

    broken: bool
    coverage: tuple[float, ...]


def versions(name: str, chance: np.random.Generator, rows: int) -> list[tuple[Followed, Followed]]:
    """So many replicates: the level shared out among versions, and whole for each, by the same units."""
    return [_followed(pool(WORLDS[name]), chance) for _ in range(rows)]


def _followed(traffic: Pool, chance: np.random.Generator) -> tuple[Followed, Followed]:
    vectors, diverged = traffic.units(SIZES[-1], chance)
    fresh, fresh_diverged = traffic.units(SIZES[-1], chance)
    found: tuple[list[tuple[bool, float]], ...] = ([], [])
    for version, (begin, end) in enumerate(pairwise(SIZES), 1):
        calibration, held_out = fit_and_hold_out(vectors[:begin], ~diverged[:begin])
        declared = Declared.of(Truth.of(traffic, calibration), held_out, diverged[:begin], Target(LIMIT, LEVEL))
        confidences = calibration.confidences(fresh[:end])
        for one, level in zip(found, (share(LEVEL, version), LEVEL), strict=True):
            places = in_force(declared.grid, confidences, fresh_diverged[:end], Target(LIMIT, level))
            one.append((bool(declared.risky[places[begin - 1 :]].any()), float(declared.coverage[places[-1]])))
    shared, whole = (Followed(any(b for b, _ in one), tuple(c for _, c in one)) for one in found)
    return shared, whole


def tables(run: Run) -> tuple[Table, ...]:
    """Whether promises are kept, how much is served, what turns do, and what refits do."""
    count = run.replicates(_REPLICATES)
    found = {
        name: [one for some in run.over(partial(lives, name), f"confidence {name}", count, _AT_A_TIME) for one in some]
        for name in WORLDS
    }
    return (_kept(found), _served(found), _turns(run), _versions(run))


_Lives = dict[str, list[tuple[Found, Found]]]


def _kept(found: _Lives) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, both in found.items():
        for promise, all_of_it in zip(Promise, zip(*both, strict=True), strict=True):
            live, batch, naive, once = (
                _share(broken) for broken in zip(*(one.broken for one in all_of_it), strict=True)
            )
            rows.append((name, promise.value, Kept(live, LEVEL), Kept(batch, LEVEL), naive, once))
    return Table(
        "Thresholds on confidence: how often the promise is broken",
        f"At most 5 % may diverge: of the answers that the student serves (selective), or of all (marginal). A "
        f"calibration and a grid from {FIT} conversations, certified on {CERTIFY:,} others. How often a threshold was "
        "in force under which more diverge in truth: ever, looked at after each of them (live); at one look after the "
        "last (batch); and by the usual way, the lowest threshold under which no more than 5 % did diverge so far, "
        f"looked at after each conversation from the {alternatives.FEWEST}th on, and once after the last.",
        ("world", "promise", "live, ever", "batch", "naive, ever", "naive, once"),
        tuple(rows),
    )


def _served(found: _Lives) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name, both in found.items():
        for promise, all_of_it in zip(Promise, zip(*both, strict=True), strict=True):
            means = np.mean([one.coverage for one in all_of_it], axis=0)
            first = Waits.of([one.first for one in all_of_it])
            rows.append((name, promise.value, first, *(Percent(float(mean)) for mean in means)))
    return Table(
        "How many conversations a threshold takes, and what the student serves then",
        "The same replicates. Conversations of the certify half until the first threshold is in force, live; the mean "
        "share of answers that the student serves after so many, 0 where there is no threshold; the same by batch "
        "after the last; and the most that any threshold on the same calibration would serve that keeps the promise, "
        "for one who knows it.",
        ("world", "promise", "first threshold", *(f"after {look:,}" for look in LOOKS), "batch", "the most there is"),
        tuple(rows),
    )


def _turns(run: Run) -> Table:
    count = run.replicates(_REPLICATES_OF_TURNS)
    rows: list[tuple[Cell, ...]] = []
    for alike in ALIKE:
        found = run.over(partial(turns, alike), f"confidence of turns {alike}", count, _AT_A_TIME)
        every, units = map(_share, zip(*(one for some in found for one in some), strict=True))
        rows.append((alike, every, Kept(units, LEVEL)))
    return Table(
        "Units: every turn, or one of each conversation",
        f"{CONVERSATIONS:,} conversations of {TURNS} turns, of which 5.1 % diverge whatever their confidence; a turn "
        "shares the luck of its conversation with some probability. How often a selective promise of 5 % was ever "
        "broken, live.",
        ("turns share their luck", "every turn a unit", "one turn of each conversation (ours)"),
        tuple(rows),
    )


def _versions(run: Run) -> Table:
    count = run.replicates(_REPLICATES_OF_VERSIONS)
    rows: list[tuple[Cell, ...]] = []
    for name in (_BETTER, _WORSE):
        found = run.over(partial(versions, name), f"confidence in versions {name}", count, _AT_A_TIME)
        shared, whole = zip(*(one for some in found for one in some), strict=True)
        served = [np.mean([one.coverage for one in ways], axis=0) for ways in (shared, whole)]
        rows.append(
            (
                name,
                Kept(_share([one.broken for one in shared]), LEVEL),
                _share([one.broken for one in whole]),
                *(Percent(float(way[at])) for at in (3, 7) for way in served),
            )
        )
    middle, last = SIZES[4], SIZES[8]
    return Table(
        "A calibration made anew again and again",
        f"A new version whenever both halves have grown by half, from {SIZES[0]} conversations each; it is held "
        "against all of the certify half, those that the versions before it were held against included, and serves "
        f"until the next. How often any of {len(SIZES) - 1} versions ever broke a selective promise of 5 %, with the "
        "level shared out among versions and with all of it for each; and what is served at the end of the fourth "
        f"({middle} conversations in each half) and of the last ({last:,}).",
        (
            "world",
            "shared level (ours)",
            "a whole one each",
            f"served after {middle}: shared",
            "whole",
            f"after {last:,}: shared",
            "whole",
        ),
        tuple(rows),
    )


def _share(happened: Sequence[bool]) -> Share:
    return Share(sum(happened), len(happened))
