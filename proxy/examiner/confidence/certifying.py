"""A version held against the half of the conversations that it was not fitted to: what may be served, and what is kept.

What is *acceptable* follows the operator's charter of today: a divergence in a behavior that acts, and that is not one
in which the student did better. *Served* is what confidence and the hard rules of today leave: a reply that a rule
turns down is served by no threshold, however sure the student is of it. Of silent endpoints nothing is asked here:
there only the hard rules hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from proxy.examiner.confidence.units import Unit, Units
from proxy.examiner.confidence.version import Fitted
from routing.assessment import BENIGN, Charter
from routing.confidence.assurance import Bar
from routing.confidence.calibration import Flags
from routing.confidence.logistic import Floats
from routing.confidence.reliability import Bin, brier, diagram, expected_error
from routing.confidence.threshold import Certificate, Counts, Outlook, Target, counted, live, outlook
from routing.confidence.views import View
from routing.divergence import Direction
from routing.evidence.rates import Trials
from routing.ledger import ANYTHING, entry
from routing.observation import Arm


@dataclass(frozen=True, slots=True)
class Judged:
    """One slice by one view.

    Attributes:
        fitted: What it was judged with.
        counts: What the certifying half did at each threshold.
        certificate: What may be served; None: nothing.
        outlook: What a first certificate lacks; None where no threshold can be tried.
        brier: The mean squared error of confidence, None without units.
        error: The expected calibration error, as a share; None likewise.
        diagram: Confidence against what was acceptable.
    """

    fitted: Fitted
    counts: Counts
    certificate: Certificate | None
    outlook: Outlook | None
    brier: float | None
    error: float | None
    diagram: tuple[Bin, ...]

    @property
    def bar(self) -> Bar:
        """What a worker judges by."""
        return Bar(self.fitted.calibration, self.certificate.threshold if self.certificate else None)


@dataclass(frozen=True, slots=True)
class Served:
    """What was found in audits of a slice's share: answers that the student gave, and those that fell back."""

    answers: int = 0
    diverged: int = 0
    fell_back: int = 0

    def trials(self, *, of_all: bool) -> Trials:
        """Divergent answers among the student's, or among all of its share."""
        return Trials(self.answers + (self.fell_back if of_all else 0), self.diverged)


@dataclass(frozen=True, slots=True)
class Certified:
    """What is known of a route: of each slice by each view, and what was served in each slice."""

    views: Mapping[str, Mapping[View, Judged]] = field(default_factory=dict)
    served: Mapping[str, Served] = field(default_factory=dict)


class Harms:
    """What counts against a reply in each slice, by an operator's charter."""

    def __init__(self, charter: Charter) -> None:
        """``charter`` is the one in force."""
        self._charter = charter
        self._known: dict[str, frozenset[str]] = {}

    def acceptable(self, unit: Unit) -> bool:
        """Whether the student's answer was, in its slice."""
        return not unit.diverged or not self._of(unit.slice).intersection(unit.diverged)

    def _of(self, slice_: str) -> frozenset[str]:
        if slice_ not in self._known:
            acting = [name for name, terms in self._charter.of(slice_).items() if terms.policy.acts]
            ways = [(name, way) for name in acting for way in Direction if (name, way) not in BENIGN]
            self._known[slice_] = frozenset({ANYTHING, *(entry(name, way) for name, way in ways)})
        return self._known[slice_]


Unproven = Mapping[str, Collection[str]]
"""By slice, the behaviors whose gate acts and does not pass."""


def certify(units: Units, harms: Harms, target: Target | None, unproven: Unproven) -> Certified:
    """What the units say while these are unproven; without a ``target``, or a version, only what was served."""
    silent = units.silent
    spoken = [unit for unit in units.complete if unit.endpoint not in silent]
    views: dict[str, dict[View, Judged]] = defaultdict(dict)
    if units.version is not None and target is not None:
        for (name, view), found in _columns(spoken, unproven).items():
            fitted = units.version.fitted(name, view)
            if fitted is not None:
                acceptable = np.array([harms.acceptable(unit) for unit, _ in found], np.bool_)
                views[name][view] = judged(fitted, np.array([sure for _, sure in found]), acceptable, target)
    return Certified({name: dict(sorted(views[name].items())) for name in sorted(views)}, _served(units, harms))


def judged(fitted: Fitted, sure: Floats, acceptable: Flags, target: Target) -> Judged:
    """One slice by one view, from the confidence of each unit and whether it was acceptable: (units,) both."""
    counts = counted(fitted.grid, sure, acceptable)
    heard = sure > 0.0  # the others are not asked, turned down or without log-probabilities: nothing was said of them
    return Judged(
        fitted,
        counts,
        live(counts, target),
        outlook(counts, target),
        brier(sure[heard], acceptable[heard]),
        expected_error(sure[heard], acceptable[heard]),
        diagram(sure[heard], acceptable[heard]),
    )


def _columns(units: Iterable[Unit], unproven: Unproven) -> dict[tuple[str, View], list[tuple[Unit, float]]]:
    """The certifying half by slice and view, each with how sure the student is of it; 0 where it is not served."""
    found: dict[tuple[str, View], list[tuple[Unit, float]]] = defaultdict(list)
    for unit in units:
        if not unit.fit:
            turned_down = unit.turned_down(unproven.get(unit.slice, ()))
            for view, sure, down in zip(unit.views, unit.sure, turned_down, strict=True):
                found[unit.slice, view].append((unit, 0.0 if down else sure))
    return found


def _served(units: Units, harms: Harms) -> dict[str, Served]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for unit in units.complete:
        if unit.served == Arm.STUDENT:
            sums = found[unit.slice]
            sums[0] += 1
            sums[1] += not harms.acceptable(unit)
        elif unit.fallback:
            found[unit.slice][2] += 1
    return {name: Served(*found[name]) for name in sorted(found)}
