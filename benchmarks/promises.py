"""Whether a certified threshold keeps its promise on real replies, and what share of them it lets the student serve.

Again and again the recorded conversations of a slice are cut in two at random. From one part the fit half is drawn, as
an examiner would collect it; the other part is taken for *all there are*: from it the certify half is drawn, with
replacement, and over all of it is counted what the certified threshold really does. So the certify half is an
independent sample of a population that is known to the last reply, no error of a test set blurs the answer, and no
conversation that was fitted to flatters it. Calibration, grid and threshold are Practicum's own code.

Beside it stands what is done without a guarantee: the lowest threshold at which the certify half keeps the promise as
it stands, taken from the same draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.labeled import Sample
from benchmarks.risk_coverage import Floats
from routing.confidence.calibration import Calibration, fit_and_hold_out
from routing.confidence.threshold import Certificate, Promise, Target, batch, counted, grid, live

LOOKS = 25  # at a growing certify half


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one threshold does in the population: the share it serves, the share of that (or of all) that diverges.

    Both are 0 where there was no threshold. ``broken``: it ever diverged more than was promised, at any look.
    """

    coverage: float
    risk: float
    broken: bool


NOTHING = Outcome(0.0, 0.0, broken=False)


@dataclass(frozen=True, slots=True)
class Draw:
    """One resampling: by the batch rule, by the live rule at every look and at the last, naively, and the best."""

    batch: Outcome
    live: Outcome
    naive: Outcome
    best: Outcome


@dataclass(frozen=True, slots=True)
class Ranked:
    """A population as one calibration ranks it, the surest first: what every threshold would do."""

    confidences: Floats  # descending
    wrong: Floats  # how many of the first so many diverged

    @classmethod
    def by(cls, calibration: Calibration, everyone: Sample) -> Ranked:
        """The population by this calibration."""
        said = calibration.confidences(everyone.vectors)
        order = np.argsort(-said, kind="stable")
        return cls(said[order], np.cumsum(everyone.diverged[order]))

    def at(self, threshold: float, target: Target) -> Outcome:
        """What serving from this confidence on does."""
        served = int(np.searchsorted(-self.confidences, -threshold, side="right"))
        if not served:
            return NOTHING
        of = served if target.promise is Promise.SELECTIVE else len(self.wrong)
        risk = float(self.wrong[served - 1]) / of
        return Outcome(served / len(self.wrong), risk, risk > target.limit)

    def best(self, target: Target) -> Outcome:
        """The most that any threshold serves within the promise, had one all conversations to choose it by."""
        served = np.arange(1, len(self.wrong) + 1)
        of = served if target.promise is Promise.SELECTIVE else len(self.wrong)
        ends = np.r_[self.confidences[1:] != self.confidences[:-1], True]
        kept = np.flatnonzero(ends & (self.wrong / of <= target.limit))
        return self.at(float(self.confidences[kept[-1]]), target) if len(kept) else NOTHING


def draws(everyone: Sample, targets: Sequence[Target], units: int, times: int, seed: int) -> Iterator[list[Draw]]:
    """So many resamplings of so many units, half of them to fit and half to certify: what came of each target."""
    rng = np.random.default_rng(seed)
    for _ in range(times):
        parts = np.array_split(rng.permutation(len(everyone)), 2)
        fitted, certifying = (everyone.take(rng.choice(part, units // 2)) for part in parts)
        yield list(_drawn(everyone.take(parts[1]), fitted, certifying, targets))


def _drawn(everyone: Sample, fitted: Sample, certifying: Sample, targets: Sequence[Target]) -> Iterator[Draw]:
    """What came of each target, ``everyone`` being those of whom the certify half is a sample."""
    calibration, sure = fit_and_hold_out(fitted.vectors, fitted.diverged == 0.0)
    said, good = calibration.confidences(certifying.vectors), certifying.diverged == 0.0
    ranked = Ranked.by(calibration, everyone)
    for target in targets:
        thresholds = grid(sure, fitted.diverged == 0.0, target)
        at_end = batch(counted(thresholds, said, good), target)
        yield Draw(
            _outcome(ranked, at_end, target),
            _lived(ranked, thresholds, said, good, target),
            _naive(ranked, said, good, target),
            ranked.best(target),
        )


def _outcome(ranked: Ranked, certificate: Certificate | None, target: Target) -> Outcome:
    return ranked.at(certificate.threshold, target) if certificate else NOTHING


def _lived(
    ranked: Ranked, thresholds: Sequence[float], said: Floats, good: NDArray[np.bool_], target: Target
) -> Outcome:
    """The live rule, looked at while the certify half grew: broken where any look's threshold broke the promise."""
    ends = np.linspace(len(said) / LOOKS, len(said), LOOKS).astype(int)
    looks = [live(counted(thresholds, said[:end], good[:end]), target) for end in ends]
    seen = [_outcome(ranked, certificate, target) for certificate in looks]
    return Outcome(seen[-1].coverage, seen[-1].risk, any(look.broken for look in seen))


def _naive(ranked: Ranked, said: Floats, good: NDArray[np.bool_], target: Target) -> Outcome:
    """The lowest threshold at which these very units keep the promise."""
    own = Ranked(*_sorted(said, good))
    kept = own.best(target)
    served = round(kept.coverage * len(said))
    return ranked.at(float(own.confidences[served - 1]), target) if served else NOTHING


def _sorted(said: Floats, good: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    order = np.argsort(-said, kind="stable")
    return said[order], np.cumsum((~good[order]).astype(np.float64))
